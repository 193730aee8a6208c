"""Measures of a ranking, from the counts at its thresholds; undefined ones are NaN.

Definitions are scikit-learn's where it has them, which the tests compare with.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.evaluation.counts import Counts, ratio, steps_of

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
    called = counts.called
    precision = np.divide(counts.tp, called, out=np.zeros_like(called), where=called > 0)
    return ratio(np.sum(counts.tp_steps * precision, axis=-1), counts.tp[..., -1])


def cautious_average_precision(counts: Counts) -> Any:
    """Average precision of which each positive is counted less than once in its own precision.

    Average precision of few positives is higher than that of many: one among n rows that are ranked
    blindly has H_n / n on average (harmonic number), not 1 / n, since it stands above itself by all
    its weight. Half of it would be right for recall, (i - 1/2) / n at the i-th of n. Precision
    bends, so that luck among the others above pulls it up as well: with f of them, 1 / (2 (1 + f))
    of the positive is counted. That share was chosen by coverage (`docs/statistics.md`). It is for
    the lower end of an interval.
    """
    step = counts.tp_steps
    others = counts.rows - counts.planets.sum()
    above = counts.fp * ratio(np.full_like(counts.fp[..., -1:], others), counts.fp[..., -1:])
    left_out = (1 - 0.5 / (1 + above)) / np.maximum(counts.planets, 1)  # one of equal scores
    tp = counts.tp - step * left_out
    called = tp + counts.fp
    precision = np.divide(tp, called, out=np.zeros_like(called), where=called > 0)
    return ratio(np.sum(step * precision, axis=-1), counts.tp[..., -1])


def roc_auc(counts: Counts) -> Any:
    """Area under the ROC curve by the trapezoid rule; NaN where a class has no weight."""
    middle = counts.tp - counts.tp_steps / 2
    area = np.sum(counts.fp_steps * middle, axis=-1)
    return ratio(area, counts.tp[..., -1] * counts.fp[..., -1])


def partial_auc(counts: Counts) -> Any:
    """Area where at most `LARGEST_FALLOUT` of the others are called, on the scale of the whole.

    McClish 1989 (Med. Decis. Making 9:190): 0.5 for a blind ranking, 1 for a perfect one. NaN where
    a class has no weight.
    """
    end = LARGEST_FALLOUT * counts.fp[..., -1:]
    step = counts.fp_steps
    before = np.minimum(counts.fp - step, end)
    width = np.minimum(counts.fp, end) - before
    slope = np.divide(counts.tp_steps, step, out=np.zeros_like(step), where=step > 0)
    height = counts.tp - counts.tp_steps + slope * width / 2
    area = ratio(np.sum(width * height, axis=-1), counts.tp[..., -1] * counts.fp[..., -1])
    blind = LARGEST_FALLOUT**2 / 2
    return 0.5 + (area - blind) / (LARGEST_FALLOUT - blind) / 2


def recall_at_precision(counts: Counts, least: float = PRECISION) -> Any:
    """The highest recall at any score where precision is at least `least`.

    0 where none reaches it, NaN where no positive has weight.
    """
    enough = counts.tp >= (least - ROUNDING) * counts.called
    return ratio(np.where(enough, counts.tp, 0).max(axis=-1), counts.tp[..., -1])


def recall_at_high_precision(counts: Counts) -> Any:
    """`recall_at_precision` at `HIGH_PRECISION`."""
    return recall_at_precision(counts, HIGH_PRECISION)


def precision_at_recall(counts: Counts) -> Any:
    """Precision at the highest score where recall is at least `RECALL`; NaN without a positive."""
    planets = counts.tp[..., -1:]
    first = np.argmax(counts.tp >= (RECALL - ROUNDING) * planets, axis=-1)[..., None]
    tp, fp = (np.take_along_axis(one, first, axis=-1)[..., 0] for one in (counts.tp, counts.fp))
    return np.where(planets[..., 0] > 0, ratio(tp, tp + fp), np.nan)[()]


def precision_at_k(counts: Counts) -> Any:
    """The share of planets among the `INSPECTED` rows with the highest scores.

    Of weighted rows it is that of the same share of all weight. Of equal scores at the edge as many
    are taken as there is room for, planets and others alike. NaN where there are fewer rows.
    """
    if counts.rows < INSPECTED:
        return np.full(counts.tp.shape[:-1], np.nan)[()]
    called = counts.called
    room = INSPECTED / counts.rows * called[..., -1:]
    step = steps_of(called)
    part = np.clip(room - (called - step), 0, step)
    share = np.divide(counts.tp_steps, step, out=np.zeros_like(step), where=step > 0)
    return ratio(np.sum(part * share, axis=-1), room[..., 0])
