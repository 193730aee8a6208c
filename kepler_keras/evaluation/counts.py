"""Counts at every threshold, for one or for many weightings of the same examples.

Weights may have shape (n,) or (draws, n); what is made of them has shape (...,) or (draws, ...).
That makes a bootstrap of thousands of draws one compiled loop.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled

Floats = NDArray[np.float64]
DRAWS_AT_ONCE = 128  # 1 kB of sums


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


def draws_side_by_side(values: Floats) -> Floats:
    """Values of shape (..., m) as compiled loops take them: (m, draws), one draw for (m,)."""
    return np.ascontiguousarray(values.T).reshape(values.shape[-1], -1)


def _widened(counts: Floats, top: Any, bottom: Any) -> Floats:
    """Cumulative counts of shape (..., m) with a place before and one after: (..., m + 2)."""
    by_place = draws_side_by_side(counts)
    ends = (np.broadcast_to(end, by_place.shape[1:]).astype(np.float64) for end in (top, bottom))
    return _with_ends(by_place, *ends).reshape(-1, *counts.shape[:-1]).T


@compiled
def _with_ends(counts: Floats, top: Floats, bottom: Floats) -> Floats:
    """Of counts of shape (m, draws)."""
    wide = np.empty((len(counts) + 2, counts.shape[1]))
    wide[0] = top
    for place in range(len(counts)):
        for draw in range(counts.shape[1]):
            wide[place + 1, draw] = counts[place, draw] + top[draw]
    wide[-1] = wide[-2] + bottom
    return wide


def counts_by_score(labels: NDArray[Any], scores: Floats, weights: Floats | None = None) -> Counts:
    """True and false positives when everything at or above each distinct score is called a planet.

    Args:
        labels: Shape (n,), 0 or 1.
        scores: Shape (n,).
        weights: Shape (n,) or (draws, n); None means ones. Thousands of draws are fastest where
            they lie side by side in memory, as `uncertainty.StarWeights` keeps them.
    """
    if weights is not None:
        members, planets = members_by_score(labels, scores)
        return cumulative_counts(members.sums(weights), planets, len(labels))
    order = np.argsort(-scores, kind="stable")
    positive = labels[order] == 1
    ends = _last_of_equal(scores[order])
    tp, fp = (np.cumsum(chosen)[ends] + 0.0 for chosen in (positive, ~positive))
    return Counts(tp, fp, np.diff(np.cumsum(positive)[ends], prepend=0), len(labels))


def members_by_score(labels: NDArray[Any], scores: Floats) -> tuple["Members", NDArray[np.intp]]:
    """Which rows come between each place and the one before: all planets' places, all others'.

    Places are those of `Counts` of weighted rows; how many planets each holds is given, too.
    """
    order = np.argsort(-scores, kind="stable")
    positive = labels[order] == 1
    ends = _without_idle(_last_of_equal(scores[order]), positive)
    parts = []
    for chosen in (positive, ~positive):
        stops = np.append(0, np.cumsum(chosen)[ends])
        parts.append(Members(np.ones(stops[-1]), order[chosen][: stops[-1]], stops))
    return Members.stacked(parts), np.diff(parts[0].stops)


def cumulative_counts(sums: Floats, planets: NDArray[np.intp], rows: int) -> Counts:
    """Counts from the sums of `members_by_score`, shape (2 m, ...); the sums are overwritten."""
    m = len(planets)
    tp, fp = sums[:m], sums[m:]
    for part in (tp, fp):
        for i in range(1, m):  # several times faster than cumsum along this axis
            part[i] += part[i - 1]
    return Counts(np.asarray(tp.T), np.asarray(fp.T), planets, rows)


def _last_of_equal(scores: Floats) -> NDArray[np.intp]:
    """Where each run of equal scores ends, in sorted scores."""
    return np.append(np.flatnonzero(scores[1:] != scores[:-1]), len(scores) - 1)


def _without_idle(ends: NDArray[np.intp], positive: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Leaves out ends between which no positive comes.

    Recall stands still there: no measure changes, and with few planets nearly all ends go.
    """
    gains = np.diff(np.cumsum(positive)[ends], prepend=0) > 0
    return np.asarray(ends[gains | np.append(gains[1:], True)])


@dataclass(frozen=True)
class Members:
    """Groups of rows, each row with a value: whatever the weights, sums are one loop.

    Attributes:
        values: Of each member, group by group, shape (n_members,).
        rows: The row that each member is, shape (n_members,).
        stops: Where each group ends and the next begins, shape (n_groups + 1,).
    """

    values: Floats
    rows: NDArray[np.intp]
    stops: NDArray[np.intp]

    @staticmethod
    def stacked(parts: "Sequence[Members]") -> "Members":
        """Several as one, their groups one after the other."""
        begins = np.cumsum([0, *(len(part.rows) for part in parts)])
        stops = [begin + part.stops[1:] for begin, part in zip(begins, parts, strict=False)]
        return Members(
            np.concatenate([part.values for part in parts]),
            np.concatenate([part.rows for part in parts]),
            np.concatenate([[0], *stops]),
        )

    def sums(self, weights: Floats) -> Floats:
        """Weighted sum of each group, shape (n_groups, ...), of weights of shape (..., n_rows)."""
        found = _sums(self.values, self.rows, self.stops, draws_side_by_side(weights))
        return found.reshape(len(found), *weights.shape[:-1])


@compiled
def _sums(
    values: Floats, rows: NDArray[np.intp], stops: NDArray[np.intp], weights: Floats
) -> Floats:
    """Of weights of shape (n_rows, draws), some draws at a time, whose sums stay at hand."""
    found, sums = np.empty((len(stops) - 1, weights.shape[1])), np.empty(DRAWS_AT_ONCE)
    for first in range(0, weights.shape[1], DRAWS_AT_ONCE):
        n = min(DRAWS_AT_ONCE, weights.shape[1] - first)
        for group in range(len(found)):
            sums[:] = 0
            for member in range(stops[group], stops[group + 1]):
                value, weight = values[member], weights[rows[member], first : first + n]
                for draw in range(n):
                    sums[draw] += value * weight[draw]
            found[group, first : first + n] = sums[:n]
    return found


def members_of(values: Floats, group: NDArray[Any], n: int) -> Members:
    """The members of n groups: row i has `values[i]` and is in `group[i]`."""
    order = np.argsort(group, kind="stable")
    return Members(values[order], order, np.append(0, np.cumsum(np.bincount(group, minlength=n))))


def group_sums(values: Floats, weights: Floats | None, group: NDArray[Any], n: int) -> Floats:
    """Weighted sums of the values of each of n groups, shape (n, ...)."""
    return members_of(values, group, n).sums(np.ones(len(values)) if weights is None else weights)


def confusion(
    labels: NDArray[Any], called: NDArray[np.bool_], weights: Floats | None = None
) -> Floats:
    """Weighted tp, fp, fn, tn, shape (..., 4), of examples called a planet or not."""
    cell = cells_of(labels, called)
    return np.asarray(group_sums(np.ones(len(labels)), weights, cell, 4).T)


def cells_of(labels: NDArray[Any], called: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The one of tp, fp, fn, tn, as 0 to 3, that each example counts in."""
    return np.asarray(np.where(called, 0, 2) + (labels != 1))


def ratio(part: Floats, whole: Floats) -> Any:
    """Part / whole; NaN where the whole is 0."""
    return np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0)[()]
