"""One comparison from experiment to report."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kepler_keras.checking import BuildJob, check_build, check_entries, check_training_labels
from kepler_keras.data.describe import data_warnings, gallery_rows
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.prevalence import refit_rows
from kepler_keras.data.splits import Split, folds_table, make_folds, summarise_parts
from kepler_keras.environment import describe_environment
from kepler_keras.evaluation.calibration import Correction
from kepler_keras.evaluation.predictions import sort_predictions
from kepler_keras.executors import Executor, LocalProcesses
from kepler_keras.experiment import Entry, Experiment, quick_version
from kepler_keras.preparation import PreparedViews
from kepler_keras.progress import stage
from kepler_keras.publish import check_folder, log_comparison, write_folder
from kepler_keras.record import DataSummary, FoldFit, GalleryCurve, PartSummary, Record
from kepler_keras.tracking import start_comparison
from kepler_keras.training.cross_validation import (
    FoldJob,
    RefitJob,
    ViewFile,
    prediction_rows,
    run_fold,
    run_refit,
)


@dataclass(frozen=True)
class Outcome:
    """Where a comparison's report lies.

    Attributes:
        report: The HTML file.
        artifact: The report's address in the MLflow store.
        run_id: The comparison's MLflow run.
    """

    report: Path
    artifact: str
    run_id: str


def compare(
    experiment: Experiment, *, out: Path, quick: bool, jobs: int, address: str, command: str
) -> Outcome:
    """Fits every entry on every fold and writes record, results and report.

    Args:
        experiment: What is compared.
        out: The report folder; its files appear together, at the end.
        quick: Cut down to end within a minute.
        jobs: Worker processes.
        address: The MLflow store, from `tracking.tracking_address`.
        command: What the user typed, for the report.

    Raises:
        InputError: Data or settings cannot be used; nothing was written into `out`.
    """
    check_folder(out)
    if quick:
        experiment = quick_version(experiment)
    executor = LocalProcesses(jobs, experiment.protocol.threads)
    with tempfile.TemporaryDirectory(prefix="kepler_keras-") as work:
        views = PreparedViews(experiment, quick=quick, folder=Path(work), executor=executor)
        curves = views.curves
        check_entries(experiment, cadence=curves.cadence, ready_views=curves.views)
        split = make_folds(curves, views.protocol)
        check_training_labels(experiment, split.folds, curves.labels, cadence=curves.cadence)
        files = {entry.name: views.view_file(entry) for entry in experiment.entries}
        shapes = {name: file.example_shape() for name, file in files.items()}
        builds = [BuildJob(entry, shapes[entry.name]) for entry in experiment.entries]
        for _ in executor.run(check_build, builds):
            pass
        with start_comparison(experiment, address=address) as tracker:
            fits, predictions = _cross_validate(experiment, split, files, curves, executor)
            record = Record(
                experiment=experiment,
                quick=quick,
                command=command,
                data=_describe(curves, split),
                parts=[PartSummary(**vars(part)) for part in summarise_parts(split, curves)],
                fits=fits,
                view_shapes={name: list(shape) for name, shape in shapes.items()},
                environment=describe_environment(threads=experiment.protocol.threads),
                predictions=predictions,
            )
            models = _refit(experiment, views, files, fits, executor, Path(work))
            report = write_folder(record, out, folds=folds_table(split, curves))
            log_comparison(record, out, models, tracker)
        return Outcome(report, tracker.artifact_address(), tracker.run_id)


def _cross_validate(
    experiment: Experiment,
    split: Split,
    files: dict[str, ViewFile],
    curves: LightCurves,
    executor: Executor,
) -> tuple[list[FoldFit], pd.DataFrame]:
    """Fits every entry on every fold; fold by fold, so that the time left can be foretold."""
    jobs = [
        FoldJob(entry, fold, files[entry.name])
        for fold in split.folds
        for entry in experiment.entries
    ]
    outcomes = {}
    with stage("fitting", len(jobs)) as counter:
        for position, outcome in executor.run(run_fold, jobs):
            outcomes[position] = outcome
            fit = outcome.fit
            counter.advance(f"{fit.entry}, repeat {fit.repeat + 1}, fold {fit.fold + 1}")
    tables = [prediction_rows(jobs[i], outcomes[i], curves.stars) for i in range(len(jobs))]
    order = {entry.name: i for i, entry in enumerate(experiment.entries)}
    fits = [outcomes[i].fit for i in range(len(jobs))]
    fits.sort(key=lambda fit: (order[fit.entry], fit.repeat, fit.fold))
    return fits, sort_predictions(pd.concat(tables, ignore_index=True))


def _refit(
    experiment: Experiment,
    views: PreparedViews,
    files: dict[str, ViewFile],
    fits: Sequence[FoldFit],
    executor: Executor,
    work: Path,
) -> dict[str, Path]:
    """Fits every entry once more on all rows that may train, for its folds' median of epochs.

    Ablations are there to be measured; no model of theirs is handed out.
    """
    jobs = [
        RefitJob(
            entry,
            files[entry.name],
            refit_rows(views.curves, experiment.protocol),
            _median_epochs(entry, fits),
            _median_correction(entry, fits),
            views.preparation(entry),
            work / f"model-{number}",
        )
        for number, entry in enumerate(experiment.entries)
        if entry.against is None
    ]
    with stage("refitting on all stars", len(jobs)) as counter:
        for position, _ in executor.run(run_refit, jobs):
            counter.advance(jobs[position].entry.name)
    return {job.entry.name: job.folder for job in jobs}


def _median_epochs(entry: Entry, fits: Sequence[FoldFit]) -> int | None:
    epochs = [fit.epochs for fit in fits if fit.entry == entry.name and fit.epochs is not None]
    return round(median(epochs)) if epochs else None


def _median_correction(entry: Entry, fits: Sequence[FoldFit]) -> Correction:
    own = [fit.correction for fit in fits if fit.entry == entry.name]
    return Correction(median(one.slope for one in own), median(one.intercept for one in own))


def _describe(curves: LightCurves, split: Split) -> DataSummary:
    rows, x = gallery_rows(curves)
    return DataSummary(
        source=curves.source,
        n_examples=len(curves),
        n_positive=int(curves.labels.sum()),
        n_stars=len(np.unique(curves.stars)),
        n_positive_stars=len(curves.positive_stars),
        fingerprint=curves.fingerprint,
        n_columns=curves.flux.shape[1],
        cadence=curves.cadence,
        notes=[*curves.notes, *split.notes],
        warnings=data_warnings(curves, tested=_tested(split)),
        gallery=[_gallery_curve(curves, int(row), x) for row in rows],
    )


def _tested(split: Split) -> NDArray[np.int64]:
    """Rows that stand in a test fold, each once."""
    return np.unique(np.concatenate([fold.test for fold in split.folds]))


def _gallery_curve(curves: LightCurves, row: int, x: NDArray[np.float64]) -> GalleryCurve:
    flux = [None if np.isnan(value) else float(f"{value:.5g}") for value in curves.flux[row]]
    return GalleryCurve(
        star=str(curves.stars[row]),
        label=int(curves.labels[row]),
        x=[float(f"{value:.6g}") for value in x],
        flux=flux,
    )
