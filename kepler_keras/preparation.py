"""The stage before any fold: read the curves, and make every entry's views of them once."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.duplicates import unite_identical_curves
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.period_search import search_all
from kepler_keras.data.pipeline import (
    Preparation,
    build_view,
    condition,
    find_view,
    needs_ephemeris,
)
from kepler_keras.data.scalars import join_scalars
from kepler_keras.data.sources import load_source
from kepler_keras.data.thinning import thin_stars
from kepler_keras.disk import disk_errors
from kepler_keras.errors import InputError
from kepler_keras.executors import Executor
from kepler_keras.experiment import QUICK_STARS, Choice, Data, Entry, Experiment, Protocol
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.views import SCALARS, take_ready
from kepler_keras.progress import stage
from kepler_keras.training.cross_validation import ViewFiles

QUICK_POSITIVE_STARS = 12


@dataclass(frozen=True)
class Folding:
    """What the views of the experiment's own data were folded from, and when.

    Attributes:
        flux: Conditioned, shape (n, n_cadences).
        ephemerides: Of each row, as far as known.
        searched: Whether they come from the period search.
    """

    flux: NDArray[np.float32]
    ephemerides: Ephemerides
    searched: bool


@dataclass
class _Variant:
    """The curves under one set of source options, conditioned and searched at most once."""

    curves: LightCurves
    conditioned: Any = None
    ephemerides: Ephemerides | None = None
    files: dict[str, Path] = field(default_factory=dict)


class PreparedViews:
    """Makes views on disk, each only once however many entries share it."""

    def __init__(
        self, experiment: Experiment, *, quick: bool, folder: Path, executor: Executor
    ) -> None:
        self._experiment, self._quick = experiment, quick
        self._folder, self._executor = folder, executor
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

    def view_files(self, entry: Entry) -> ViewFiles:
        """The views of an entry, each made if no other entry has asked for it."""
        variant = self._variant(entry.data_options)
        paths = {view.name: self._file(view, variant) for view in entry.views}
        return ViewFiles(paths, variant.curves.labels, variant.curves.cadence)

    def _file(self, view: Choice, variant: _Variant) -> Path:
        key = json.dumps(view.model_dump(), sort_keys=True)
        if key not in variant.files:
            n_files = sum(len(other.files) for other in self._variants.values())
            path = self._folder / f"view-{n_files}.npy"
            array = self._build(view, variant)
            with disk_errors(self._folder):
                np.save(path, array)
            variant.files[key] = path
        return variant.files[key]

    def preparation(self, entry: Entry) -> Preparation:
        """How a new curve is to be prepared for an entry's model."""
        ready = ready_views(self._variant(entry.data_options).curves)
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
    def folding(self) -> Folding | None:
        """At what period the views made so far were folded; where none was, the catalogue's."""
        variant = self._variant({})
        known = variant.ephemerides or variant.curves.ephemerides
        if known is None or variant.conditioned is None:
            return None
        return Folding(variant.conditioned, known, known is not variant.curves.ephemerides)

    def _variant(self, options: dict[str, Any]) -> _Variant:
        key = json.dumps(options, sort_keys=True)
        if key not in self._variants:
            curves = _load(self._experiment, options, quick=self._quick)
            if self._variants:
                _check_same_stars(self.curves, curves, options)
            self._variants[key] = _Variant(curves)
        return self._variants[key]

    def _build(self, view: Choice, variant: _Variant) -> Any:
        curves, ready = variant.curves, ready_views(variant.curves)
        find_view(view, folded_source=curves.folded, ready_views=ready)
        if view.name in ready:
            return _taken(view.name, ready[view.name])
        if variant.conditioned is None:
            variant.conditioned = condition(
                curves.flux,
                cadence=curves.cadence,
                settings=self._experiment.conditioning,
                what=f"source {curves.source!r}",
                level=curves.level,
            )
        ephemerides = None
        if needs_ephemeris([view], cadence=curves.cadence, ready=ready):
            variant.ephemerides = variant.ephemerides or self._ephemerides(variant)
            ephemerides = variant.ephemerides
        return build_view(
            variant.conditioned, view, cadence=curves.cadence, ephemerides=ephemerides
        )

    def _ephemerides(self, variant: _Variant) -> Ephemerides:
        """The catalogue's ephemerides where every star has one; else all stars are searched.

        A mixture would tell hosts from non-hosts by where the period came from.
        """
        curves = variant.curves
        if curves.ephemerides is not None and curves.ephemerides.known().all():
            return curves.ephemerides
        assert curves.cadence is not None
        with stage("searching periods, star", len(curves)) as counter:
            return search_all(
                curves.flux,
                cadence=curves.cadence,
                level=curves.level,
                search=self._experiment.search,
                executor=self._executor,
                on_stars=lambda count: counter.advance(steps=count),
            )


def _taken(name: str, view: NDArray[np.float32]) -> NDArray[np.float32]:
    """A view that came with the data; a saved model can be asked about rows of numbers only."""
    if view.ndim != 2:
        raise InputError(
            f"view {name!r} of the data must be one row of numbers an example, got {view.shape}"
        )
    return take_ready(name, view)


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
