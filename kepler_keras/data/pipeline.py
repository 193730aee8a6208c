"""From a source's curves to what a network sees: everything that is done to a star by itself."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from kepler_keras.data.period_search import Found, SearchJob, find_signals
from kepler_keras.data.row_parts import row_parts
from kepler_keras.data.views import Views
from kepler_keras.errors import InputError, suggestion
from kepler_keras.experiment import Choice, Conditioning, Search, Settings
from kepler_keras.lightcurve.conditioning import clip_outliers
from kepler_keras.lightcurve.detrending import detrend
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.views import SCALARS, VIEWS, View, ready_view, take_ready
from kepler_keras.options import check_options

Flux = NDArray[np.float32]


CURVES = "curves"  # how a model's input is called that its views are made from
ANY = -1  # number of columns, as NumPy and MLflow write it


class UnavailableError(InputError):
    """The data cannot give a view that exists; an optional entry is left out for it."""


class Preparation(Settings):
    """All settings between a source's flux and the views: enough to prepare a new curve alike.

    Attributes:
        cadence: Days between columns; None for curves that come folded.
        n_columns: Columns of the flux.
        level: See `LightCurves.level`.
        ready: Columns of each view that came ready with the data. Nothing here makes these: the
            model takes them as they are, made elsewhere as they were for training.
    """

    views: tuple[Choice, ...]
    conditioning: Conditioning
    search: Search
    cadence: float | None
    n_columns: int
    level: float = 0.0
    ready: dict[str, int] = Field(default_factory=dict)

    @property
    def made_here(self) -> tuple[str, ...]:
        """Names of the views that are made from curves."""
        return tuple(view.name for view in self.views if view.name not in self.ready)

    @property
    def any_length(self) -> bool:
        """Whether curves of any length will do: all that is made of them has a fixed size."""
        return self.cadence is not None and all(VIEWS[name].fixed_size for name in self.made_here)

    @property
    def needs_search(self) -> bool:
        """Whether a period is searched in each curve."""
        return needs_ephemeris(self.views, cadence=self.cadence, ready=self.ready)

    @property
    def inputs(self) -> dict[str, int]:
        """What has to be given for each star: names of arrays and their columns, or `ANY`."""
        n_columns = ANY if self.any_length else self.n_columns
        return ({CURVES: n_columns} if self.made_here else {}) | self.ready


@dataclass(frozen=True)
class Prepared:
    """Views of n curves, and what was found in them where a period was searched."""

    views: Views
    found: Found | None


def find_view(choice: Choice, *, folded_source: bool, ready_views: Collection[str] = ()) -> View:
    """The view that an experiment names.

    Args:
        choice: Name and options.
        folded_source: Whether the curves come folded, which rules views out.
        ready_views: Names of the views that came with the data; they go before all others.

    Raises:
        InputError: It is unknown or takes no such option.
        UnavailableError: The data cannot give it.
    """
    if choice.name in ready_views:
        view = ready_view(choice.name)
        check_options(f"view {choice.name!r} of the data", view.build, choice.options)
        return view
    brought = f"; the data bring {', '.join(sorted(ready_views))}" if ready_views else ""
    if choice.name == SCALARS:
        raise UnavailableError(f"view {SCALARS!r} needs numbers beside the curves (data.scalars)")
    if choice.name not in VIEWS:
        hint = suggestion(choice.name, {*VIEWS, *ready_views})
        raise InputError(f"there is no view {choice.name!r}{brought}; {hint}")
    view = VIEWS[choice.name]
    if folded_source and view.from_folded is None:
        folding = {name for name, other in VIEWS.items() if other.from_folded}
        possible = sorted({*folding, *ready_views})
        raise UnavailableError(
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
    check_some_flux(flux, what=what)
    if settings.detrend == "none":
        return flux
    flat = detrend(
        flux, cadence=cadence, method=settings.detrend, window=settings.window, level=level
    )
    return flat if settings.clip is None else clip_outliers(flat, upper=settings.clip)


def check_some_flux(flux: Flux, *, what: str) -> None:
    """Refuses curves without any flux.

    Args:
        flux: Shape (n, n_columns), also mapped.
        what: How an error names the data.

    Raises:
        InputError: It names the first of them.
    """
    for part in row_parts(flux):
        empty = np.isnan(flux[part]).all(axis=1)
        if empty.any():
            raise InputError(
                f"{what}: example {part.start + int(np.argmax(empty))} has no flux at all"
            )


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


def needs_ephemeris(
    views: Iterable[Choice], *, cadence: float | None, ready: Collection[str]
) -> bool:
    """Whether any of the views needs periods; one that came with the data needs none."""
    made = [view.name for view in views if view.name not in ready]
    return cadence is not None and any(VIEWS[name].needs_ephemeris for name in made)


def prepare(given: Mapping[str, Flux], preparation: Preparation) -> Views:
    """The views of `prepare_and_keep` alone."""
    return prepare_and_keep(given, preparation).views


def prepare_and_keep(given: Mapping[str, Flux], preparation: Preparation) -> Prepared:
    """Does to new curves all that was done to the training curves, in this process.

    Each curve by itself: what comes of it does not depend on those beside it.

    Args:
        given: For each of the preparation's `inputs` an array of shape (n, its columns): curves as
            the source gives them, and the views that come ready.
        preparation: What the model was trained with.

    Raises:
        InputError: An array is missing, has another number of columns, infinite flux or none.
    """
    for name, n_columns in preparation.inputs.items():
        _check_given(name, given, n_columns, cadence=preparation.cadence)
    lengths = {name: len(given[name]) for name in preparation.inputs}
    if len(set(lengths.values())) > 1:
        raise InputError(f"all inputs must have equally many rows, got {lengths}")
    made: dict[str, Flux] = {}
    found = None
    if CURVES in preparation.inputs:
        made, found = _made(given[CURVES], preparation)
    ready = preparation.ready
    views = Views(
        {
            view.name: take_ready(view.name, given[view.name])
            if view.name in ready
            else made[view.name]
            for view in preparation.views
        }
    )
    return Prepared(views, found)


def _check_given(
    name: str, given: Mapping[str, Flux], n_columns: int, *, cadence: float | None
) -> None:
    what = name if name == CURVES else f"ready views {name!r}"
    if name not in given:
        raise InputError(f"{what} are needed, got {', '.join(given) or 'nothing'}")
    flux = given[name]
    if flux.ndim != 2 or n_columns not in (flux.shape[1], ANY):
        expected = "n_columns" if n_columns == ANY else n_columns
        raise InputError(f"{what} must have shape (n, {expected}), got {flux.shape}")
    gaps = name == SCALARS or (name == CURVES and cadence is not None)
    unusable = np.isinf(flux) if gaps else ~np.isfinite(flux)
    if unusable.any():  # sources refuse it in the training curves
        row, column = (int(index[0]) for index in np.nonzero(unusable))
        raise InputError(
            f"{what}: flux must be finite, got {flux[row, column]} in example {row}, "
            f"column {column + 1} ({int(unusable.sum())} such values in all)"
        )


def _made(flux: Flux, preparation: Preparation) -> tuple[dict[str, Flux], Found | None]:
    """The views that are made here, by name, and what was found for them."""
    cadence, level = preparation.cadence, preparation.level
    conditioned = condition(
        flux, cadence=cadence, settings=preparation.conditioning, what="curves", level=level
    )
    found = None
    if preparation.needs_search:
        assert cadence is not None
        found = find_signals(SearchJob(flux, cadence, level, preparation.search))
    ephemerides = found.ephemerides if found else None
    made = {
        view.name: build_view(conditioned, view, cadence=cadence, ephemerides=ephemerides)
        for view in preparation.views
        if view.name in preparation.made_here
    }
    return made, found
