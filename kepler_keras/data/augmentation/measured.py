"""Which values of a batch were measured, and how changed values are put back beside gaps."""

import inspect
from dataclasses import replace
from functools import cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.augmentation.augmentation import Batch, Floats
from kepler_keras.data.view_kind import ViewKind
from kepler_keras.lightcurve.moved_rows import lines_over_gaps
from kepler_keras.lightcurve.views import VIEWS

Known = NDArray[np.bool_]
WHOLE_PERIOD = ("global_view", "folded_image")


def is_circle(kind: ViewKind) -> bool:
    """Whether the last column of the view neighbours the first: a whole period of phase."""
    return kind.name in WHOLE_PERIOD


def lines_drawn(kind: ViewKind) -> bool:
    """Whether gaps of unfolded flux are lines between neighbours; otherwise they are 0."""
    return not kind.folded and kind.options.get("gaps") == "linear"


def gaps_known_only(kind: ViewKind) -> str | None:
    """Why a transform of what was measured cannot be done on flux that hides its gaps."""
    if lines_drawn(kind) and not kind.options.get("mask", False):
        return (
            "with gaps: linear it does not say where flux was measured; its option mask: true does"
        )
    return None


def flux_of(batch: Batch) -> Floats:
    """The first channel, lying in memory as compiled loops want it; shape (n, ..., length)."""
    return np.ascontiguousarray(batch.view[..., 0])


def measured(batch: Batch, kind: ViewKind) -> Known:
    """Where a view shows what was measured, shape (n, ..., length).

    Unfolded flux and images are 0 where nothing was; an image also in the rare cell that is 0 by
    chance. Bins of other folded views are always filled, as are gaps drawn as lines where there
    is no mask.
    """
    if batch.view.shape[-1] > 1 and not kind.folded:
        return np.asarray(batch.view[..., 1] != 0)
    if kind.name == "folded_image" or (not kind.folded and not lines_drawn(kind)):
        return np.asarray(flux_of(batch) != 0)
    return np.ones(batch.view.shape[:-1], np.bool_)


def filled_rows(images: Floats) -> NDArray[np.intp]:
    """How many rows each image has down to the last that holds flux, shape (n,).

    Args:
        images: Shape (n, rows, bins, channels); the rows below the last cycle are 0 throughout.
    """
    holds = (images != 0).any(axis=(2, 3))
    last = images.shape[1] - np.argmax(holds[:, ::-1], axis=1)
    return np.where(holds.any(axis=1), last, 0)


def with_flux(batch: Batch, kind: ViewKind, flux: Floats, known: Known) -> Batch:
    """The batch with other flux: within the range of the view, gaps as the view fills them.

    Args:
        batch: What it was made of; gives labels and weights.
        kind: Of its view.
        flux: Shape (n, ..., length).
        known: Same shape; where flux was measured. It becomes the mask, if there is one.
    """
    low, high = value_range(kind)
    flux = np.clip(flux, low, high)
    if lines_drawn(kind):
        flux = lines_over_gaps(flux, known)
    else:
        flux = np.where(known, flux, np.float32(0))
    if batch.view.shape[-1] == 1:
        return replace(batch, view=flux[..., None])
    view = np.empty((*flux.shape, 2), np.float32)
    view[..., 0], view[..., 1] = flux, known
    return replace(batch, view=view)


def value_range(kind: ViewKind) -> tuple[np.float32, np.float32]:
    """What a view's values are clipped to; infinite ends where they are not."""
    ends = []
    for end, free in (("low", -np.inf), ("high", np.inf)):
        value = kind.options.get(end, _default(kind.name, end))
        ends.append(np.float32(free if value is None else value))
    return cast(tuple[np.float32, np.float32], tuple(ends))


@cache
def _default(view: str, option: str) -> float | None:
    if view not in VIEWS:
        return None
    parameters = inspect.signature(VIEWS[view].build).parameters
    return parameters[option].default if option in parameters else None
