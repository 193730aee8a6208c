"""Measures of a ranking, from counts at every threshold.

Definitions are scikit-learn's where it has them, which the tests compare with.

Each is one pass over the places from the highest score down, for all weightings of the examples at
once: draws lie side by side in memory, so that compiled loops run over several at a time.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled
from kepler_keras.evaluation.counts import Counts, draws_side_by_side, ratio

Floats = NDArray[np.float64]
PRECISION = 0.9  # of the recall at a precision; there is one at 0.99, too
HIGH_PRECISION = 0.99
RECALL = 0.9  # of the precision at a recall
LARGEST_FALLOUT = 0.1  # of the partial area: false-positive rates beyond it do not count
INSPECTED = 10  # rows of each fold, from the top, of the precision at k
ROUNDING = 1e-12  # weighted sums may fall short of a precision of 9 in 10 by so much


def average_precision(counts: Counts) -> Any:
    """Sum over distinct scores of the step in recall times the precision there.

    NaN where no positive has weight.
    """
    return ratio(_over_places(_average_precision, counts), counts.tp[..., -1])


def cautious_average_precision(counts: Counts) -> Any:
    """Average precision of which each positive is counted less than once in its own precision.

    Average precision of few positives is higher than that of many: one among n rows that are ranked
    blindly has H_n / n on average (harmonic number), not 1 / n, since it stands above itself by all
    its weight. Half of it would be right for recall, (i - 1/2) / n at the i-th of n. Precision
    bends, so that luck among the others above pulls it up as well: with f of them, 1 / (2 (1 + f))
    of the positive is counted. That share was chosen by coverage (`docs/statistics.md`). It is for
    the lower end of an interval.
    """
    others = counts.rows - counts.planets.sum()
    area = _over_places(_cautious_average_precision, counts, counts.planets, others)
    return ratio(area, counts.tp[..., -1])


def roc_auc(counts: Counts) -> Any:
    """Area under the ROC curve by the trapezoid rule; NaN where a class has no weight."""
    return _share_of_square(counts, 1.0)


def partial_auc(counts: Counts) -> Any:
    """Area where at most `LARGEST_FALLOUT` of the others are called, on the scale of the whole.

    McClish 1989 (Med. Decis. Making 9:190): 0.5 for a blind ranking, 1 for a perfect one. NaN where
    a class has no weight.
    """
    area = _share_of_square(counts, LARGEST_FALLOUT)
    blind = LARGEST_FALLOUT**2 / 2
    return 0.5 + (area - blind) / (LARGEST_FALLOUT - blind) / 2


def recall_at_precision(counts: Counts, least: float = PRECISION) -> Any:
    """The highest recall at any score where precision is at least `least`.

    0 where none reaches it, NaN where no positive has weight.
    """
    return ratio(_over_places(_found_at_precision, counts, least - ROUNDING), counts.tp[..., -1])


def recall_at_high_precision(counts: Counts) -> Any:
    """`recall_at_precision` at `HIGH_PRECISION`."""
    return recall_at_precision(counts, HIGH_PRECISION)


def precision_at_recall(counts: Counts) -> Any:
    """Precision at the highest score where recall is at least `RECALL`; NaN without a positive."""
    return _over_places(_precision_at_recall, counts)


def precision_at_k(counts: Counts) -> Any:
    """The share of planets among the `INSPECTED` rows with the highest scores.

    Of weighted rows it is that of the same share of all weight. Of equal scores at the edge as many
    are taken as there is room for, planets and others alike. NaN where there are fewer rows.
    """
    if counts.rows < INSPECTED:
        return np.full(counts.tp.shape[:-1], np.nan)[()]
    room = INSPECTED / counts.rows * (counts.tp[..., -1] + counts.fp[..., -1])
    return ratio(_over_places(_planets_in_room, counts, INSPECTED / counts.rows), room)


def _share_of_square(counts: Counts, share: float) -> Any:
    """The area below the ROC curve up to a share of the others, both axes from 0 to 1."""
    return ratio(_over_places(_area, counts, share), counts.tp[..., -1] * counts.fp[..., -1])


def _over_places(loop: Callable[..., Floats], counts: Counts, *more: Any) -> Any:
    """What a compiled loop finds in counts of shape (..., m)."""
    tp, fp = (draws_side_by_side(part) for part in (counts.tp, counts.fp))
    return loop(tp, fp, *more).reshape(counts.tp.shape[:-1])[()]


@compiled
def _average_precision(tp: Floats, fp: Floats) -> Floats:
    total, before = np.zeros(tp.shape[1]), np.zeros(tp.shape[1])
    for i in range(len(tp)):
        for d in range(tp.shape[1]):
            called = tp[i, d] + fp[i, d]
            precision = tp[i, d] / called if called > 0 else 0.0
            total[d] += (tp[i, d] - before[d]) * precision
            before[d] = tp[i, d]
    return total


@compiled
def _cautious_average_precision(
    tp: Floats, fp: Floats, planets: NDArray[np.intp], others: int
) -> Floats:
    total, before, every = np.zeros(tp.shape[1]), np.zeros(tp.shape[1]), others / fp[-1]
    for i in range(len(tp)):
        for d in range(tp.shape[1]):
            step = tp[i, d] - before[d]
            above = fp[i, d] * every[d]
            counted = tp[i, d] - step * (1 - 0.5 / (1 + above)) / max(planets[i], 1)
            called = counted + fp[i, d]
            precision = counted / called if called > 0 else 0.0
            total[d] += step * precision
            before[d] = tp[i, d]
    return total


@compiled
def _area(tp: Floats, fp: Floats, share: float) -> Floats:
    """Below the ROC curve, where at most a share of the others are called; planets times others."""
    total, tp_before = np.zeros(tp.shape[1]), np.zeros(tp.shape[1])
    fp_before = np.zeros(tp.shape[1])
    for i in range(len(tp)):
        for d in range(tp.shape[1]):
            end, step = share * fp[-1, d], fp[i, d] - fp_before[d]
            width = min(fp[i, d], end) - min(fp_before[d], end)
            slope = (tp[i, d] - tp_before[d]) / step if step > 0 else 0.0
            total[d] += width * (tp_before[d] + slope * width / 2)
            tp_before[d], fp_before[d] = tp[i, d], fp[i, d]
    return total


@compiled
def _found_at_precision(tp: Floats, fp: Floats, least: float) -> Floats:
    """The most planets that are called while precision is high enough."""
    most = np.zeros(tp.shape[1])
    for i in range(len(tp)):
        for d in range(tp.shape[1]):
            enough = tp[i, d] >= least * (tp[i, d] + fp[i, d])
            most[d] = max(most[d], tp[i, d] if enough else 0.0)
    return most


@compiled
def _precision_at_recall(tp: Floats, fp: Floats) -> Floats:
    found = np.full(tp.shape[1], np.nan)
    for d in range(tp.shape[1]):
        for i in range(len(tp)):
            if tp[i, d] > 0 and tp[i, d] >= (RECALL - ROUNDING) * tp[-1, d]:
                found[d] = tp[i, d] / (tp[i, d] + fp[i, d])
                break
    return found


@compiled
def _planets_in_room(tp: Floats, fp: Floats, share: float) -> Floats:
    """Planets among the first of all rows; `share` is that of their weight."""
    total, tp_before = np.zeros(tp.shape[1]), np.zeros(tp.shape[1])
    before = np.zeros(tp.shape[1])
    for i in range(len(tp)):
        for d in range(tp.shape[1]):
            called = tp[i, d] + fp[i, d]
            step = called - before[d]
            room = share * (tp[-1, d] + fp[-1, d]) - before[d]
            part = min(max(room, 0.0), step)
            planets = (tp[i, d] - tp_before[d]) / step if step > 0 else 0.0
            total[d] += part * planets
            tp_before[d], before[d] = tp[i, d], called
    return total
