"""One comparison from experiment to report."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kepler_keras.checking import (
    BuildJob,
    check_build,
    check_entries,
    check_training_labels,
    with_standing_baseline,
    without,
)
from kepler_keras.data.describe import gallery_rows
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.planet_values import planet_values
from kepler_keras.data.splits import Split, folds_table, make_folds, summarise_parts
from kepler_keras.environment import describe_environment
from kepler_keras.executors import Executor, LocalProcesses
from kepler_keras.experiment import Entry, Experiment, quick_version
from kepler_keras.fitting import cross_validate, join_tables, refit
from kepler_keras.models.shapes import Shapes
from kepler_keras.portraits import cards_of, pictures_of
from kepler_keras.preparation import PreparedViews, ready_views
from kepler_keras.publish import check_folder, log_comparison, write_folder
from kepler_keras.record import (
    DataSummary,
    FoldTuning,
    GalleryCurve,
    LeftOut,
    PartSummary,
    Record,
)
from kepler_keras.self_checks import check_itself
from kepler_keras.tracking import start_comparison
from kepler_keras.training.cross_validation import ViewFiles


@dataclass(frozen=True)
class Outcome:
    """Where a comparison's report lies.

    Attributes:
        report: The HTML file.
        artifact: The report's address in the MLflow store.
        run_id: The comparison's MLflow run.
        faults: Sentences on entries that broke, and on models that could not be kept.
    """

    report: Path
    artifact: str
    run_id: str
    faults: tuple[str, ...] = ()


def compare(
    experiment: Experiment,
    *,
    out: Path,
    quick: bool,
    jobs: int,
    address: str,
    command: str,
    studies: Path | None = None,
) -> Outcome:
    """Fits every entry on every fold and writes record, results and report.

    Args:
        experiment: What is compared.
        out: The report folder; its files appear together, at the end.
        quick: Cut down to end within a minute.
        jobs: Worker processes.
        address: The MLflow store, from `tracking.tracking_address`.
        command: What the user typed, for the report.
        studies: SQLite file of the trials of tuned entries, which is continued if it exists; None
            tunes nothing.

    Raises:
        InputError: Data or settings cannot be used; nothing was written into `out`.
    """
    check_folder(out)
    if quick:
        experiment = quick_version(experiment)
    if studies is not None:
        from kepler_keras.tuning.tune import check_space, with_tuned_entries

        experiment = with_tuned_entries(experiment)
    executor = LocalProcesses(jobs, experiment.protocol.threads)
    with tempfile.TemporaryDirectory(prefix="kepler_keras-") as work:
        views = PreparedViews(experiment, quick=quick, folder=Path(work), executor=executor)
        curves = views.curves
        left_out = check_entries(
            experiment, cadence=curves.cadence, ready_views=ready_views(curves)
        )
        running = without(experiment, left_out)
        split = make_folds(curves, views.protocol)
        check_training_labels(running, split.folds, curves.labels, cadence=curves.cadence)
        files = {entry.name: views.view_files(entry) for entry in running.entries}
        shapes = {name: file.open().views.shapes for name, file in files.items()}
        left_out += _broken_builders(running, shapes, executor)
        running = without(experiment, left_out)
        if studies is not None:
            check_space(running, shapes, executor)
        with start_comparison(experiment, address=address) as tracker:
            tunings, chosen = _tuned(running, split, curves, files, executor, studies)
            fitted = cross_validate(running, split, files, executor, chosen)
            left_out += fitted.left_out
            experiment, faults = with_standing_baseline(experiment, left_out)
            running = without(experiment, left_out)
            diagnostics = check_itself(
                running, split, curves, files, executor, fitted, quick=quick, work=Path(work)
            )
            models, unkept = refit(running, views, files, fitted, executor, Path(work))
            faults += unkept
            tables = join_tables(running, split, fitted, curves)
            record = Record(
                experiment=experiment,
                quick=quick,
                command=command,
                data=_describe(curves, split),
                parts=[PartSummary(**vars(part)) for part in summarise_parts(split, curves)],
                fits=tables.fits,
                view_shapes={
                    entry.name: {view: list(shape) for view, shape in shapes[entry.name].items()}
                    for entry in running.entries
                },
                left_out=left_out,
                tunings=[one for one in tunings if one.entry in {e.name for e in running.entries}],
                faults=faults,
                cards=cards_of(running, fitted, curves),
                pictures=pictures_of(running, fitted, curves),
                diagnostics=diagnostics,
                planets=planet_values(
                    curves, logarithms=experiment.data.options.get("logarithms", ())
                ),
                environment=describe_environment(threads=experiment.protocol.threads),
                predictions=tables.predictions,
                members=tables.members,
            )
            report = write_folder(record, out, folds=folds_table(split, curves))
            log_comparison(record, out, models, tracker)
        broken = [f"left out: {one.reason}" for one in left_out if one.failed]
        return Outcome(report, tracker.artifact_address(), tracker.run_id, (*broken, *faults))


def _tuned(
    experiment: Experiment,
    split: Split,
    curves: LightCurves,
    files: Mapping[str, ViewFiles],
    executor: Executor,
    studies: Path | None,
) -> tuple[list[FoldTuning], dict[tuple[str, int], Entry]]:
    """The trials of the entries that are tuned, and the entries with the settings chosen."""
    if studies is None:
        return [], {}
    from kepler_keras.tuning.tune import chosen_entries, tune  # Optuna takes a second to load

    tunings = tune(experiment, split, curves, files, executor, file=studies)
    return tunings, chosen_entries(experiment, tunings, split)


def _broken_builders(
    experiment: Experiment, shapes: Mapping[str, Shapes], executor: Executor
) -> list[LeftOut]:
    """Builds every entry's model once; users' own that break are left out."""
    jobs = [BuildJob(entry, shapes[entry.name]) for entry in experiment.entries]
    return [
        LeftOut(entry=jobs[position].entry.name, reason=reason, failed=True)
        for position, reason in sorted(executor.run(check_build, jobs))
        if reason is not None
    ]


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
        warnings=[],  # that there are few planets, a check says
        gallery=[_gallery_curve(curves, int(row), x) for row in rows],
    )


def _gallery_curve(curves: LightCurves, row: int, x: NDArray[np.float64]) -> GalleryCurve:
    flux = [None if np.isnan(value) else float(f"{value:.5g}") for value in curves.flux[row]]
    return GalleryCurve(
        star=str(curves.stars[row]),
        label=int(curves.labels[row]),
        x=[float(f"{value:.6g}") for value in x],
        flux=flux,
    )
