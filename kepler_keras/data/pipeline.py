"""From a source's curves to what a network sees: everything that is done to a star by itself."""

from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.period_search import SearchJob, run_search
from kepler_keras.errors import InputError, suggestion
from kepler_keras.experiment import Choice, Conditioning, Search, Settings
from kepler_keras.lightcurve.conditioning import clip_outliers
from kepler_keras.lightcurve.detrending import detrend
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.views import VIEWS, View, ready_view, take_ready
from kepler_keras.options import check_options

Flux = NDArray[np.float32]


class Preparation(Settings):
    """All settings between a source's flux and a view: enough to prepare a new curve alike.

    Attributes:
        cadence: Days between columns; None for curves that come folded.
        n_columns: Columns of what the model takes: the flux, or the view where it comes ready.
        level: See `LightCurves.level`.
        ready: Whether the view came ready with the data. Then nothing here makes it: the model
            takes that very view, shape (n, n_columns), made elsewhere as it was for training.
    """

    view: Choice
    conditioning: Conditioning
    search: Search
    cadence: float | None
    n_columns: int
    level: float = 0.0
    ready: bool = False


def find_view(choice: Choice, *, folded_source: bool, ready_views: Collection[str] = ()) -> View:
    """The view that an experiment names.

    Args:
        choice: Name and options.
        folded_source: Whether the curves come folded, which rules views out.
        ready_views: Names of the views that came with the data; they go before all others.

    Raises:
        InputError: It is unknown, takes no such option, or the data cannot give it.
    """
    if choice.name in ready_views:
        view = ready_view(choice.name)
        check_options(f"view {choice.name!r} of the data", view.build, choice.options)
        return view
    brought = f"; the data bring {', '.join(sorted(ready_views))}" if ready_views else ""
    if choice.name not in VIEWS:
        hint = suggestion(choice.name, {*VIEWS, *ready_views})
        raise InputError(f"there is no view {choice.name!r}{brought}; {hint}")
    view = VIEWS[choice.name]
    if folded_source and view.from_folded is None:
        folding = {name for name, other in VIEWS.items() if other.from_folded}
        possible = sorted({*folding, *ready_views})
        raise InputError(
            f"view {choice.name!r} needs unfolded flux, but these curves come folded; "
            f"they can give {', '.join(possible)}"
        )
    build = view.from_folded if folded_source and view.from_folded else view.build
    given = {"cadence", "ephemerides"} & choice.options.keys()
    if given:
        raise InputError(
            f"view {choice.name!r}: {min(given)} comes from the data, not from options"
        )
    check_options(f"view {choice.name!r}", build, choice.options)
    return view


def condition(
    flux: Flux, *, cadence: float | None, settings: Conditioning, what: str, level: float = 0.0
) -> Flux:
    """Conditions each curve by itself; folded curves (no cadence) pass unchanged.

    Args:
        flux: Shape (n, n_columns), any unit, NaN in gaps, which stay.
        cadence: Days between columns.
        settings: The experiment's conditioning.
        what: How an error names the data.
        level: See `LightCurves.level`.

    Raises:
        InputError: A curve has no flux at all.
    """
    if cadence is None:
        return flux
    empty = np.isnan(flux).all(axis=1)
    if empty.any():
        raise InputError(f"{what}: example {int(np.argmax(empty))} has no flux at all")
    if settings.detrend == "none":
        return flux
    flat = detrend(
        flux, cadence=cadence, method=settings.detrend, window=settings.window, level=level
    )
    return flat if settings.clip is None else clip_outliers(flat, upper=settings.clip)


def build_view(
    flux: Flux, choice: Choice, *, cadence: float | None, ephemerides: Ephemerides | None
) -> Flux:
    """Makes the view of conditioned flux, shape (n, ..., 1)."""
    view = find_view(choice, folded_source=cadence is None)
    options: dict[str, Any] = dict(choice.options)
    if cadence is None:
        assert view.from_folded is not None
        return view.from_folded(flux, **options)
    return view.build(flux, cadence=cadence, ephemerides=ephemerides, **options)


def prepare(flux: Flux, preparation: Preparation) -> Flux:
    """Does to new curves all that was done to the training curves, in this process.

    Args:
        flux: Curves as the source gives them, or the view itself where the preparation says that
            it comes ready; shape (n, n_columns).
        preparation: What the model was trained with.

    Raises:
        InputError: The curves have another number of columns, infinite flux or none at all.
    """
    what = f"ready views {preparation.view.name!r}" if preparation.ready else "curves"
    if flux.ndim != 2 or flux.shape[1] != preparation.n_columns:
        raise InputError(f"{what} must have shape (n, {preparation.n_columns}), got {flux.shape}")
    cadence = None if preparation.ready else preparation.cadence
    unusable = np.isinf(flux) if cadence is not None else ~np.isfinite(flux)
    if unusable.any():  # sources refuse it in the training curves
        row, column = (int(index[0]) for index in np.nonzero(unusable))
        raise InputError(
            f"{what}: flux must be finite, got {flux[row, column]} in example {row}, "
            f"column {column + 1} ({int(unusable.sum())} such values in all)"
        )
    if preparation.ready:
        return take_ready(flux)
    level = preparation.level
    conditioned = condition(
        flux, cadence=cadence, settings=preparation.conditioning, what="curves", level=level
    )
    ephemerides = None
    if cadence is not None and VIEWS[preparation.view.name].needs_ephemeris:
        ephemerides = run_search(SearchJob(flux, cadence, level, preparation.search))
    return build_view(conditioned, preparation.view, cadence=cadence, ephemerides=ephemerides)
