"""The stage before any fold: read the curves, and make every entry's views of them once."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from typing import Protocol as Duck

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.duplicates import unite_identical_curves
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.pipeline import Preparation, check_some_flux, condition, find_view
from kepler_keras.data.scalars import join_scalars
from kepler_keras.data.sources import load_source
from kepler_keras.data.thinning import thin_stars
from kepler_keras.data.view_recipe import Recipe
from kepler_keras.data.view_store import ViewStore
from kepler_keras.errors import InputError
from kepler_keras.executors import Executor
from kepler_keras.experiment import (
    QUICK_STARS,
    Choice,
    Conditioning,
    Data,
    Entry,
    Experiment,
    Protocol,
)
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.views import SCALARS
from kepler_keras.training.cross_validation import ViewFiles

QUICK_POSITIVE_STARS = 12


class FluxOfRows(Duck):
    """Gives the flux of a row, shape (n_columns,)."""

    def __getitem__(self, row: int, /) -> NDArray[np.float32]: ...


@dataclass(frozen=True)
class ConditionedFlux:
    """Flux as views are made from it, conditioned when it is asked for.

    Attributes:
        curves: The curves.
        settings: The experiment's conditioning.
    """

    curves: LightCurves
    settings: Conditioning

    def __getitem__(self, row: int) -> NDArray[np.float32]:
        conditioned = condition(
            np.asarray(self.curves.flux[row : row + 1]),
            cadence=self.curves.cadence,
            settings=self.settings,
            what=f"source {self.curves.source!r}",
            level=self.curves.level,
        )
        flux: NDArray[np.float32] = conditioned[0]
        return flux


@dataclass(frozen=True)
class Folding:
    """What the views of the experiment's own data were folded from, and when.

    Attributes:
        flux: Conditioned, row by row.
        ephemerides: Of each row, as far as known.
        searched: Whether they come from the period search.
    """

    flux: FluxOfRows
    ephemerides: Ephemerides
    searched: bool


@dataclass
class _Variant:
    """The curves under one set of source options, and what was made of them.

    Attributes:
        periods: At which views were folded.
        conditioned: Whether any view was made from the flux.
        folders: Of each view that stands, by its choice.
    """

    recipe: Recipe
    periods: Ephemerides | None = None
    conditioned: bool = False
    folders: dict[str, Path] = field(default_factory=dict)

    @property
    def curves(self) -> LightCurves:
        return self.recipe.curves


class PreparedViews:
    """Makes views on disk, each only once however many entries share it.

    Args:
        experiment: Whose entries see them.
        quick: Whether a few stars will do.
        folder: Where they are kept.
        executor: Where they are made.
        read_only: Whether the folder must have them all, as `kepler-keras prepare` leaves them.
    """

    def __init__(
        self,
        experiment: Experiment,
        *,
        quick: bool,
        folder: Path,
        executor: Executor,
        read_only: bool = False,
    ) -> None:
        self._experiment, self._quick, self._read_only = experiment, quick, read_only
        self._store = ViewStore(folder, executor, read_only=read_only)
        self._variants: dict[str, _Variant] = {}
        self.curves = self._variant({}).curves

    @property
    def protocol(self) -> Protocol:
        """The experiment's protocol, without test stars that the quick mode has left out."""
        protocol = self._experiment.protocol
        if not self._quick:
            return protocol
        kept = set(self.curves.stars.tolist())
        stars = tuple(star for star in protocol.test_stars if star in kept)
        return protocol.model_copy(update={"test_stars": stars})

    def make(self, entries: Iterable[Entry]) -> None:
        """Makes the views of some entries; each curve is read and conditioned once for them all.

        Raises:
            InputError: The data cannot give a view, or nothing may be made and one is missing.
            RunError: The disk is full.
        """
        wanted: dict[str, dict[str, Choice]] = {}
        for entry in entries:
            choices = wanted.setdefault(_as_key(entry.data_options), {})
            choices |= {_key_of(view): view for view in entry.views}
        for options, choices in wanted.items():
            variant = self._variant(json.loads(options))
            self._make(variant, {k: v for k, v in choices.items() if k not in variant.folders})

    def _make(self, variant: _Variant, choices: Mapping[str, Choice]) -> None:
        recipe, views = variant.recipe, list(choices.values())
        for view in views:
            find_view(view, folded_source=recipe.curves.folded, ready_views=recipe.ready)
        made_here = [view for view in views if view.name not in recipe.ready]
        unread = not (variant.conditioned or self._read_only)
        if made_here and unread and recipe.curves.cadence is not None:
            check_some_flux(recipe.curves.flux, what=f"source {recipe.curves.source!r}")
        if variant.periods is None and recipe.needs_periods(views):
            variant.periods = recipe.catalogue or self._store.periods(recipe)
        folders = self._store.views(recipe, views, variant.periods)
        variant.folders |= dict(zip(choices, folders, strict=True))
        variant.conditioned |= bool(made_here)

    def view_files(self, entry: Entry) -> ViewFiles:
        """The views of an entry, made if no other entry has asked for them."""
        self.make([entry])
        variant = self._variant(entry.data_options)
        folders = {view.name: variant.folders[_key_of(view)] for view in entry.views}
        return ViewFiles(folders, variant.curves.labels, variant.curves.cadence)

    def preparation(self, entry: Entry) -> Preparation:
        """How a new curve is to be prepared for an entry's model."""
        ready = self._variant(entry.data_options).recipe.ready
        return Preparation(
            views=entry.views,
            conditioning=self._experiment.conditioning,
            search=self._experiment.search,
            cadence=self.curves.cadence,
            level=self.curves.level,
            n_columns=self.curves.flux.shape[1],
            ready={name: ready[name].shape[1] for name in entry.view_names if name in ready},
        )

    @property
    def folders(self) -> list[Path]:
        """Of all arrays that stand: views, and the periods of a search."""
        return self._store.folders

    @property
    def folding(self) -> Folding | None:
        """At what period the views made so far were folded; where none was, the catalogue's."""
        variant = self._variant({})
        curves = variant.curves
        known = variant.periods or curves.ephemerides
        if known is None or not variant.conditioned:
            return None
        flux = ConditionedFlux(curves, self._experiment.conditioning)
        return Folding(flux, known, known is not curves.ephemerides)

    def _variant(self, options: dict[str, Any]) -> _Variant:
        key = _as_key(options)
        if key not in self._variants:
            curves = _load(self._experiment, options, quick=self._quick)
            if self._variants:
                _check_same_stars(self.curves, curves, options)
            one = self._experiment
            recipe = Recipe(curves, ready_views(curves), one.conditioning, one.search)
            self._variants[key] = _Variant(recipe)
        return self._variants[key]


def _as_key(options: Mapping[str, Any]) -> str:
    return json.dumps(options, sort_keys=True)


def _key_of(view: Choice) -> str:
    return _as_key(view.model_dump())


def ready_views(curves: LightCurves) -> dict[str, NDArray[np.float32]]:
    """The views that came with the curves, by name; numbers beside them are `SCALARS`."""
    scalars = {} if curves.scalars is None else {SCALARS: curves.scalars.values}
    return {**curves.views, **scalars}


def _load(experiment: Experiment, options: dict[str, Any], *, quick: bool) -> LightCurves:
    """Reads the curves, unites identical ones, and thins them for the quick mode."""
    data: Data = experiment.data
    curves = load_source(data.source, data.path, {**data.options, **options})
    if data.scalars is not None:  # before stars are united: uniting renames them
        curves = join_scalars(
            curves,
            Path(data.scalars.table),
            data.scalars.columns,
            leave_out=data.scalars.missing == "leave_out",
        )
    curves = unite_identical_curves(curves)
    if quick:
        curves = thin_stars(
            curves,
            n_stars=QUICK_STARS,
            min_positive_stars=QUICK_POSITIVE_STARS,
            seed=experiment.protocol.seed,
            test_stars=experiment.protocol.test_stars,
        )
    return curves


def _check_same_stars(base: LightCurves, other: LightCurves, options: dict[str, Any]) -> None:
    """Entries with data options of their own must still be scored on the same examples."""
    columns = ("stars", "labels", "may_train", "given_test")
    same = all(np.array_equal(getattr(base, name), getattr(other, name)) for name in columns)
    if not same or base.flux.shape != other.flux.shape or base.cadence != other.cadence:
        raise InputError(
            f"data_options {options} give other stars, labels or shapes than the experiment's "
            "data; entries are compared on identical examples only"
        )
