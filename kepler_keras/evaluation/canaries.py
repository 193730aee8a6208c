"""Whether a canary sings: its average precision against random ranking in the same folds."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kepler_keras.evaluation.null import null_of_counts

ALARM = 1e-4  # a canary is red below, all canaries of a comparison together
# Rankings that are drawn, and the p-value below which the next number is.
ROUNDS = ((1000, 0.02), (20_000, 1e-3), (200_000, 0.0))


@dataclass(frozen=True)
class CanaryTest:
    """What a canary reached, beside what random ranking reaches.

    Attributes:
        average_precision: Mean of the folds.
        null: The same mean under random ranking.
        p_value: Share of random rankings that reach as much, of one canary alone.
    """

    average_precision: float
    null: float
    p_value: float


def judge_canary(
    values: Sequence[float], counts: Sequence[tuple[int, int]], *, seed: int = 0
) -> CanaryTest:
    """Tests one canary; exact for any model, as its ranking cannot know the labels.

    Args:
        values: Average precision of each test fold.
        counts: Of each test fold how many were ranked, and how many of them are planets.
        seed: Of the random rankings.
    """
    for draws, doubtful in ROUNDS:
        test = against_chance(values, counts, draws=draws, seed=seed)
        if test.p_value >= doubtful:
            break
    return test


def against_chance(
    values: Sequence[float], counts: Sequence[tuple[int, int]], *, draws: int, seed: int = 0
) -> CanaryTest:
    """As `judge_canary`, with a given number of random rankings."""
    value, null = float(np.mean(values)), _null(tuple(counts), draws, seed)
    return CanaryTest(value, float(null.mean()), _p_value(null, value))


@lru_cache(maxsize=8)  # the canaries of a kind share their labels
def _null(counts: tuple[tuple[int, int], ...], draws: int, seed: int) -> NDArray[np.float64]:
    return null_of_counts(counts, draws=draws, seed=seed)


def _p_value(null: NDArray[np.float64], value: float) -> float:
    """Never 0: the canary's own ranking is one of those that may have come."""
    return float((1 + np.count_nonzero(null >= value)) / (1 + len(null)))
