"""Weighted sums over the rows of one fold, of which all its measures are made.

They are made once for thousands of weightings. Imagined stars can be added to them, and a stated
prevalence be set, without touching the rows again.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.evaluation import probabilistic
from kepler_keras.evaluation.counts import (
    Counts,
    Members,
    cells_of,
    counts_by_score,
    cumulative_counts,
    members_by_score,
    members_of,
    ratio,
)

Floats = NDArray[np.float64]
PROBABILITY: dict[str, Callable[[NDArray[Any], Floats], Floats]] = {
    "mean_score": probabilistic.score_itself,
    "calibration_error": probabilistic.excess,
    "log_loss": probabilistic.surprise,
    "brier": probabilistic.squared_error,
}


@dataclass(frozen=True)
class Imagined:
    """Weights of a planet and of another star that no fold holds, each a number or shape (draws,).

    Attributes:
        best: Whether the fold's model is as right about them as about any row, or as wrong.
    """

    planet: Any
    other: Any
    best: bool


@dataclass(frozen=True)
class Tallies:
    """Sums over the rows of a fold.

    Attributes:
        counts: Planets and others at every threshold.
        cells: Tp, fp, fn, tn at the fold's own threshold, shape (..., 4).
        sums: Of the rows' values by measure, shape (groups, 2, ...): others, planets.
        values: Of one row by measure: least and largest among others, then among planets, were they
            scored as any row was, shape (2, 2).
    """

    counts: Counts
    cells: Floats
    sums: dict[str, Floats]
    values: dict[str, Floats]

    def with_stars(self, imagined: Imagined) -> "Tallies":
        """The sums with a planet and another star, scored best or worst of all."""
        planet, other = imagined.planet, imagined.other
        none = np.zeros_like(planet)
        if imagined.best:
            counts = self.counts.with_stars((planet, none), (none, other))
            added = [planet, none, none, other]
        else:
            counts = self.counts.with_stars((none, other), (planet, none))
            added = [none, other, planet, none]
        sums = {key: self._with_value(key, imagined) for key in self.sums}
        return Tallies(counts, self.cells + np.stack(added, axis=-1), sums, self.values)

    def _with_value(self, key: str, imagined: Imagined) -> Floats:
        """Sums of one measure, where the largest values are the worst."""
        sums = self.sums[key].copy()
        value = self.values[key][:, 0 if imagined.best else 1]
        sums[-1, 0] += value[0] * imagined.other
        sums[0, 1] += value[1] * imagined.planet
        return sums

    def at_prevalence(self, prevalence: float | None) -> "Tallies":
        """The sums with rows without a planet weighted to give planets a share."""
        if prevalence is None:
            return self
        planets, others = self.cells[..., [0, 2]].sum(axis=-1), self.cells[..., [1, 3]].sum(axis=-1)
        factor = ratio(planets * (1 - prevalence), prevalence * others)
        factor = np.where(factor > 0, factor, np.nan)  # a class without weight cannot be weighted
        one = factor / factor
        tp, fp = (x * y[..., None] for x, y in ((self.counts.tp, one), (self.counts.fp, factor)))
        counts = replace(self.counts, tp=tp, fp=fp)
        cells = self.cells * np.stack([one, factor, one, factor], axis=-1)
        sums = {key: part * np.stack([factor, one]) for key, part in self.sums.items()}
        return Tallies(counts, cells, sums, self.values)

    def mean_value(self, key: str) -> Any:
        """A measure of scores as probabilities."""
        by_group = self.sums[key].sum(axis=1)
        return ratio(np.abs(by_group).sum(axis=0), self.cells.sum(axis=-1))

    def excess(self) -> Any:
        """How far scores are above the share of planets, on average; may be negative."""
        total = self.sums["calibration_error"].sum(axis=(0, 1))
        return total / self.cells.sum(axis=-1)


@dataclass(frozen=True)
class Weighing:
    """What the sums over a fold's rows need, whatever the rows weigh: worked out once.

    Attributes:
        members: The rows of the places of `Counts`, of the cells, and of each measure's groups.
        planets: How many planets each place holds.
        rows: How many rows there are.
        groups: How many groups each measure has.
        values: As in `Tallies`.
    """

    members: Members
    planets: NDArray[np.intp]
    rows: int
    groups: dict[str, int]
    values: dict[str, Floats]

    def tallies(self, weights: Floats) -> Tallies:
        """The sums with weights of shape (n,) or (draws, n)."""
        all_sums = self.members.sums(weights)
        place = 2 * len(self.planets)
        counts, cells = all_sums[:place], all_sums[place : place + 4]
        place += 4
        sums = {}
        for key, n in self.groups.items():
            part = all_sums[place : place + 2 * n]
            sums[key] = part.reshape(n, 2, *part.shape[1:])
            place += 2 * n
        counted = cumulative_counts(counts, self.planets, self.rows)
        return Tallies(counted, cells.T, sums, self.values)


def weighing(
    labels: NDArray[Any],
    scores: Floats,
    threshold: float,
    *,
    columns: NDArray[np.intp] | None = None,
    probabilities: bool = True,
) -> Weighing:
    """Prepares the sums over the rows of a fold.

    Args:
        labels: Shape (n,), 0 or 1.
        scores: Shape (n,).
        threshold: A row with a score of at least so much is called a planet.
        columns: Where the weight of each row stands in the weights; None: in the order of the rows.
        probabilities: Whether the scores are; else there are no sums of values.
    """
    by_score, planets = members_by_score(labels, scores)
    cells = members_of(np.ones(len(labels)), cells_of(labels, scores >= threshold), 4)
    parts, groups, values = [by_score, cells], {}, {}
    for key, of_rows in PROBABILITY.items() if probabilities else ():
        group, groups[key] = _groups(key, scores)
        in_class = 2 * group + (labels == 1)
        parts.append(members_of(of_rows(labels, scores), in_class, 2 * groups[key]))
        ends = [of_rows(np.full(len(scores), label), scores) for label in (0, 1)]
        values[key] = np.array([[end.min(), end.max()] for end in ends])
    members = Members.stacked(parts)
    if columns is not None:
        members = replace(members, rows=columns[members.rows])
    return Weighing(members, planets, len(labels), groups, values)


def _groups(key: str, scores: Floats) -> tuple[NDArray[np.intp], int]:
    """The group of each row, and how many groups a measure has."""
    if key != "calibration_error":
        return np.zeros(len(scores), np.intp), 1
    filled, group = np.unique(probabilistic.groups_of(scores), return_inverse=True)
    return group, len(filled)  # the first holds the lowest score, the last the highest


def tally(
    labels: NDArray[Any],
    scores: Floats,
    threshold: float,
    weights: Floats | None = None,
    *,
    probabilities: bool = True,
) -> Tallies:
    """Sums over the rows of a fold.

    Args:
        labels: Shape (n,), 0 or 1.
        scores: Shape (n,).
        threshold: A row with a score of at least so much is called a planet.
        weights: Shape (n,) or (draws, n); None means ones, and counts at every distinct score.
        probabilities: Whether the scores are; else there are no sums of values.
    """
    prepared = weighing(labels, scores, threshold, probabilities=probabilities)
    if weights is not None:
        return prepared.tallies(weights)
    whole = prepared.tallies(np.ones(len(labels)))
    return replace(whole, counts=counts_by_score(labels, scores))
