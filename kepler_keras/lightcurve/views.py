"""The plug point of views: how light curves become what a network takes.

A view is registered in `VIEWS`. Its `build(flux, *, cadence, ephemerides, **options)` takes
conditioned flux of shape (n, n_cadences) without NaN, treats every star by itself and returns
float32 with a trailing channel axis. Whatever is fitted across stars is not a view's business.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepler_keras.errors import InputError, suggestion
from kepler_keras.lightcurve.conditioning import robust_scale
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.folded_image import folded_image
from kepler_keras.lightcurve.folding import (
    bin_flux,
    cadence_times,
    fill_empty_bins,
    phase,
    phase_bin,
)
from kepler_keras.lightcurve.view_options import (
    Flux,
    Tensor,
    check_count,
    check_range,
    known_ephemerides,
    refuses_unknown_options,
)

GLOBAL_BINS = 201  # of the folded Kepler curves; Shallue & Vanderburg 2018, Sec. 3.3, take 2001


@dataclass(frozen=True)
class View:
    """A way to present light curves to a network.

    Attributes:
        name: Its name in an experiment file.
        build: ``build(flux, *, cadence, ephemerides, **options)``, see the module.
        needs_ephemeris: Whether `ephemerides` must be given, known for every row.
        folded: Whether the last axis before the channel is orbital phase; then a circular shift
            would move the transit out of the centre and is no augmentation.
        from_folded: ``from_folded(flux, **options)`` for curves that the source has already folded,
            shape (n, bins); None where such curves cannot give this view.
    """

    name: str
    build: Callable[..., Tensor]
    needs_ephemeris: bool
    folded: bool
    from_folded: Callable[..., Tensor] | None


def view_named(name: str) -> View:
    """Looks a view up.

    Raises:
        InputError: There is no view of that name.
    """
    if name not in VIEWS:
        raise InputError(f"there is no view {name!r}; {suggestion(name, VIEWS)}")
    return VIEWS[name]


def take_ready(flux: Flux) -> Tensor:
    """A view that came with the data, as it stands, with a channel axis at its end."""
    return np.asarray(flux, dtype=np.float32)[..., None]


def ready_view(name: str) -> View:
    """A view that a source brings ready made; whoever folded it, it counts as folded."""
    return View(name, take_ready, needs_ephemeris=False, folded=True, from_folded=take_ready)


def is_folded(name: str) -> bool:
    """Whether the view of that name has a phase axis; one that is not made here counts as such."""
    return name not in VIEWS or VIEWS[name].folded


@refuses_unknown_options("flux")
def flux_view(
    flux: Flux,
    *,
    cadence: float,
    ephemerides: Ephemerides | None = None,
    low: float = -20.0,
    high: float = 10.0,
) -> Tensor:
    """Each star in units of its own scatter, clipped to [low, high], shape (n, n_cadences, 1).

    Clipping keeps single outliers from ruling the network; a transit is a dip of many scatters at
    most, so the range is wider below.
    """
    check_range("flux", low, high)
    return np.clip(robust_scale(flux), low, high)[..., None]


@refuses_unknown_options("global_view")
def global_view(
    flux: Flux, *, cadence: float, ephemerides: Ephemerides, bins: int = GLOBAL_BINS
) -> Tensor:
    """The median of each phase bin, median 0 and minimum -1, shape (n, bins, 1).

    Shallue & Vanderburg 2018, AJ 155:94, Sec. 3.3, with bins as wide as their spacing.
    """
    check_count("global_view", "bins", bins, at_least=3)
    folded = np.empty((len(flux), bins))
    time = cadence_times(flux.shape[1], cadence)
    for row, (period, t0) in enumerate(known_ephemerides(ephemerides, len(flux))):
        index = phase_bin(phase(time, period=period, t0=t0), bins)
        folded[row] = fill_empty_bins(bin_flux(flux[row], index, bins))
    return _zero_to_minus_one(folded)


@refuses_unknown_options("global_view")
def global_view_from_folded(flux: Flux, *, bins: int | None = None) -> Tensor:
    """Folded curves scaled again, median 0 and minimum -1, shape (n, bins, 1)."""
    if bins is not None and bins != flux.shape[1]:
        raise InputError(
            f"view global_view: the curves are already folded into {flux.shape[1]} bins, "
            f"got bins = {bins}"
        )
    return _zero_to_minus_one(flux.astype(np.float64))


def _zero_to_minus_one(folded: NDArray[np.float64]) -> Tensor:
    """Median 0, minimum -1; a row without any dip is only centred."""
    centred = folded - np.median(folded, axis=1, keepdims=True)
    dip = -centred.min(axis=1, keepdims=True)
    scaled: Tensor = (centred / np.where(dip > 0, dip, 1.0)).astype(np.float32)
    return scaled[..., None]


VIEWS: dict[str, View] = {
    view.name: view
    for view in (
        View("flux", flux_view, needs_ephemeris=False, folded=False, from_folded=None),
        View(
            "global_view",
            global_view,
            needs_ephemeris=True,
            folded=True,
            from_folded=global_view_from_folded,
        ),
        View("folded_image", folded_image, needs_ephemeris=True, folded=True, from_folded=None),
    )
}
