"""White noise beside that of the star."""

from typing import Annotated

import numpy as np
from pydantic import Field

from kepler_keras.data.augmentation.augmentation import Augmentation, Batch, Floats
from kepler_keras.data.augmentation.measured import (
    Known,
    flux_of,
    gaps_known_only,
    measured,
    with_flux,
)
from kepler_keras.data.view_kind import ViewKind
from kepler_keras.lightcurve.row_statistics import point_scatters

Share = Annotated[float, Field(ge=0, le=3)]


def noise(batch: Batch, rng: np.random.Generator, kind: ViewKind, *, share: Share = 0.5) -> Batch:
    """Adds white noise of `share` times each row's own scatter; 1 doubles the variance.

    The scatter is that of neighbouring values about a smooth curve, so neither trends nor a deep
    transit count. Gaps stay as they are, and image rows that repeat a cycle stay alike.
    """
    flux, known = flux_of(batch), measured(batch, kind)
    drawn = rng.standard_normal(flux.shape, dtype=np.float32)
    if flux.ndim == 3:
        drawn = _alike_where_rows_are(drawn, flux)
    scatter = scatters(flux, known).reshape(-1, *(1,) * (flux.ndim - 1))
    drawn *= np.float32(share) * scatter
    drawn += flux
    return with_flux(batch, kind, drawn, known)


def scatters(flux: Floats, known: Known) -> Floats:
    """Each example's scatter of single values along its last axis, shape (n,)."""
    lines = (len(flux), int(np.prod(flux.shape[1:-1])), flux.shape[-1])
    return point_scatters(flux.reshape(lines), known.reshape(lines))


def _alike_where_rows_are(drawn: Floats, images: Floats) -> Floats:
    """Numbers that are those of the row above wherever an image repeats it."""
    again = np.zeros(images.shape[:2], np.bool_)
    again[:, 1:] = (images[:, 1:] == images[:, :-1]).all(axis=-1)
    if not again.any():
        return drawn
    first = np.maximum.accumulate(np.where(again, 0, np.arange(images.shape[1])), axis=1)
    return np.take_along_axis(drawn, first[..., None], axis=1)


AUGMENTATIONS = (
    Augmentation(
        "noise",
        noise,
        "The same star seen through a somewhat noisier instrument, or a fainter one of its kind, "
        "has the same planet.",
        impossible=gaps_known_only,
    ),
)
