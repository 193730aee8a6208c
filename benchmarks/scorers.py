"""Made-up scorers whose measures are known, for studies of intervals and tests."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]
Labels = NDArray[Any]
LOG_ODDS = float(np.log(0.01 / 0.99))  # of a planet, which calibrated scores know


@dataclass(frozen=True)
class Scorer:
    """Draws scores of rows by their label; a score of at least the threshold calls a planet."""

    draw: Callable[[Labels, np.random.Generator], Floats]
    threshold: float


def normal(
    distance: float, *, spread: float = 1.0, shift: float = 0.0, slope: float = 1.0
) -> Callable[[Labels, np.random.Generator], Floats]:
    """Normal values, those of planets apart by a distance; calibrated unless shifted or steep."""

    def draw(labels: Labels, rng: np.random.Generator) -> Floats:
        noise = rng.standard_normal(len(labels))
        value = np.where(labels == 1, distance + spread * noise, noise)
        log_odds = distance * value - distance**2 / 2 + LOG_ODDS
        return np.asarray(expit(slope * log_odds + shift))

    return draw


def partly_hidden(labels: Labels, rng: np.random.Generator) -> Floats:
    """Of the planets 3 in 10 look like anything else; the others stand far out."""
    seen = (labels == 1) & (rng.random(len(labels)) > 0.3)
    return np.asarray(expit(3 * (rng.standard_normal(len(labels)) + 4 * seen) - 9))


def votes(neighbours: int, distance: float) -> Callable[[Labels, np.random.Generator], Floats]:
    """Shares of so many neighbours, as k-NN gives them: nearly all rows are tied."""

    def draw(labels: Labels, rng: np.random.Generator) -> Floats:
        value = np.where(labels == 1, distance, -1.5) + rng.standard_normal(len(labels))
        return np.asarray(rng.binomial(neighbours, expit(value)) / neighbours)

    return draw


def skewed(labels: Labels, rng: np.random.Generator) -> Floats:
    """Scores piled up at 0, those of planets at both ends."""
    n = len(labels)
    return np.where(labels == 1, rng.beta(0.8, 0.6, n), rng.beta(0.15, 6, n))


SCORERS = {
    "nearly blind": Scorer(normal(0.5), 0.02),
    "weak": Scorer(normal(1.5), 0.1),
    "middling, shifted": Scorer(normal(2.5, shift=3), 0.7),
    "strong": Scorer(normal(4), 0.3),
    "unequal spread": Scorer(normal(2, spread=2), 0.3),
    "overconfident": Scorer(normal(3, slope=2), 0.3),
    "partly hidden": Scorer(partly_hidden, 0.4),
    "skewed": Scorer(skewed, 0.5),
    "5 votes": Scorer(votes(5, 0.5), 0.7),
    "15 votes": Scorer(votes(15, 2), 0.7),
}
