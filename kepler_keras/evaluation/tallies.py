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
from kepler_keras.evaluation.counts import Counts, confusion, counts_by_score, group_sums, ratio

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
        weights: Shape (n,) or (draws, n); None means ones.
        probabilities: Whether the scores are; else there are no sums of values.
    """
    sums, values = {}, {}
    for key, of_rows in PROBABILITY.items() if probabilities else ():
        group, n = np.zeros(len(labels), np.intp), 1
        if key == "calibration_error":
            filled, group = np.unique(probabilistic.groups_of(scores), return_inverse=True)
            n = len(filled)  # the first holds the lowest score, the last the highest
        by_class = group_sums(of_rows(labels, scores), weights, 2 * group + (labels == 1), 2 * n)
        sums[key] = by_class.reshape(n, 2, *by_class.shape[1:])
        ends = [of_rows(np.full(len(scores), label), scores) for label in (0, 1)]
        values[key] = np.array([[end.min(), end.max()] for end in ends])
    return Tallies(
        counts=counts_by_score(labels, scores, weights),
        cells=confusion(labels, scores >= threshold, weights),
        sums=sums,
        values=values,
    )
