"""Views in a folder, in shards of stars: each array under the name of all that it follows from."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.period_search import SEARCH_CHUNK, from_columns, search_all
from kepler_keras.data.sharded_array import (
    ShardedArray,
    ShardWriter,
    damaged_shards,
    read_index,
    remove_shards,
)
from kepler_keras.data.view_recipe import KEY_LENGTH, PERIODS, Recipe
from kepler_keras.data.view_shards import ViewJob, make_views, rows_a_shard
from kepler_keras.disk import disk_errors
from kepler_keras.errors import InputError
from kepler_keras.executors import Executor
from kepler_keras.experiment import Choice
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.views import take_ready
from kepler_keras.progress import Stage, stage

KEPT = "the shards that are finished are kept"
AGAIN = "kepler-keras prepare with the same experiment and settings makes"
OTHER = {
    "data": "other data",
    "rows": "shards of another size",
    "conditioning": "another conditioning",
    "search": "another period search",
    "ephemerides": "other ephemerides",
    "view": "other options of the view",
    "code": "another version of kepler-keras",
}


class ViewStore:
    """Makes the views that a folder lacks, or only looks for them.

    Args:
        folder: Where they are kept.
        executor: Where shards are made.
        read_only: Whether a view that is not there is refused.
    """

    def __init__(self, folder: Path, executor: Executor, *, read_only: bool = False) -> None:
        self.folder, self._executor, self._read_only = folder, executor, read_only
        self._checked: set[Path] = set()

    def periods(self, recipe: Recipe) -> Ephemerides:
        """The ephemerides of the experiment's search, searched where they are not kept.

        Raises:
            InputError: They are not there, and nothing may be made.
            RunError: The disk is full.
        """
        made_from, curves = recipe.of_periods(), recipe.curves
        folder = self._folder(PERIODS, made_from)
        if not self._there(folder):
            self._refuse(PERIODS, made_from)
            assert curves.cadence is not None
            with (
                disk_errors(self.folder, kept=KEPT),
                stage("searching periods, star", len(curves)) as counter,
            ):
                writer = ShardWriter(folder, len(curves), SEARCH_CHUNK)
                search_all(
                    curves.flux,
                    cadence=curves.cadence,
                    level=curves.level,
                    search=recipe.search,
                    executor=self._executor,
                    on_stars=lambda count: counter.advance(steps=count),
                    kept=writer,
                )
                writer.finish(made_from)
            self._checked.add(folder)
        return from_columns(ShardedArray(folder)[:])

    @property
    def folders(self) -> list[Path]:
        """Of all arrays that were asked for so far, sorted."""
        return sorted(self._checked)

    def views(
        self, recipe: Recipe, choices: Sequence[Choice], periods: Ephemerides | None
    ) -> list[Path]:
        """The folders of some views, in the order of `choices`; those that are missing are made.

        Args:
            recipe: What they follow from.
            choices: Which views.
            periods: Needed where one of them is folded.

        Raises:
            InputError: A view is not there, and nothing may be made.
            RunError: The disk is full.
        """
        n_rows = rows_a_shard(recipe.curves.flux.shape[1])
        made_from = [recipe.of_view(choice, n_rows=n_rows) for choice in choices]
        folders = [
            self._folder(choice.name, what) for choice, what in zip(choices, made_from, strict=True)
        ]
        absent = {}
        for choice, folder, what in zip(choices, folders, made_from, strict=True):
            if folder not in absent and not self._there(folder):
                self._refuse(choice.name, what)
                absent[folder] = choice
        if absent:
            with disk_errors(self.folder, kept=KEPT):
                self._make(recipe, absent, periods, n_rows)
                for folder, what in zip(folders, made_from, strict=True):
                    if folder in absent:
                        ShardWriter(folder, len(recipe.curves), n_rows).finish(what)
            self._checked |= absent.keys()
        return folders

    def _make(
        self,
        recipe: Recipe,
        absent: Mapping[Path, Choice],
        periods: Ephemerides | None,
        n_rows: int,
    ) -> None:
        """Writes the shards that are missing; a shard's views are all made from one reading."""
        n = len(recipe.curves)
        writers = {folder: ShardWriter(folder, n, n_rows) for folder in absent}
        missing: dict[int, list[Path]] = {}
        for folder, writer in writers.items():
            for number in writer.missing():
                missing.setdefault(number, []).append(folder)
        made_here: dict[int, list[Path]] = {}
        bounds = next(iter(writers.values())).bounds
        for number, wanted in missing.items():
            for folder in wanted:
                name = absent[folder].name
                if name in recipe.ready:
                    part = recipe.ready[name][slice(*bounds[number])]
                    writers[folder].write(number, _taken(name, part))
                else:
                    made_here.setdefault(number, []).append(folder)
        if not made_here:
            return
        work = _Work(recipe, absent, periods, bounds, sorted(made_here.items()))
        if len(bounds) == 1:  # to start workers for it would take longer
            _write(writers, work.wanted[0], make_views(work.job(0)))
            return
        with stage("making views, star", n) as counter:
            _count(counter, [bounds[number] for number in {*range(len(bounds))} - {*made_here}])
            jobs = [work.job(place) for place in range(len(work.wanted))]
            for place, arrays in self._executor.run(make_views, jobs):
                _write(writers, work.wanted[place], arrays)
                _count(counter, [bounds[work.wanted[place][0]]])

    def _folder(self, name: str, made_from: Mapping[str, Any]) -> Path:
        text = json.dumps(made_from, sort_keys=True)
        key = hashlib.sha256(text.encode()).hexdigest()[:KEY_LENGTH]
        return self.folder / f"{re.sub(r'[^A-Za-z0-9_]', '_', name)[:40]}-{key}"

    def _there(self, folder: Path) -> bool:
        """Whether a folder holds a whole array; each of its bytes is looked at once."""
        if folder in self._checked:
            return True
        if read_index(folder) is None:
            return False
        damaged = damaged_shards(folder)
        if damaged and self._read_only:
            raise InputError(f"{folder}: shard {damaged[0]} is damaged; {AGAIN} it again")
        if damaged:
            remove_shards(folder, damaged)
            return False
        self._checked.add(folder)
        return True

    def _refuse(self, name: str, wanted: Mapping[str, Any]) -> None:
        """Refuses what is not there if nothing may be made."""
        if self._read_only:
            raise InputError(f"{self.folder}: {_why_not(self.folder, name, wanted)}; {AGAIN} it")


@dataclass(frozen=True)
class _Work:
    """The shards that have to be made, each with the folders that lack it."""

    recipe: Recipe
    absent: Mapping[Path, Choice]
    periods: Ephemerides | None
    bounds: Sequence[tuple[int, int]]
    wanted: Sequence[tuple[int, Sequence[Path]]]

    def job(self, place: int) -> ViewJob:
        """The job of a shard; its flux is a part of the curves' and no copy."""
        number, folders = self.wanted[place]
        part, curves = slice(*self.bounds[number]), self.recipe.curves
        return ViewJob(
            curves.flux[part],
            curves.cadence,
            curves.level,
            self.recipe.conditioning,
            self.periods.rows(part) if self.periods else None,
            tuple(self.absent[folder] for folder in folders),
        )


def _write(
    writers: Mapping[Path, ShardWriter],
    wanted: tuple[int, Sequence[Path]],
    arrays: Sequence[NDArray[np.float32]],
) -> None:
    number, folders = wanted
    for folder, array in zip(folders, arrays, strict=True):
        writers[folder].write(number, array)


def _count(counter: Stage, finished: Iterable[tuple[int, int]]) -> None:
    for first, after in finished:
        counter.advance(steps=after - first)


def _taken(name: str, view: NDArray[np.float32]) -> NDArray[np.float32]:
    """A view that came with the data; a saved model can be asked about rows of numbers only."""
    if view.ndim != 2:
        raise InputError(
            f"view {name!r} of the data must be one row of numbers an example, got {view.shape}"
        )
    return take_ready(name, view)


def _why_not(folder: Path, name: str, wanted: Mapping[str, Any]) -> str:
    """Why a view that is wanted is not among those of a folder."""
    if not folder.is_dir():
        return "there is no such folder"
    told = []
    for index in map(read_index, sorted(folder.glob("*-*"))):
        made_from = index.made_from if index else {}
        view = made_from.get("view", {})
        if name == (view if isinstance(view, str) else view.get("name")):
            told.append([key for key in OTHER if made_from.get(key) != wanted.get(key)])
    if not told:
        return f"it holds no finished {name!r}"
    nearest = min(told, key=len)
    return f"its {name!r} was made from {' and '.join(OTHER[key] for key in nearest)}"
