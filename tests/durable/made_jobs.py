"""Jobs for the durable executor that take no time, and functions that fit nothing."""

import os
from pathlib import Path

import numpy as np

from kepler_keras.data.pipeline import Preparation
from kepler_keras.data.splits import Fold
from kepler_keras.durable.executor import DurableExecutor
from kepler_keras.durable.key import Keys
from kepler_keras.durable.plan import Plan
from kepler_keras.durable.store import FitStore
from kepler_keras.evaluation.calibration import UNCORRECTED
from kepler_keras.executors import LocalProcesses
from kepler_keras.experiment import Choice, Conditioning, Entry, Search
from kepler_keras.training.cross_validation import FoldJob, RefitJob, ViewFiles
from kepler_keras.training.scoring import PartScores

LABELS = np.array([1, 0, 1, 0, 1, 0], np.int8)
ROWS = np.arange(6)
PREPARED = Preparation(
    views=(Choice(name="flux"),),
    conditioning=Conditioning(),
    search=Search(),
    cadence=0.02,
    n_columns=4,
)


def entry_of(name="e1", **changes):
    return Entry.model_validate({"name": name, "model": "mlp", "view": "flux", **changes})


def views_in(folder, *, scale=1.0, file="view.npy"):
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, scale * np.arange(24, dtype=np.float32).reshape(6, 4, 1))
    return ViewFiles({"flux": path}, LABELS, 0.02)


def fold_job(views, number=0, entry=None, **changes):
    fold = Fold(0, number, ROWS[:2], ROWS[2:4], ROWS[4:] - number)
    return FoldJob(entry or entry_of(), fold, views, **{"seed": 0, **changes})


def refit_job(views, folder, entry=None):
    return RefitJob(entry or entry_of(), views, ROWS, 0, None, UNCORRECTED, PREPARED, folder)


def executor_in(folder, jobs=1):
    folder.mkdir(exist_ok=True)
    return DurableExecutor(LocalProcesses(jobs, 1), FitStore(folder), Keys(1), Plan("again", jobs))


def note(job):
    """Writes down beside the views that a job was run."""
    (path,) = job.views.paths.values()
    with (path.parent / "runs.txt").open("a") as file:
        file.write(f"{job.entry.name} {getattr(job, 'fold', None) and job.fold.fold}\n")
    return path.parent


def runs(folder):
    path = folder / "runs.txt"
    return sorted(path.read_text().splitlines()) if path.exists() else []


def fit(job) -> PartScores | str:
    """Scores that follow from the job."""
    note(job)
    scores = job.fold.test * (0.1 + job.seed)
    return PartScores(scores, scores + 0.2)


def break_down(job) -> PartScores | str:
    """Breaks as its entry's name says, `once` in the first run only."""
    folder = note(job)
    first = not (folder / f"{job.entry.name}-{job.fold.fold}").exists()
    (folder / f"{job.entry.name}-{job.fold.fold}").touch()
    match job.entry.name:
        case "diverges":
            return "training diverged"
        case "raises":
            raise ValueError("no such\nshape")
        case "raises-once" if first:
            raise ValueError("no such\nshape")
        case "dies":
            os._exit(9)
        case "dies-once" if first:
            os._exit(9)
    return PartScores(job.fold.test * 1.0, job.fold.test * 2.0)


def half_made(job) -> Path | str:
    """A model that could not be finished."""
    job.folder.mkdir()
    return "it could not be saved"


def refit(job) -> Path | str:
    """A model of one file."""
    note(job)
    job.folder.mkdir(parents=True)
    (job.folder / "model.txt").write_text(f"{job.folder.name} is made", encoding="utf-8")
    return job.folder
