"""Data sets on which two procedures are equally good by symmetry, and what they really score.

A row has two halves of features that have the same distribution. Each procedure is the same learner
on a half of its own, so that both have equal expected average precision whatever the learner does.
The second one's planets can be moved nearer to the other rows, which makes it worse on purpose.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
N_FEATURES = 4  # of each half
N_FOLDS = 5
RIDGE = 1e-3
LEVELS = 8  # of a binned feature


@dataclass(frozen=True)
class Population:
    """Where data sets come from, and the learner that both procedures are.

    Attributes:
        shift: How far planets lie from other rows, in standard deviations of a feature.
        shared: Share of a feature's variance that the two halves have in common.
        spread: Of the logarithm of a planet's own strength, which both halves see.
        learner: Scores of all rows from features by fold, as `Learner` says.
    """

    name: str
    shift: float
    shared: float
    spread: float
    learner: "Learner"


@dataclass(frozen=True)
class Rows:
    """One data set, or its part in a fold: features of the two halves, planets and others."""

    planets: Floats  # (n, 2, N_FEATURES)
    others: Floats


@dataclass(frozen=True)
class Scored:
    """Scores of the validation and test rows of a fold by one procedure."""

    validation: tuple[Floats, Floats]  # planets, others
    test: tuple[Floats, Floats]


Learner = Callable[[list[Floats], list[Floats]], list[Scored]]


def draw(
    population: Population, n_planets: int, n_others: int, worse: float, rng: np.random.Generator
) -> Rows:
    """A data set; `worse` is the share of the shift that the second half's planets lack."""
    planets, others = (_noise(population, n, rng) for n in (n_planets, n_others))
    strength = population.shift * np.exp(population.spread * rng.standard_normal(n_planets))
    halves = np.array([1.0, 1.0 - worse])
    planets += (strength[:, None] * halves)[:, :, None].astype(np.float32)
    return Rows(planets, others)


def _noise(population: Population, n: int, rng: np.random.Generator) -> Floats:
    """Unit normal features whose halves share a part of their variance."""
    own = rng.standard_normal((n, 2, N_FEATURES), dtype=np.float32)
    if not population.shared:
        return own
    common = rng.standard_normal((n, 1, N_FEATURES), dtype=np.float32)
    share = population.shared
    return np.asarray(np.float32(share**0.5) * common + np.float32((1 - share) ** 0.5) * own)


def fit_and_score(
    population: Population, rows: Rows, repeats: int, rng: np.random.Generator
) -> list[tuple[Scored, Scored]]:
    """Deals rows into folds, repeat by repeat; in each, both procedures are trained and score.

    A fold is tested, the next one is the validation part, and the other three train.
    """
    result = []
    for _ in range(repeats):
        planets, others = (_deal(part, rng) for part in (rows.planets, rows.others))
        first, second = (
            population.learner(
                [np.ascontiguousarray(fold[:, half]) for fold in planets],
                [np.ascontiguousarray(fold[:, half]) for fold in others],
            )
            for half in (0, 1)
        )
        result += list(zip(first, second, strict=True))
    return result


def _deal(part: Floats, rng: np.random.Generator) -> list[Floats]:
    return np.array_split(part[rng.permutation(len(part))], N_FOLDS)


def discriminant(planets: list[Floats], others: list[Floats]) -> list[Scored]:
    """Fisher's linear discriminant in closed form, from sums over folds."""
    pairs = list(zip(planets, others, strict=True))
    sums = np.array([[p.sum(axis=0), o.sum(axis=0)] for p, o in pairs], dtype=np.float64)
    squares = np.array([p.T @ p + o.T @ o for p, o in pairs], dtype=np.float64)
    counts = np.array([[len(p), len(o)] for p, o in pairs], dtype=np.float64)
    result = []
    for test, validation, train in folds():
        chosen = list(train)
        n = counts[chosen].sum(axis=0)
        means = sums[chosen].sum(axis=0) / n[:, None]
        within = squares[chosen].sum(axis=0) - (n * means.T) @ means
        within = within / n.sum() + RIDGE * np.eye(N_FEATURES)
        weights = np.linalg.solve(within, means[0] - means[1]).astype(np.float32)
        result.append(
            Scored(
                (planets[validation] @ weights, others[validation] @ weights),
                (planets[test] @ weights, others[test] @ weights),
            )
        )
    return result


def stump(planets: list[Floats], others: list[Floats]) -> list[Scored]:
    """One cut through one binned feature, that with the best F1: scores are 0 or 1, all tied."""
    binned = [[_binned(fold) for fold in part] for part in (planets, others)]
    above = np.array(
        [[_above(fold) for fold in part] for part in binned]
    )  # class, fold, feature, cut
    result = []
    for test, validation, train in folds():
        found, wrong = above[:, list(train)].sum(axis=1)
        n_planets = sum(len(planets[fold]) for fold in train)
        f1 = 2 * found / (found + wrong + n_planets)
        feature, cut = np.unravel_index(np.argmax(f1), f1.shape)
        scores = [
            tuple((part[fold][:, feature] >= cut).astype(np.float32) for part in binned)
            for fold in (validation, test)
        ]
        result.append(Scored((scores[0][0], scores[0][1]), (scores[1][0], scores[1][1])))
    return result


def folds() -> list[tuple[int, int, tuple[int, ...]]]:
    """Test, validation and training folds."""
    result = []
    for test in range(N_FOLDS):
        validation = (test + 1) % N_FOLDS
        train = tuple(fold for fold in range(N_FOLDS) if fold not in (test, validation))
        result.append((test, validation, train))
    return result


def _binned(features: Floats) -> NDArray[np.int64]:
    """Levels 0 to 7: half a standard deviation wide, from 0 on."""
    return np.clip(np.floor(2 * features), -1, LEVELS - 2).astype(np.int64) + 1


def _above(levels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows at or above each level of each feature, shape (features, levels)."""
    flat = levels + LEVELS * np.arange(N_FEATURES)
    counts = np.bincount(flat.ravel(), minlength=N_FEATURES * LEVELS)
    return np.cumsum(counts.reshape(N_FEATURES, LEVELS)[:, ::-1], axis=1)[:, ::-1]


@dataclass(frozen=True)
class Curve:
    """Counts at the distinct scores of planets, from the highest down."""

    scores: Floats
    tp: Floats
    fp: Floats


def counts_at_planets(planets: Floats, others: Floats) -> Curve:
    """True and false positives at each planet's score; no other score matters to what follows."""
    cuts, each = np.unique(planets, return_counts=True)
    near = others[others >= cuts[0]]
    falls = np.bincount(np.searchsorted(cuts, near, side="right"), minlength=len(cuts) + 1)[1:]
    tp, fp = (np.cumsum(counts[::-1]).astype(np.float64) for counts in (each, falls))
    return Curve(cuts[::-1], tp, fp)


def average_precision(planets: Floats, others: Floats) -> float:
    """As `metrics.average_precision`, from the scores of the two classes."""
    curve = counts_at_planets(planets, others)
    steps = np.diff(curve.tp, prepend=0)
    return float(np.sum(steps * curve.tp / (curve.tp + curve.fp)) / len(planets))


def best_threshold(planets: Floats, others: Floats) -> float:
    """As `thresholds.best_f1_threshold`."""
    curve = counts_at_planets(planets, others)
    f1 = 2 * curve.tp / (curve.tp + curve.fp + len(planets))
    return float(curve.scores[np.argmax(f1)])


POPULATIONS = {
    one.name: one
    for one in (
        Population("separate features", 1.3, 0.0, 0.0, discriminant),
        Population("shared features", 1.3, 0.5, 0.5, discriminant),
        Population("tied scores", 2.5, 0.0, 0.0, stump),
        Population("easy planets", 2.2, 0.0, 0.0, discriminant),
    )
}
