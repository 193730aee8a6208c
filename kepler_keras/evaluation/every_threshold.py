"""What one threshold for all folds would give on the test rows: to look at, never to choose by."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepler_keras.evaluation import counted
from kepler_keras.evaluation.folds import FoldScores
from kepler_keras.evaluation.measures import over_repeats
from kepler_keras.evaluation.prevalence import others_weight

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class EveryThreshold:
    """Counts and measures of one entry at m thresholds, each of shape (m,).

    Attributes:
        thresholds: From the lowest up.
        found, alarms: Planets and other rows at or above each, summed over the folds of a repeat,
            mean of the repeats.
        precision, recall, f1: Made as `summary` makes them; NaN where undefined.
        planets: All planets of a repeat.
    """

    thresholds: Floats
    found: Floats
    alarms: Floats
    precision: Floats
    recall: Floats
    f1: Floats
    planets: float


def at_every_threshold(folds: Sequence[FoldScores], *, points: int = 101) -> EveryThreshold:
    """Counts at thresholds that are spread evenly over the ranking of the planets and of all rows.

    Args:
        folds: From `folds_of`.
        points: Thresholds wanted; where scores are few there are fewer, and the folds' own and
            their median always come on top.
    """
    own = [fold.threshold for fold in folds]
    scores = np.concatenate([fold.scores for fold in folds])
    planets = np.concatenate([fold.scores[fold.labels == 1] for fold in folds])
    shares = np.linspace(0, 1, max(points // 2, 2))
    spread = [np.quantile(values, shares, method="nearest") for values in (scores, planets)]
    thresholds = np.unique(np.concatenate([*spread, own, [np.median(own)]]))
    whole = np.stack([_cells(fold, thresholds) for fold in folds], axis=-2)
    weighted = np.stack(
        [
            cells * ([1, factor, 1, factor] if (factor := _others(fold)) != 1 else 1)
            for fold, cells in zip(folds, np.moveaxis(whole, -2, 0), strict=True)
        ],
        axis=-2,
    )
    repeats = np.array([fold.repeat for fold in folds])
    found, alarms, missed, _ = whole.sum(axis=-2).T / len(np.unique(repeats))
    shares_of = {
        name: np.asarray(over_repeats(getattr(counted, name), weighted, repeats))
        for name in ("precision", "recall", "f1")
    }
    return EveryThreshold(
        thresholds, found, alarms, planets=float(found[0] + missed[0]), **shares_of
    )


def _cells(fold: FoldScores, thresholds: Floats) -> Floats:
    """Whole rows tp, fp, fn, tn at each threshold, shape (m, 4)."""
    cells = []
    for label in (1, 0):
        ranked = np.sort(fold.scores[fold.labels == label])
        below = np.searchsorted(ranked, thresholds, side="left")
        cells.append((len(ranked) - below, below))
    (tp, fn), (fp, tn) = cells
    return np.stack([tp, fp, fn, tn], axis=-1).astype(np.float64)


def _others(fold: FoldScores) -> float:
    """What a row without a planet weighs."""
    return 1.0 if fold.prevalence is None else others_weight(fold.labels, fold.prevalence)
