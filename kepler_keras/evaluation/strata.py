"""Which planets are found: recall in groups of planets by a property, as their depth."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepler_keras.evaluation.proportions import clopper_pearson

Floats = NDArray[np.float64]
GROUPS = 3
LEAST = 9  # stars with a value; of fewer no group of three says anything
ROUNDING = 1e-9


@dataclass(frozen=True)
class FoundGroup:
    """Planets whose property lies in one range, and how many of them were called so.

    Attributes:
        lowest, highest: The property's values at both ends, both within.
        stars: With such planets; each counts once, however many rows and repeats it has.
        found: Of these; of a star that is found in some rows or repeats only, their share.
        recall: Found of stars.
        low, high: Ends of the exact 95 % interval, for these fitted models.
    """

    lowest: float
    highest: float
    stars: int
    found: float
    recall: float
    low: float
    high: float


def found_by_value(
    stars: NDArray[np.str_], found: NDArray[np.bool_], values: Floats
) -> list[FoundGroup]:
    """Planets in three groups of equal count by a property, from the lowest up.

    Equal values stay in one group, so that counts may differ and a group may be missing.

    Args:
        stars: The star of each test row with a planet, in all repeats, shape (n,).
        found: Whether the row was called a planet, shape (n,).
        values: The property, shape (n,); NaN where unknown.

    Returns:
        Nothing where fewer than nine stars have a value, or all values are nearly one.
    """
    known = np.isfinite(values)
    stars, found, values = stars[known], found[known], values[known]
    if len(np.unique(stars)) < LEAST:
        return []
    ordered = np.sort(values)
    edges = ordered[[round(len(values) * part / GROUPS) for part in range(1, GROUPS)]]
    group = np.searchsorted(edges, values, side="right")
    present = np.unique(group).tolist()
    if len(present) < 2:
        return []
    return [_group(stars[group == one], found[group == one], values[group == one])
            for one in present]  # fmt: skip


def _group(stars: NDArray[np.str_], found: NDArray[np.bool_], values: Floats) -> FoundGroup:
    names, star = np.unique(stars, return_inverse=True)
    hits = float(np.sum(np.bincount(star, weights=found) / np.bincount(star)))
    low, high = _interval(hits, len(names))
    return FoundGroup(
        lowest=float(values.min()),
        highest=float(values.max()),
        stars=len(names),
        found=hits,
        recall=hits / len(names),
        low=low,
        high=high,
    )


def _interval(hits: float, stars: int) -> tuple[float, float]:
    """Exact ends; what stars found only in part leave over is rounded outwards."""
    whole: Sequence[float] = (np.floor(hits + ROUNDING), np.ceil(hits - ROUNDING))
    low, high = clopper_pearson(np.array(whole), np.array([stars, stars]))
    return float(low[0]), float(high[1])
