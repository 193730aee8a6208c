"""Measures of a binary classifier, each for one or for many weightings of the same examples.

Weights may have shape (n,) or (draws, n); a result has shape () or (draws,). That makes a
bootstrap of thousands of draws one call. Undefined values are NaN: nothing here raises or warns.
Definitions are scikit-learn's, which the tests compare with.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Counts:
    """Counts at the distinct scores, from the highest down, shape (..., m).

    Weighted ones leave out scores at which neither area under a curve can change.
    """

    tp: Floats
    fp: Floats


def counts_by_score(labels: NDArray[Any], scores: Floats, weights: Floats | None = None) -> Counts:
    """True and false positives when everything at or above each distinct score is called a planet.

    Args:
        labels: Shape (n,), 0 or 1.
        scores: Shape (n,).
        weights: Shape (n,) or (draws, n); None means ones. Thousands of draws are fastest where
            they lie side by side in memory, as `uncertainty.StarWeights` keeps them.
    """
    order = np.argsort(-scores, kind="stable")
    positive = labels[order] == 1
    ends = _last_of_equal(scores[order])
    if weights is None:
        return Counts(np.cumsum(positive)[ends] + 0.0, np.cumsum(~positive)[ends] + 0.0)
    ends = _without_idle(ends, positive)
    tp, fp = (_cumulative(order, chosen, ends, weights) for chosen in (positive, ~positive))
    return Counts(tp, fp)


def _last_of_equal(scores: Floats) -> NDArray[np.intp]:
    """Where each run of equal scores ends, in sorted scores."""
    return np.append(np.flatnonzero(scores[1:] != scores[:-1]), len(scores) - 1)


def _without_idle(ends: NDArray[np.intp], positive: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Leaves out ends between which no positive comes.

    Recall stands still there: neither area changes, and with few planets nearly all ends go.
    """
    gains = np.diff(np.cumsum(positive)[ends], prepend=0) > 0
    return np.asarray(ends[gains | np.append(gains[1:], True)])


def _cumulative(
    order: NDArray[np.intp], chosen: NDArray[np.bool_], ends: NDArray[np.intp], weights: Floats
) -> Floats:
    """Weight of the chosen examples down to each end, shape (..., m).

    The sums between ends are one sparse product, which touches every weight once.
    """
    stops = np.append(0, np.cumsum(chosen)[ends])
    shape = (len(ends), len(order))
    groups = sparse.csr_array((np.ones(stops[-1]), order[chosen], stops), shape=shape)
    sums = groups @ weights.T
    for i in range(1, len(sums)):  # several times faster than cumsum along this axis
        sums[i] += sums[i - 1]
    return np.asarray(sums.T)


def average_precision(labels: NDArray[Any], scores: Floats, weights: Floats | None = None) -> Any:
    """Sum over distinct scores of the step in recall times the precision there.

    NaN where no positive has weight.
    """
    counts = counts_by_score(labels, scores, weights)
    called = counts.tp + counts.fp
    precision = np.divide(counts.tp, called, out=called, where=called > 0)
    return _ratio(np.sum(_steps(counts.tp) * precision, axis=-1), counts.tp[..., -1])


def roc_auc(labels: NDArray[Any], scores: Floats, weights: Floats | None = None) -> Any:
    """Area under the ROC curve by the trapezoid rule; NaN where a class has no weight."""
    counts = counts_by_score(labels, scores, weights)
    middle = counts.tp - _steps(counts.tp) / 2
    area = np.sum(_steps(counts.fp) * middle, axis=-1)
    return _ratio(area, counts.tp[..., -1] * counts.fp[..., -1])


def _steps(counts: Floats) -> Floats:
    """What each place of the last axis adds to the one before, memory order kept."""
    steps = counts.copy(order="K")
    steps[..., 1:] -= counts[..., :-1]
    return steps


def confusion(
    labels: NDArray[Any], called: NDArray[np.bool_], weights: Floats | None = None
) -> Floats:
    """Weighted tp, fp, fn, tn, shape (..., 4), of examples called a planet or not."""
    n = len(labels)
    weight = np.ones(n) if weights is None else weights
    cell = np.where(called, 0, 2) + (labels != 1)
    members = sparse.csr_array((np.ones(n), (cell, np.arange(n))), shape=(4, n))
    return np.asarray((members @ weight.T).T)


def precision(cells: Floats) -> Any:
    """Tp / (tp + fp) of counts of shape (..., 4); NaN where nothing was called a planet."""
    return _ratio(cells[..., 0], cells[..., 0] + cells[..., 1])


def recall(cells: Floats) -> Any:
    """Tp / (tp + fn) of counts of shape (..., 4); NaN where there is no planet."""
    return _ratio(cells[..., 0], cells[..., 0] + cells[..., 2])


def f1(cells: Floats) -> Any:
    """2 tp / (2 tp + fp + fn) of counts of shape (..., 4); NaN where all three are 0."""
    return _ratio(2 * cells[..., 0], 2 * cells[..., 0] + cells[..., 1] + cells[..., 2])


def _ratio(part: Floats, whole: Floats) -> Any:
    """Part / whole; NaN where the whole is 0."""
    return np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0)[()]
