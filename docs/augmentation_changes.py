"""Every transform of docs/augmentations.md, done once to every star.

All augmentations of the package, found by discovery, one of them once more with another option, and
SMOTE, which is a remedy for imbalance. What the package refuses unless forced is done here.
"""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from augmentation_measures import Floats, View
from augmentation_stars import Seen, true_period
from imblearn.over_sampling import SMOTE
from numpy.typing import NDArray

from kepler_keras.data.augmentation.augmentation import Augmentation, Batch
from kepler_keras.data.augmentation.registry import augmentations
from kepler_keras.data.view_kind import ViewKind

SMOTE_NAME = "smote"
SMOTE_PHYSICS = (
    "A curve between two hosts whose transits come at other times shows two planets at once, each "
    "too shallow."
)
STRETCH = "time_stretch"
ANY_SHIFT = "circular_shift (most: 0.5)"
NONE = np.arange(0)
SHORTEST = 1.0  # days, of an injected period
# Half of the rows of `transit_injection`, as not every row can be changed; all other probabilities
# are 1.
OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "transit_injection": {"probability": 0.5},
    ANY_SHIFT: {"most": 0.5},
}


@dataclass(frozen=True)
class Changed:
    """The rows after a transform.

    Attributes:
        batch: The rows.
        base: Which row of before each one is to be compared with.
        period: At which each is now expected, days, NaN where none is.
        injected: Rows that were given a planet and labelled so.
        stretch: How much longer time runs, shape (n,); None where it runs as before.
    """

    batch: Batch
    base: NDArray[np.intp]
    period: Floats
    injected: NDArray[np.intp]
    stretch: Floats | None = None


def names(kind: ViewKind) -> Sequence[str]:
    """Everything that can be done to a view."""
    possible = [name for name in (*augmentations(), ANY_SHIFT) if not _one(name).impossible(kind)]
    return [*possible, SMOTE_NAME]


def physics(name: str) -> str:
    """Why the label survives a transform, or why not, as the package says it."""
    return SMOTE_PHYSICS if name == SMOTE_NAME else _one(name).physics


def is_physical(name: str) -> bool:
    """Whether the package takes a transform for one that keeps the label."""
    return name != SMOTE_NAME and _one(name).physical


def _one(name: str) -> Augmentation:
    """The augmentation of a name, behind which an option may stand in brackets."""
    return augmentations()[name.partition(" ")[0]]


def changed(name: str, seen: Seen, seed: int) -> Changed:
    """Does one transform to all rows."""
    period = true_period(seen.stars)
    if name == SMOTE_NAME:
        return _smote(seen.batch, period, seed)
    after = applied(name, seen.batch, seen.kind, seed)
    base = np.arange(len(after))
    if _one(name).mixes_rows:
        base = nearest(seen.batch.view[..., 0], after.view[..., 0])
        return Changed(after, base, period[base], NONE)
    if name == STRETCH and not seen.kind.folded:
        stretch = time_factors(name, seen.batch.view.shape, seen.kind, seed)
        return Changed(after, base, period * stretch, NONE, stretch)
    new = np.flatnonzero((after.labels == 1) & (seen.batch.labels == 0))
    for row in new:
        dips = seen.batch.view[row, :, 0] - after.view[row, :, 0]
        period[row] = period_of_dips(dips, cadence=seen.stars.cadence)
    return Changed(after, base, period, new)


def applied(name: str, batch: Batch, kind: ViewKind, seed: int) -> Batch:
    """One augmentation, its own options and a probability of 1."""
    apply = _one(name).apply
    known = inspect.signature(apply).parameters
    options = OPTIONS.get(name, {"probability": 1.0} if "probability" in known else {})
    return apply(batch, np.random.default_rng([seed, *name.encode()]), kind, **options)


def _smote(batch: Batch, period: Floats, seed: int) -> Changed:
    """As many synthetic hosts as there are hosts, each beside the host that it lies nearest to."""
    hosts = np.flatnonzero(batch.labels == 1)
    flat = batch.view.reshape(len(batch), -1)
    sampler = SMOTE(sampling_strategy={1: 2 * len(hosts)}, random_state=seed)
    rows, _ = sampler.fit_resample(flat, batch.labels.astype(np.int8))
    view = rows[len(flat) :].reshape(-1, *batch.view.shape[1:]).astype(np.float32)
    base = hosts[nearest(batch.view[hosts][..., 0], view[..., 0])]
    ones = np.ones(len(view), np.float32)
    return Changed(replace(batch, view=view, labels=ones, weight=ones), base, period[base], NONE)


def nearest(before: View, after: View) -> NDArray[np.intp]:
    """For each row after, the row before at the smallest distance: what most of it is made of."""
    old, new = (rows.reshape(len(rows), -1).astype(np.float32) for rows in (before, after))
    distance = (old**2).sum(axis=1) - 2 * new @ old.T
    result: NDArray[np.intp] = np.argmin(distance, axis=1)
    return result


def time_factors(name: str, shape: tuple[int, ...], kind: ViewKind, seed: int) -> Floats:
    """How much longer time runs in each row after a transform, seen in what becomes of a ramp."""
    ramp = np.linspace(-4, 4, shape[1], dtype=np.float32)
    view = np.ones(shape, np.float32)
    view[..., 0] = ramp
    ones = np.ones(len(view), np.float32)
    after = applied(name, Batch(view, ones, ones, 0.5), kind, seed).view[..., 0]
    part = slice(2 * shape[1] // 5, 3 * shape[1] // 5)
    time = np.arange(shape[1])[part]
    before = (ramp[part][-1] - ramp[part][0]) / (time[-1] - time[0])
    slope = (after[:, part][:, -1] - after[:, part][:, 0]) / (time[-1] - time[0])
    return np.asarray(before / slope, np.float64)


def period_of_dips(dips: View, *, cadence: float) -> float:
    """Period of a train of dips without noise; NaN with fewer than two.

    Args:
        dips: What was taken from the flux, shape (n_cadences,); 0 in gaps, and less than the planet
            took where the view clips.
        cadence: Days between columns.
    """
    inside = np.flatnonzero(dips > 0.1 * dips.max()) if dips.max() > 0 else np.arange(0)
    apart = np.flatnonzero(np.diff(inside) * cadence > SHORTEST / 2) + 1
    transits = [one for one in np.split(inside, apart) if len(one)]
    middles = np.array([np.average(one, weights=dips[one]) for one in transits])
    if len(middles) < 2:
        return float("nan")
    orbits = np.round((middles - middles[0]) / np.diff(middles).min())
    return float(np.polyfit(orbits, middles, 1)[0]) * cadence
