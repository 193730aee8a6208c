"""Transforms that scale or turn over a curve about its level."""

from typing import Annotated

import numpy as np
from pydantic import Field

from kepler_keras.data.augmentation.augmentation import Augmentation, Batch, Floats
from kepler_keras.data.augmentation.measured import Known, flux_of, measured, with_flux
from kepler_keras.data.augmentation.noise import scatters
from kepler_keras.data.augmentation.options import Probability
from kepler_keras.data.view_kind import ViewKind
from kepler_keras.lightcurve.row_statistics import middles_and_reaches


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
    middle, reach = _levels(flux, known)
    scatter = scatters(flux, known).reshape(middle.shape)
    allowed = np.float32(within) * scatter / np.where(reach > 0, reach, np.float32(1))
    allowed = np.minimum(allowed, np.float32(most))
    factor = 1 + allowed * rng.uniform(-1, 1, middle.shape).astype(np.float32)
    return with_flux(batch, kind, middle + factor * (flux - middle), known)


def vertical_flip(
    batch: Batch, rng: np.random.Generator, kind: ViewKind, *, probability: Probability = 0.5
) -> Batch:
    """Turns each curve upside down about its median with the given probability.

    It is clipped as its view is, so deep dips become bumps that are less high.
    """
    flux, known = flux_of(batch), measured(batch, kind)
    middle, _ = _levels(flux, known)
    chosen = rng.random(middle.shape) < probability
    return with_flux(batch, kind, np.where(chosen, 2 * middle - flux, flux), known)


def _levels(flux: Floats, known: Known) -> tuple[Floats, Floats]:
    """Median and largest distance from it, shaped to stand beside the flux."""
    rows = (len(flux), int(np.prod(flux.shape[1:])))
    middle, reach = middles_and_reaches(flux.reshape(rows), known.reshape(rows))
    beside = (-1, *(1,) * (flux.ndim - 1))
    return middle.reshape(beside), reach.reshape(beside)


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
    ),
)
