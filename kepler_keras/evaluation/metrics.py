"""Measures of a binary classifier, each for one or for many weightings of the same examples.

Weights may have shape (n,) or (draws, n); a result has shape () or (draws,). That makes a
bootstrap of thousands of draws one call. Undefined values are NaN: nothing here raises or warns.
Definitions are scikit-learn's, which the tests compare with.

The measures of scores as probabilities are NaN where a score lies outside [0, 1].
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
RECALL_PRECISION = 0.9
ROUNDING = 1e-12  # weighted sums may fall short of a precision of 9 in 10 by so much
GROUPS = 10  # of the calibration error
LEAST_SCORE = 1e-15  # a planet at score 0 would cost infinitely much


@dataclass(frozen=True)
class Counts:
    """Counts at the distinct scores, from the highest down, shape (..., m).

    Weighted ones leave out scores at which recall stands still, so that no measure can change.
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

    Recall stands still there: no measure changes, and with few planets nearly all ends go.
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


def recall_at_precision(labels: NDArray[Any], scores: Floats, weights: Floats | None = None) -> Any:
    """The highest recall at any score where precision is at least `RECALL_PRECISION`.

    0 where none reaches it, NaN where no positive has weight.
    """
    counts = counts_by_score(labels, scores, weights)
    least = (RECALL_PRECISION - ROUNDING) * (counts.tp + counts.fp)
    best = np.where(counts.tp >= least, counts.tp, 0).max(axis=-1)
    return _ratio(best, counts.tp[..., -1])


def _steps(counts: Floats) -> Floats:
    """What each place of the last axis adds to the one before, memory order kept."""
    steps = counts.copy(order="K")
    steps[..., 1:] -= counts[..., :-1]
    return steps


def confusion(
    labels: NDArray[Any], called: NDArray[np.bool_], weights: Floats | None = None
) -> Floats:
    """Weighted tp, fp, fn, tn, shape (..., 4), of examples called a planet or not."""
    cell = np.where(called, 0, 2) + (labels != 1)
    return np.asarray(_sums(np.ones(len(labels)), weights, cell, 4).T)


def calibration_error(labels: NDArray[Any], scores: Floats, weights: Floats | None = None) -> Any:
    """Expected calibration error: how far scores lie from the share of planets, on average.

    Rows form `GROUPS` groups of equal count by score; equal scores stay together, in the group of
    the middle one. The distance of a group's mean score from its share of planets counts by the
    group's weight. Naeini et al. 2015 (AAAI 29:2901) sort scores into ten groups, too; Guo et al.
    2017 (ICML 70:1321) take groups of equal width, of which rare planets leave most nearly empty.
    """
    ranked, n = np.sort(scores), len(scores)
    first, end = (np.searchsorted(ranked, scores, side=side) for side in ("left", "right"))
    group = (first + end - 1) * GROUPS // (2 * n)
    too_high = _sums(_probabilities(scores) - (labels == 1), weights, group, GROUPS)
    whole = _sums(np.ones(n), weights, np.zeros(n), 1)[0]
    return _ratio(np.abs(too_high).sum(axis=0), whole)


def log_loss(labels: NDArray[Any], scores: Floats, weights: Floats | None = None) -> Any:
    """Mean negative log likelihood in nats, of scores clipped to `LEAST_SCORE` from 0 and 1."""
    clipped = np.clip(_probabilities(scores), LEAST_SCORE, 1 - LEAST_SCORE)
    return _mean(-np.where(labels == 1, np.log(clipped), np.log1p(-clipped)), weights)


def mean_score(labels: NDArray[Any], scores: Floats, weights: Floats | None = None) -> Any:
    """The mean score, to be held against the share of planets; labels do not count."""
    return _mean(_probabilities(scores), weights)


def _probabilities(scores: Floats) -> Floats:
    """The scores, or NaN for all where one lies outside [0, 1]."""
    return scores if ((scores >= 0) & (scores <= 1)).all() else np.full(len(scores), np.nan)


def _mean(values: Floats, weights: Floats | None) -> Any:
    one = np.zeros(len(values))
    whole = _sums(np.ones(len(values)), weights, one, 1)[0]
    return _ratio(_sums(values, weights, one, 1)[0], whole)


def _sums(values: Floats, weights: Floats | None, group: NDArray[Any], n_groups: int) -> Floats:
    """Weighted sums of the values of each group, shape (n_groups, ...), in one sparse product."""
    n = len(values)
    members = sparse.csr_array((values, (group, np.arange(n))), shape=(n_groups, n))
    return np.asarray(members @ (np.ones(n) if weights is None else weights.T))


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
