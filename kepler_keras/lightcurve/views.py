"""The plug point of views: how light curves become what a network takes.

A view is registered in `VIEWS`. Its `build(flux, *, cadence, ephemerides, **options)` takes
conditioned flux of shape (n, n_cadences), NaN where nothing was measured, treats every star by
itself and returns float32 without NaN and with a trailing channel axis, or rows of features, shape
(n, k), where NaN stands for what is not defined. Whatever is fitted across stars is not a view's
business.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kepler_keras.lightcurve.binned_views import global_view, global_view_from_folded, local_view
from kepler_keras.lightcurve.compared_views import even_view, odd_view, secondary_view
from kepler_keras.lightcurve.flux_view import flux_view
from kepler_keras.lightcurve.folded_image import folded_image
from kepler_keras.lightcurve.log_differences import log_differences
from kepler_keras.lightcurve.search_features import search_features
from kepler_keras.lightcurve.spectrum import spectrum
from kepler_keras.lightcurve.view_options import Flux, Tensor

SCALARS = "scalars"  # numbers of the star that came with the data


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
        features: Whether it is a row of k unlike numbers, shape (n, k), with no axis along which
            they lie in order; gaps may be NaN.
        fixed_size: Whether curves of any number of columns give the same shape, as folding and
            binning do; never of curves that came folded.
        light: Whether it shows the star's light along time or phase. What is made of that light, as
            its steps or its spectrum, is not to be mirrored, shifted or dimmed.
    """

    name: str
    build: Callable[..., Tensor]
    needs_ephemeris: bool
    folded: bool
    from_folded: Callable[..., Tensor] | None
    features: bool = False
    light: bool = True
    fixed_size: bool = False


def take_ready(name: str, array: Flux) -> Tensor:
    """A view that came with the data, as it stands; curves get a channel axis at their end."""
    view = np.asarray(array, dtype=np.float32)
    return view if name == SCALARS else view[..., None]


def ready_view(name: str) -> View:
    """A view that a source brings ready made; whoever folded it, it counts as folded."""

    def build(flux: Flux) -> Tensor:
        return take_ready(name, flux)

    features = name == SCALARS
    return View(name, build, False, folded=True, from_folded=build, features=features)


def is_features(name: str) -> bool:
    """Whether the view of that name is a row of numbers; of the ready ones only `SCALARS` is."""
    return name == SCALARS or (name in VIEWS and VIEWS[name].features)


def shows_light(name: str) -> bool:
    """Whether the view of that name shows light along time or phase; a ready curve does."""
    return not is_features(name) and (name not in VIEWS or VIEWS[name].light)


def is_folded(name: str) -> bool:
    """Whether the view of that name has a phase axis; one that is not made here counts as such."""
    return name not in VIEWS or VIEWS[name].folded


def _of_phase(
    name: str, build: Callable[..., Tensor], from_folded: Callable[..., Tensor] | None = None
) -> View:
    return View(
        name, build, needs_ephemeris=True, folded=True, from_folded=from_folded, fixed_size=True
    )


VIEWS: dict[str, View] = {
    view.name: view
    for view in (
        View("flux", flux_view, needs_ephemeris=False, folded=False, from_folded=None),
        View(
            "log_differences",
            log_differences,
            needs_ephemeris=False,
            folded=False,
            from_folded=None,
            light=False,
        ),
        View(
            "spectrum", spectrum, needs_ephemeris=False, folded=False, from_folded=None, light=False
        ),
        _of_phase("global_view", global_view, from_folded=global_view_from_folded),
        _of_phase("local_view", local_view),
        _of_phase("secondary_view", secondary_view),
        _of_phase("odd_view", odd_view),
        _of_phase("even_view", even_view),
        _of_phase("folded_image", folded_image),
        View(
            "search_features",
            search_features,
            needs_ephemeris=True,
            folded=False,
            from_folded=None,
            features=True,
            fixed_size=True,
        ),
    )
}
