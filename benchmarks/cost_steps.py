"""What the steps of a comparison cost in a worker of one thread: seconds, bytes, memory."""

import resource
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from large_record import large_record
from logged_folds import experiment as unfitted
from logged_folds import fit_of
from numpy.typing import NDArray

from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.period_search import SearchJob, find_signals
from kepler_keras.data.sources import read_source
from kepler_keras.data.splits import Fold
from kepler_keras.data.view_shards import ViewJob, make_views
from kepler_keras.executors import LocalProcesses, end_workers
from kepler_keras.experiment import Choice, Conditioning, Entry, Experiment, Search
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.publish import write_folder
from kepler_keras.tracking import start_comparison
from kepler_keras.training.cross_validation import FoldJob, ViewFiles, run_fold

Views = Mapping[str, NDArray[np.float32]]
HOSTS = 0.06  # share of stars with a planet


@dataclass(frozen=True)
class Cost:
    """What something took.

    Attributes:
        seconds: Of a processor, or on the clock where the step is not shared among workers.
        n_bytes: That it left on the disk.
        memory: Most bytes that its process held.
    """

    seconds: float
    n_bytes: float = 0.0
    memory: float = 0.0


@dataclass(frozen=True)
class _Timed:
    """A call, and a short one before it that loads and compiles."""

    work: Callable[[], float]
    first: Callable[[], float]


def _run(timed: _Timed) -> Cost:
    timed.first()
    start = time.process_time()
    n_bytes = timed.work()
    seconds = time.process_time() - start
    return Cost(seconds, n_bytes, 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def in_worker(work: Callable[[], float], first: Callable[[], float]) -> Cost:
    """Runs a call in a new worker of one thread; it returns the bytes that it would write."""
    ((_, cost),) = LocalProcesses(1, 1).run(_run, [_Timed(work, first)])
    end_workers()
    return cost


@dataclass(frozen=True)
class Searching:
    """The period search of some stars."""

    job: SearchJob

    def __call__(self) -> float:
        """Searches; periods are three float64 a star."""
        find_signals(self.job)
        return 24.0 * len(self.job.flux)


@dataclass(frozen=True)
class Viewing:
    """The views of some stars."""

    job: ViewJob

    def __call__(self) -> float:
        """Conditions and folds; the bytes of all views."""
        return float(sum(view.nbytes for view in make_views(self.job)))


def search_cost(n_stars: int, n_cadences: int) -> Cost:
    """The period search of simulated stars."""
    curves = _curves(n_stars, n_cadences)
    job = SearchJob(curves.flux, curves.cadence or 0.0, curves.level, Search())
    return in_worker(Searching(job), Searching(replace(job, flux=job.flux[:1])))


def view_job(n_stars: int, n_cadences: int, choices: tuple[Choice, ...]) -> ViewJob:
    """Views of simulated stars, all folded at 5 d: the search is another step."""
    curves = _curves(n_stars, n_cadences)
    columns = (np.full(n_stars, value) for value in (5.0, 1.0, 0.15))
    cadence, level = curves.cadence, curves.level
    return ViewJob(curves.flux, cadence, level, Conditioning(), Ephemerides(*columns), choices)


def view_cost(n_stars: int, n_cadences: int, choices: tuple[Choice, ...]) -> Cost:
    """Conditioning and views of simulated stars."""
    job = view_job(n_stars, n_cadences, choices)
    one = replace(
        job, flux=job.flux[:1], ephemerides=job.ephemerides and job.ephemerides.rows(slice(1))
    )
    return in_worker(Viewing(job), Viewing(one))


def views_of(n_stars: int, n_cadences: int, choices: tuple[Choice, ...]) -> Views:
    """These views themselves."""
    made = make_views(view_job(n_stars, n_cadences, choices))
    return {choice.name: view for choice, view in zip(choices, made, strict=True)}


def _curves(n_stars: int, n_cadences: int) -> LightCurves:
    options = {"n_stars": max(n_stars, 10), "n_cadences": n_cadences, "prevalence": 0.2}
    return read_source("simulated", None, options).rows(np.arange(n_stars))


@dataclass(frozen=True)
class Fitting:
    """One fold of an entry, on views in a folder."""

    job: FoldJob

    def __call__(self) -> float:
        """Fits and scores."""
        outcome = run_fold(self.job)
        if isinstance(outcome, str):
            raise SystemExit(outcome)
        return 0.0


def fit_cost(entry: Entry, views: Views, *, n_stars: int, epochs: int) -> Cost:
    """A fold of an entry on as many stars, three fifths of which train, for so many epochs."""
    changes = {"epochs": epochs, "patience": epochs, "schedule": "constant", "warmup_epochs": 0}
    training = entry.training.model_copy(update=changes)
    entry = entry.model_copy(update={"training": training, "ensemble": None})
    with tempfile.TemporaryDirectory(prefix="cost-") as name:
        files = _written(views, entry, Path(name), n_stars)
        rows = np.arange(n_stars)
        parts = (rows[rows % 5 < 3], rows[rows % 5 == 3], rows[rows % 5 == 4])
        job = FoldJob(entry, Fold(0, 0, *parts), files, seed=0)
        return in_worker(Fitting(job), _load_libraries)


def _load_libraries() -> float:
    from kepler_keras.training.backend import load_tensorflow

    load_tensorflow()
    return 0.0


def _written(views: Views, entry: Entry, folder: Path, n_stars: int) -> ViewFiles:
    """The views of an entry over and over, each time with other noise."""
    rng = np.random.default_rng(0)
    labels = (rng.random(n_stars) < HOSTS).astype(np.int8)
    labels[:10] = 1  # of each part some
    for name in entry.view_names:
        rows = np.resize(np.arange(len(views[name])), n_stars)
        view = views[name][rows]
        spread = np.float32(0.3 * np.nanstd(view))
        noise = rng.normal(size=view.shape).astype(np.float32)
        np.save(folder / f"{name}.npy", view + spread * noise)
    return ViewFiles({name: folder / f"{name}.npy" for name in entry.view_names}, labels, 0.02)


def report_cost(n_stars: int) -> Cost:
    """Evaluation and report of four entries on five folds, on the clock."""
    record = large_record(n_entries=4, repeats=1, n_stars=n_stars, n_planets=n_stars // 20)
    with tempfile.TemporaryDirectory(prefix="cost-") as name:
        start = time.perf_counter()
        write_folder(record, Path(name) / "report")
        seconds = time.perf_counter() - start
        n_bytes = (Path(name) / "report" / "predictions.parquet").stat().st_size
    memory = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Cost(seconds, n_bytes / len(record.predictions), memory)


def report_rows(n_stars: int) -> int:
    """Rows of the predictions of `report_cost`."""
    return len(large_record(n_entries=4, repeats=1, n_stars=n_stars, n_planets=2).predictions)


def tracking_cost(n_runs: int) -> Cost:
    """So many folds written into a new sqlite store, on the clock."""
    with tempfile.TemporaryDirectory(prefix="cost-") as name:
        file = Path(name) / "mlflow.db"
        with start_comparison(unfitted(), address=f"sqlite:///{file}", environment={}) as tracker:
            made = file.stat().st_size
            start = time.perf_counter()
            for number in range(n_runs):
                tracker.log_fold(fit_of(number), {f"measure_{k}": 0.5 for k in range(12)})
            seconds = time.perf_counter() - start
        return Cost(seconds, (file.stat().st_size - made) / n_runs)


def with_all_views(experiment: Experiment) -> tuple[Choice, ...]:
    """Every view that an entry of an experiment sees, once."""
    views = {view.name: view for entry in experiment.entries for view in entry.views}
    return tuple(views.values())
