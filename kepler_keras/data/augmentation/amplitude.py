"""Transforms that scale or turn over a curve about its level."""

from typing import Annotated

import numpy as np
from pydantic import Field

from kepler_keras.data.augmentation.augmentation import Augmentation, Batch, Floats
from kepler_keras.data.augmentation.measured import Known, flux_of, measured, with_flux
from kepler_keras.data.augmentation.noise import scatters
from kepler_keras.data.augmentation.options import Probability
from kepler_keras.data.view_kind import ViewKind
from kepler_keras.lightcurve.row_statistics import row_medians, row_reaches


def amplitude_jitter(
    batch: Batch,
    rng: np.random.Generator,
    kind: ViewKind,
    *,
    within: Annotated[float, Field(ge=0, le=3)] = 1.0,
    most: Annotated[float, Field(ge=0, le=0.5)] = 0.2,
) -> Batch:
    """Scales each row about its own median so that it stays within its error bars.

    The factor is uniform about 1. It is drawn so that the value furthest from the median moves by
    no more than `within` times the row's own scatter, and differs from 1 by no more than `most`.
    """
    flux, known = flux_of(batch), measured(batch, kind)
    middle = row_medians(*_flat(flux, known))
    reach = row_reaches(*_flat(flux, known), middle)
    allowed = np.float32(within) * scatters(flux, known) / np.where(reach > 0, reach, np.float32(1))
    allowed = np.minimum(allowed, np.float32(most))
    factor = _beside(1 + allowed * rng.uniform(-1, 1, len(flux)).astype(np.float32), flux)
    level = _beside(middle, flux)
    return with_flux(batch, kind, level + factor * (flux - level), known)


def vertical_flip(
    batch: Batch, rng: np.random.Generator, kind: ViewKind, *, probability: Probability = 0.5
) -> Batch:
    """Turns each curve upside down about its median with the given probability.

    It is clipped as its view is, so deep dips become bumps that are less high.
    """
    flux, known = flux_of(batch), measured(batch, kind)
    middle = _beside(row_medians(*_flat(flux, known)), flux)
    chosen = rng.random(middle.shape) < probability
    return with_flux(batch, kind, np.where(chosen, 2 * middle - flux, flux), known)


def _flat(flux: Floats, known: Known) -> tuple[Floats, Known]:
    """Each example in one row."""
    rows = (len(flux), int(np.prod(flux.shape[1:])))
    return flux.reshape(rows), known.reshape(rows)


def _beside(numbers: Floats, flux: Floats) -> Floats:
    """A number an example, shaped to stand beside the flux."""
    return numbers.reshape(-1, *(1,) * (flux.ndim - 1))


AUGMENTATIONS = (
    Augmentation(
        "amplitude_jitter",
        amplitude_jitter,
        "A depth that differs by less than the error bars of the flux could have been measured of "
        "the same planet.",
    ),
    Augmentation(
        "vertical_flip",
        vertical_flip,
        "A curve turned upside down brightens where a planet would dim the star, and no transit "
        "does that.",
        physical=False,
        of_several=True,
    ),
)
