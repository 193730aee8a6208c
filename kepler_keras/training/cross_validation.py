"""Fits every entry on every fold, and once more on everything."""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar, Self, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kepler_keras.data.mapped_rows import LARGE, MappedRows
from kepler_keras.data.pipeline import Preparation
from kepler_keras.data.sharded_array import ShardedArray
from kepler_keras.data.splits import Fold
from kepler_keras.data.views import Array, Views
from kepler_keras.errors import InputError
from kepler_keras.evaluation.calibration import UNCORRECTED, Correction
from kepler_keras.experiment import Entry
from kepler_keras.models.own_file import FOREIGN
from kepler_keras.models.registry import is_own, load_builder
from kepler_keras.record import FoldFit, MemberFit, ScoreKind
from kepler_keras.training.backend import load_tensorflow
from kepler_keras.training.building import named_faults
from kepler_keras.training.fit import Examples, Rows, Task, fit_entry
from kepler_keras.training.fitted import Scores
from kepler_keras.training.mistakes import Seen, mistakes_of
from kepler_keras.training.portrait import Portrait, portrait_of
from kepler_keras.training.saved import load_fitted, save_fitted
from kepler_keras.training.scoring import PartScores, part_scores, train_average_precision
from kepler_keras.training.seeding import job_seed


@dataclass(frozen=True)
class ViewFiles:
    """An entry's views on disk, mapped by every worker and copied by none.

    Attributes:
        paths: Of each view the folder of a `ShardedArray`, or a `.npy`, of shape (n, ...), float32.
        labels: Shape (n,).
        cadence: Days between columns of the source's curves; None where they came folded.
    """

    paths: Mapping[str, Path]
    labels: NDArray[np.int8]
    cadence: float | None = None

    @property
    def reads(self) -> tuple[Path, ...]:
        """All files."""
        return tuple(self.paths.values())

    def at(self, places: Mapping[Path, Path]) -> Self:
        """The same views at another place."""
        return replace(self, paths={name: places[path] for name, path in self.paths.items()})

    def open(self) -> Examples:
        """Maps the views."""
        views = {name: _mapped(path) for name, path in self.paths.items()}
        return Examples(Views(views), self.labels, self.cadence)


def _mapped(path: Path) -> Array:
    if path.is_dir():
        return cast(Array, ShardedArray(path))  # all that is asked of a view here it answers
    if path.stat().st_size > LARGE:
        return cast(Array, MappedRows(path))
    mapped: Array = np.load(path, mmap_mode="r", allow_pickle=False)
    return mapped


@dataclass(frozen=True)
class FoldJob:
    """One fit of an entry on one fold, as a worker gets it.

    Attributes:
        seed: One of the entry's seeds.
        portrait: Whether a network is to be described after training.
        mistakes: Whether what it took from its worst mistakes is to be kept.
    """

    entry: Entry
    fold: Fold
    views: ViewFiles
    seed: int
    portrait: bool = False
    mistakes: bool = False
    writes: ClassVar[None] = None

    @property
    def reads(self) -> tuple[Path, ...]:
        """Views, and the file of a user's own builder."""
        return (*self.views.reads, *self.entry.reads)

    def at(self, places: Mapping[Path, Path]) -> Self:
        """The same job with these at another place."""
        return replace(self, entry=self.entry.at(places), views=self.views.at(places))


@dataclass(frozen=True)
class FoldOutcome:
    """What a fold's worker sends back."""

    fit: MemberFit
    n_parameters: int | None
    score_kind: ScoreKind
    validation: PartScores
    test: PartScores
    portrait: Portrait | None = None
    mistakes: Seen = field(default_factory=dict)


def run_fold(job: FoldJob) -> FoldOutcome | str:
    """Fits an entry on a fold's training rows; the test rows are touched once, at the end.

    Returns:
        The outcome, or a sentence where the entry cannot be fitted: that spoils no other entry.
    """
    entry, fold, examples = job.entry, job.fold, job.views.open()
    seed = job_seed(job.seed, fold.repeat, fold.fold)
    try:
        load_libraries(entry)
        start, cpu_start = time.perf_counter(), time.process_time()
        fitted = fit_entry(Task(entry, examples, fold.train, fold.validation, seed))
        fit = MemberFit(
            seed=job.seed,
            epochs=fitted.epochs,
            train_seconds=time.perf_counter() - start,
            cpu_seconds=time.process_time() - cpu_start,
            history=fitted.history,
            correction=fitted.correction,
        )
        validation = part_scores(fitted, entry, examples, fold.validation)
        test = part_scores(fitted, entry, examples, fold.test)
        followed = train_average_precision(fitted, entry, examples, fold.train, seed=seed)
        fit = fit.model_copy(update={"train_average_precision": followed})
    except InputError as error:
        return f"repeat {fold.repeat + 1}, fold {fold.fold + 1}: {error}"
    portrait: Portrait | None = None
    mistakes: Seen = {}
    foreign = FOREIGN if is_own(entry.model) else ()  # what a user's layers may raise
    if job.portrait:
        with suppress(*foreign):
            portrait = portrait_of(fitted, examples, fold.test, test.alone)
    if job.mistakes:
        with suppress(*foreign):
            mistakes = mistakes_of(fitted, examples, fold.test, test.shared)
    return FoldOutcome(
        fit, fitted.n_parameters, fitted.score_kind, validation, test, portrait, mistakes
    )


def load_libraries(entry: Entry) -> None:
    """Loads all that a fit imports: that is no part of what an entry costs."""
    load_tensorflow()
    try:
        load_builder(entry.model)
    except InputError as error:
        raise InputError(f"entry {entry.name!r}: {error}") from error


@dataclass(frozen=True)
class RefitJob:
    """One fit of an entry on all rows that may train.

    Attributes:
        seed: One of the entry's seeds.
        epochs: Median of the kept epochs of this seed's folds; None where nothing is iterated.
        correction: Medians of these folds' corrections, for remedies that are calibrated.
        folder: Where the model goes; must not exist.
    """

    entry: Entry
    views: ViewFiles
    rows: Rows
    seed: int
    epochs: int | None
    correction: Correction
    preparation: Preparation
    folder: Path

    @property
    def reads(self) -> tuple[Path, ...]:
        """Views, and the file of a user's own builder."""
        return (*self.views.reads, *self.entry.reads)

    @property
    def writes(self) -> Path:
        """Where the model's folder is made."""
        return self.folder.parent

    def at(self, places: Mapping[Path, Path]) -> Self:
        """The same job with these at another place."""
        folder = places.get(self.writes, self.writes) / self.folder.name
        entry, views = self.entry.at(places), self.views.at(places)
        return replace(self, entry=entry, views=views, folder=folder)


def run_refit(job: RefitJob) -> Path | str:
    """Fits and saves the model that is handed out; its figures are the folds'.

    Returns:
        The folder, or a sentence where the entry cannot be fitted, saved or loaded again.
    """
    entry, examples, seed = job.entry, job.views.open(), job_seed(job.seed, "refit")
    try:
        fitted = fit_entry(Task(entry, examples, job.rows, None, seed, job.epochs, job.correction))
        with named_faults(entry, "saving"):
            save_fitted([fitted], job.preparation, job.folder)
        if is_own(entry.model):  # ours are known to come back
            _load_again(entry, job.folder)
    except InputError as error:
        return f"no model is kept: refit on all stars: {error}"
    return job.folder


def _load_again(entry: Entry, folder: Path) -> None:
    """Refuses a model that nobody could load who has not its file."""
    with named_faults(entry, "loading"):
        try:
            load_fitted(folder)
        except InputError as error:
            raise InputError(
                f"entry {entry.name!r}: model {entry.model.name!r} holds more than plain Keras "
                f"layers or scikit-learn's types: {error}"
            ) from error


def join_members(entry: Entry, fold: Fold, outcomes: Sequence[FoldOutcome]) -> FoldFit:
    """How an entry was fitted on a fold, from the outcomes of its seeds."""
    fits = [outcome.fit for outcome in outcomes]
    known = [outcome.n_parameters for outcome in outcomes if outcome.n_parameters is not None]
    alone = fits[0] if entry.ensemble is None else None
    cpu = [fit.cpu_seconds for fit in fits if fit.cpu_seconds is not None]
    return FoldFit(
        entry=entry.name,
        repeat=fold.repeat,
        fold=fold.fold,
        epochs=alone.epochs if alone else None,
        n_parameters=sum(known) if known else None,
        train_seconds=sum(fit.train_seconds for fit in fits),
        cpu_seconds=sum(cpu) if len(cpu) == len(fits) else None,
        history=alone.history if alone else {},
        train_average_precision=alone.train_average_precision if alone else None,
        correction=alone.correction if alone else UNCORRECTED,
        score_kind=outcomes[0].score_kind,
        members=[] if alone else fits,
    )


def prediction_rows(
    name: str,
    fold: Fold,
    scores: tuple[Scores, Scores],
    *,
    labels: NDArray[np.int8],
    stars: NDArray[np.str_],
) -> pd.DataFrame:
    """The rows of the predictions table that one fold of one entry gives.

    Args:
        name: The entry's, or a member's.
        fold: Whose validation and test rows were scored.
        scores: Of these two parts.
        labels: Of all rows, shape (n,).
        stars: Of all rows, shape (n,).
    """
    parts = [
        pd.DataFrame(
            {
                "entry": name,
                "repeat": fold.repeat,
                "fold": fold.fold,
                "example_id": rows,
                "star": stars[rows],
                "split": split,
                "label": labels[rows],
                "score": part,
            }
        )
        for split, rows, part in zip(
            ("validation", "test"), (fold.validation, fold.test), scores, strict=True
        )
    ]
    return pd.concat(parts, ignore_index=True)
