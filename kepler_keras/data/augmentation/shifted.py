"""Transforms that move curves along their axis."""

from dataclasses import replace
from typing import Annotated

import numpy as np
from pydantic import Field

from kepler_keras.data.augmentation.augmentation import (
    Augmentation,
    Batch,
    folded_only,
    unfolded_only,
)
from kepler_keras.data.augmentation.measured import flux_of, is_circle, measured, with_flux
from kepler_keras.data.view_kind import ViewKind
from kepler_keras.lightcurve.moved_rows import end_slopes, rolled

LEVEL_DAYS = 0.5
LEVEL_CADENCES = 24  # half a day of Kepler's; where the view does not say its cadence


def circular_shift(
    batch: Batch,
    rng: np.random.Generator,
    kind: ViewKind,
    *,
    most: Annotated[float, Field(ge=0, le=0.5)] = 0.1,
) -> Batch:
    """Rolls each curve in time by up to `most` of its length, end joined to beginning.

    Before, the straight line is taken off that tells the level of the last half day of measured
    flux from that of the first, so that a trend left in the curve makes no step at the seam. Gaps
    move along.

    What this cannot mend: transits on the two sides of the seam are out of phase, as if the planet
    had once come early or late. By shifts of any length (`most` = 0.5) a transit search loses 7 to
    15 % of the hosts, by those of a tenth next to none (docs/augmentations.md); hence the default.
    A transit that lies in more than half of the first or last half day is taken for a trend. The
    slope is known to a few tenths of the scatter over the whole row.
    """
    n, length = batch.view.shape[:2]
    reach = round(most * length)
    shifts = rng.integers(-reach, reach + 1, size=(n,)) % length
    flux, known = flux_of(batch), measured(batch, kind)
    cadences = round(LEVEL_DAYS / kind.cadence) if kind.cadence else LEVEL_CADENCES
    slopes = end_slopes(flux, known, max(1, cadences))
    return with_flux(batch, kind, *rolled(flux, known, slopes, shifts))


def phase_jitter(
    batch: Batch,
    rng: np.random.Generator,
    kind: ViewKind,
    *,
    bins: Annotated[int, Field(ge=0, le=2)] = 1,
) -> Batch:
    """Moves each curve by a whole number of bins, up to `bins` to either side.

    Where the axis is a whole period what leaves at one end comes in at the other; elsewhere the bin
    at the edge is repeated.
    """
    n, length = len(batch), batch.view.shape[-2]
    shifts = rng.integers(-bins, bins + 1, size=(n, 1))
    columns = np.arange(length) - shifts
    columns = columns % length if is_circle(kind) else np.clip(columns, 0, length - 1)
    inner = (1,) * (batch.view.ndim - 3)
    view = np.take_along_axis(batch.view, columns.reshape(n, *inner, length, 1), axis=-2)
    return replace(batch, view=view)


def _wide_bins(kind: ViewKind) -> str | None:
    if kind.name != "folded_image":
        return None
    return "one of 128 bins is 2.8 h at a period of 15 d, more than half of many transits"


AUGMENTATIONS = (
    Augmentation(
        "circular_shift",
        circular_shift,
        "When observing began has nothing to do with the planet, and a small shift puts few "
        "transits out of step at the seam.",
        impossible=unfolded_only,
    ),
    Augmentation(
        "phase_jitter",
        phase_jitter,
        "Mid-transit is known to about a bin only, so a planet whose ephemeris is off by that much "
        "stays a planet.",
        impossible=folded_only,
        unsuited=_wide_bins,
    ),
)
