"""Measures of a binary classifier, each for one or for many weightings of the same examples.

Weights may have shape (n,) or (draws, n); a result has shape () or (draws,). That makes a
bootstrap of thousands of draws one call. Undefined values are NaN: nothing here raises or warns.
Definitions are scikit-learn's, which the tests compare with.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Counts:
    """Weighted counts at every distinct score, from the highest down, shape (..., m)."""

    tp: Floats
    fp: Floats


def counts_by_score(labels: NDArray[Any], scores: Floats, weights: Floats | None = None) -> Counts:
    """True and false positives when everything at or above each distinct score is called a planet.

    Args:
        labels: Shape (n,), 0 or 1.
        scores: Shape (n,).
        weights: Shape (n,) or (draws, n); None means ones.
    """
    order = np.argsort(-scores, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)
    weight = np.ones(len(scores)) if weights is None else weights
    sorted_weight = weight[..., order]
    positive = labels[order] == 1
    tp = np.cumsum(np.where(positive, sorted_weight, 0.0), axis=-1)[..., ends]
    fp = np.cumsum(np.where(positive, 0.0, sorted_weight), axis=-1)[..., ends]
    return Counts(tp, fp)


def average_precision(labels: NDArray[Any], scores: Floats, weights: Floats | None = None) -> Any:
    """Sum over distinct scores of the step in recall times the precision there.

    NaN where no positive has weight.
    """
    counts = counts_by_score(labels, scores, weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = np.nan_to_num(counts.tp / (counts.tp + counts.fp))
        recall = counts.tp / counts.tp[..., -1:]
        return np.sum(np.diff(recall, axis=-1, prepend=0.0) * precision, axis=-1)


def roc_auc(labels: NDArray[Any], scores: Floats, weights: Floats | None = None) -> Any:
    """Area under the ROC curve by the trapezoid rule; NaN where a class has no weight."""
    counts = counts_by_score(labels, scores, weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        recall = counts.tp / counts.tp[..., -1:]
        fallout = counts.fp / counts.fp[..., -1:]
        steps = np.diff(fallout, axis=-1, prepend=0.0)
        below = np.concatenate([np.zeros_like(recall[..., :1]), recall[..., :-1]], axis=-1)
        return np.sum(steps * (recall + below) / 2, axis=-1)


def confusion(
    labels: NDArray[Any], called: NDArray[np.bool_], weights: Floats | None = None
) -> Floats:
    """Weighted tp, fp, fn, tn, shape (..., 4), of examples called a planet or not."""
    weight = np.ones(len(labels)) if weights is None else weights
    positive = labels == 1
    cells = (positive & called, ~positive & called, positive & ~called, ~positive & ~called)
    return np.stack([weight @ cell.astype(np.float64) for cell in cells], axis=-1)


def precision(cells: Floats) -> Any:
    """Tp / (tp + fp) of counts of shape (..., 4); NaN where nothing was called a planet."""
    return _share(cells[..., 0], cells[..., 0] + cells[..., 1])


def recall(cells: Floats) -> Any:
    """Tp / (tp + fn) of counts of shape (..., 4); NaN where there is no planet."""
    return _share(cells[..., 0], cells[..., 0] + cells[..., 2])


def f1(cells: Floats) -> Any:
    """2 tp / (2 tp + fp + fn) of counts of shape (..., 4); NaN where all three are 0."""
    return _share(2 * cells[..., 0], 2 * cells[..., 0] + cells[..., 1] + cells[..., 2])


def _share(part: Floats, whole: Floats) -> Any:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), np.nan)
