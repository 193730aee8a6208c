"""Counts at every threshold, for one or for many weightings of the same examples.

Weights may have shape (n,) or (draws, n); what is made of them has shape (...,) or (draws, ...).
That makes a bootstrap of thousands of draws one call.
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

    Weighted ones leave out scores at which recall stands still, so that no measure can change.

    Attributes:
        planets: How many counted positives lie between each place and the one before, shape (m,).
        rows: How many examples were counted, whatever their weight.
    """

    tp: Floats
    fp: Floats
    planets: NDArray[np.intp]
    rows: int

    def with_stars(self, top: tuple[Any, Any], bottom: tuple[Any, Any]) -> "Counts":
        """The counts with imagined examples above all scores and below all.

        Args:
            top: Weight of planets and of others that come first, each a number or shape (...).
            bottom: Weight of planets and of others that come last.
        """
        tp, fp = (
            _widened(counts, first, last)
            for counts, first, last in zip((self.tp, self.fp), top, bottom, strict=True)
        )
        return Counts(tp, fp, np.pad(self.planets, 1), self.rows)


def _widened(counts: Floats, top: Any, bottom: Any) -> Floats:
    """Cumulative counts of shape (..., m) with a place before and one after: (..., m + 2)."""
    wide = np.empty((counts.shape[-1] + 2, *counts.shape[:-1])).T  # draws side by side in memory
    wide[..., 0] = top
    wide[..., 1:-1] = counts + np.asarray(top)[..., None]
    wide[..., -1] = wide[..., -2] + bottom
    return wide


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
        tp, fp = (np.cumsum(chosen)[ends] + 0.0 for chosen in (positive, ~positive))
    else:
        ends = _without_idle(ends, positive)
        tp, fp = (_cumulative(order, chosen, ends, weights) for chosen in (positive, ~positive))
    planets = np.diff(np.cumsum(positive)[ends], prepend=0)
    return Counts(tp, fp, planets, len(labels))


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


def group_sums(values: Floats, weights: Floats | None, group: NDArray[Any], n: int) -> Floats:
    """Weighted sums of the values of each of n groups, shape (n, ...), in one sparse product."""
    rows = len(values)
    members = sparse.csr_array((values, (group, np.arange(rows))), shape=(n, rows))
    return np.asarray(members @ (np.ones(rows) if weights is None else weights.T))


def confusion(
    labels: NDArray[Any], called: NDArray[np.bool_], weights: Floats | None = None
) -> Floats:
    """Weighted tp, fp, fn, tn, shape (..., 4), of examples called a planet or not."""
    cell = np.where(called, 0, 2) + (labels != 1)
    return np.asarray(group_sums(np.ones(len(labels)), weights, cell, 4).T)


def ratio(part: Floats, whole: Floats) -> Any:
    """Part / whole; NaN where the whole is 0."""
    return np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0)[()]
