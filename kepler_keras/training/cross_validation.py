"""Fits every entry on every fold, and once more on everything."""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kepler_keras.data.pipeline import Preparation
from kepler_keras.data.splits import Fold
from kepler_keras.evaluation.calibration import Correction
from kepler_keras.experiment import Entry
from kepler_keras.record import FoldFit
from kepler_keras.training.fit import Examples, Task, fit_entry
from kepler_keras.training.fitted import Scores
from kepler_keras.training.saved import save_fitted
from kepler_keras.training.seeding import job_seed


@dataclass(frozen=True)
class ViewFile:
    """A view on disk, mapped by every worker and copied by none.

    Attributes:
        path: A `.npy` of shape (n, ...), float32.
        labels: Shape (n,).
        cadence: Days between columns of the source's curves; None where they came folded.
    """

    path: Path
    labels: NDArray[np.int8]
    cadence: float | None = None

    def open(self) -> Examples:
        """Maps the view."""
        return Examples(np.load(self.path, mmap_mode="r"), self.labels, self.cadence)

    def example_shape(self) -> tuple[int, ...]:
        """Shape of one example."""
        return tuple(self.open().view.shape[1:])


@dataclass(frozen=True)
class FoldJob:
    """One entry on one fold, as a worker gets it."""

    entry: Entry
    fold: Fold
    view: ViewFile


@dataclass(frozen=True)
class FoldOutcome:
    """What a fold's worker sends back: how it was fitted and the scores of rows it did not fit."""

    fit: FoldFit
    validation: Scores
    test: Scores


def run_fold(job: FoldJob) -> FoldOutcome:
    """Fits an entry on a fold's training rows; the test rows are touched once, at the end."""
    entry, fold, examples = job.entry, job.fold, job.view.open()
    seed = job_seed(entry.seed, fold.repeat, fold.fold)
    start = time.perf_counter()
    fitted = fit_entry(Task(entry, examples, fold.train, fold.validation, seed))
    fit = FoldFit(
        entry=entry.name,
        repeat=fold.repeat,
        fold=fold.fold,
        epochs=fitted.epochs,
        n_parameters=fitted.n_parameters,
        train_seconds=time.perf_counter() - start,
        history=fitted.history,
        correction=fitted.correction,
    )
    validation = fitted.score(examples.view[fold.validation])
    return FoldOutcome(fit, validation, fitted.score(examples.view[fold.test]))


@dataclass(frozen=True)
class RefitJob:
    """One entry on all rows that may train, for as many epochs as its folds needed.

    Attributes:
        epochs: Median of the folds' kept epochs; None where nothing is iterated.
        correction: Medians of the folds' corrections, for remedies that are calibrated.
        folder: Where the model goes; must not exist.
    """

    entry: Entry
    view: ViewFile
    rows: NDArray[np.int64]
    epochs: int | None
    correction: Correction
    preparation: Preparation
    folder: Path


def run_refit(job: RefitJob) -> Path:
    """Fits and saves the model that is handed out; its figures are the folds'."""
    seed = job_seed(job.entry.seed, "refit")
    task = Task(job.entry, job.view.open(), job.rows, None, seed, job.epochs, job.correction)
    fitted = fit_entry(task)
    save_fitted(fitted, job.preparation, job.folder)
    return job.folder


def prediction_rows(job: FoldJob, outcome: FoldOutcome, stars: NDArray[np.str_]) -> pd.DataFrame:
    """The rows of the predictions table that one fold of one entry gives."""
    parts = []
    for split, rows, scores in (
        ("validation", job.fold.validation, outcome.validation),
        ("test", job.fold.test, outcome.test),
    ):
        parts.append(
            pd.DataFrame(
                {
                    "entry": job.entry.name,
                    "repeat": job.fold.repeat,
                    "fold": job.fold.fold,
                    "example_id": rows,
                    "star": stars[rows],
                    "split": split,
                    "label": job.view.labels[rows],
                    "score": scores,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
