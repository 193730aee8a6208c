"""One comparison from experiment to report."""

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kepler_keras.checking import (
    BuildJob,
    check_build,
    check_entries,
    check_training_labels,
    with_standing_baseline,
    without,
)
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.splits import Split, folds_table, make_folds
from kepler_keras.disk import disk_errors
from kepler_keras.durable.executor import DurableExecutor
from kepler_keras.durable.key import code_version
from kepler_keras.durable.room import check_nobody_there, durable_fits
from kepler_keras.environment import describe_environment
from kepler_keras.errors import InputError
from kepler_keras.executors import Executor, Persistent, Workers
from kepler_keras.experiment import Entry, Experiment, quick_version
from kepler_keras.fitting import cross_validate, refit
from kepler_keras.models.shapes import Shapes
from kepler_keras.preparation import PreparedViews, ready_views
from kepler_keras.publish import check_folder, log_comparison, register_best, write_folder
from kepler_keras.record import FoldTuning, LeftOut, Record
from kepler_keras.recording import data_and_fits
from kepler_keras.self_checks import check_itself
from kepler_keras.tracking import (
    RunFile,
    Tracker,
    check_registered_name,
    kept_anyway,
    start_comparison,
)
from kepler_keras.training.cross_validation import ViewFiles

RUN_FILE = "run.json"  # beside the kept fits


@dataclass(frozen=True)
class Outcome:
    """Where a comparison's report lies.

    Attributes:
        report: The HTML file.
        artifact: The report's address in the MLflow store.
        run_id: The comparison's MLflow run.
        faults: Sentences on entries that broke, and on models that could not be kept.
        registered: A line on the model that was registered, if one was asked for.
    """

    report: Path
    artifact: str
    run_id: str
    faults: tuple[str, ...] = ()
    registered: str = ""


def compare(
    experiment: Experiment,
    *,
    out: Path,
    quick: bool,
    workers: Workers,
    address: str,
    command: str,
    resume: str = "",
    studies: Path | None = None,
    fresh: bool = False,
    register: str | None = None,
    prepared: Path | None = None,
) -> Outcome:
    """Fits every entry on every fold and writes record, results and report.

    Each fit is kept in `out` the moment it ends: the same call goes on where another one was cut
    off, and fits nothing twice.

    Args:
        experiment: What is compared.
        out: The report folder; its files appear together, at the end.
        quick: Cut down to end within a minute.
        workers: Where jobs run, with the threads of the experiment's protocol.
        address: The MLflow store, from `tracking.tracking_address`.
        command: What the user typed, for the report.
        resume: What goes on with a comparison that was cut off; `command` by default.
        studies: SQLite file of the trials of tuned entries, which is continued if it exists; None
            tunes nothing.
        fresh: Whether fits that are kept in `out` are thrown away.
        register: Name in MLflow's registry for the best competitor's model; None registers none.
        prepared: A folder in which `kepler-keras prepare` left the views; None makes them.

    Raises:
        InputError: Data or settings cannot be used, or `prepared` is of others; nothing was written
            into `out`. Or another comparison is at work there.
        RunError: The disk or the store gave up; what was fitted is kept.
    """
    check_folder(out)
    check_nobody_there(out)
    _check_registration(experiment, register)
    if quick:
        experiment = quick_version(experiment)
    if studies is not None:
        from kepler_keras.tuning.tune import with_tuned_entries

        experiment = with_tuned_entries(experiment)
    with tempfile.TemporaryDirectory(prefix="kepler_keras-") as name:
        work = Path(name)
        persistent = Persistent(workers)
        views = PreparedViews(
            experiment,
            quick=quick,
            folder=prepared or work,
            executor=persistent,
            read_only=prepared is not None,
        )
        ready = _prepare(experiment, views, persistent, tuned=studies is not None)
        asked = _Asked(experiment, quick, command, studies, work, register)
        with durable_fits(out, workers, command=resume or command, fresh=fresh) as executor:
            return _compared(asked, ready, executor, out=out, address=address)


@dataclass(frozen=True)
class _Asked:
    """What a comparison is made of besides its data; attributes as the arguments of `compare`.

    Attributes:
        work: A folder for files that nobody keeps.
    """

    experiment: Experiment
    quick: bool
    command: str
    studies: Path | None
    work: Path
    register: str | None


def _compared(
    asked: _Asked, ready: "_Ready", executor: DurableExecutor, *, out: Path, address: str
) -> Outcome:
    """Fits all, writes the report, and then tells MLflow, which may fail and spoils nothing."""
    run_file = RunFile(executor.store.folder / RUN_FILE, address, _identity(asked, ready))
    with start_comparison(asked.experiment, address=address, run_file=run_file) as tracker:
        with disk_errors(out):
            record, models = _fitted(asked, ready, executor)
            folds = folds_table(ready.split, ready.views.curves)
            report = write_folder(record, out, folds=folds)
        broken = [f"left out: {one.reason}" for one in record.left_out if one.failed]
        faults, registered = [*broken, *record.faults], ""
        with kept_anyway(report, address):
            if not tracker.logged:
                logged = log_comparison(record, out, models, tracker)
                registered, unregistered = _registered(asked, record, out, logged, tracker, address)
                faults += unregistered
            tracker.finish()
            if not faults:
                tracker.note_logged()
                executor.store.prune(executor.plan.keys)
            artifact = tracker.artifact_address()
            return Outcome(report, artifact, tracker.run_id, tuple(faults), registered)


def _registered(
    asked: _Asked,
    record: Record,
    out: Path,
    logged: dict[str, str],
    tracker: Tracker,
    address: str,
) -> tuple[str, list[str]]:
    """A line on what was registered, and why nothing was; the comparison stands either way."""
    if asked.register is None:
        return "", []
    try:
        return register_best(record, out, logged, asked.register, tracker, address=address), []
    except InputError as error:
        return "", [str(error)]


def _identity(asked: _Asked, ready: "_Ready") -> str:
    """What makes two comparisons the same: settings, data and code."""
    settings = asked.experiment.model_dump_json(), asked.quick, asked.register
    data = ready.views.curves.fingerprint
    return hashlib.sha256(repr((*settings, data, code_version())).encode()).hexdigest()


def _fitted(
    asked: _Asked, ready: "_Ready", executor: DurableExecutor
) -> tuple[Record, dict[str, Path]]:
    """The record of a comparison, and the folders of the models that are handed out."""
    experiment, quick = asked.experiment, asked.quick
    split, curves, files, left_out = ready.split, ready.views.curves, ready.files, ready.left_out
    running = without(experiment, left_out)
    tunings, chosen = _tuned(running, split, curves, files, executor, asked.studies)
    fitted = cross_validate(running, split, files, executor, chosen)
    left_out = [*left_out, *fitted.left_out]
    experiment, faults = with_standing_baseline(experiment, left_out)
    running = without(experiment, left_out)
    diagnostics = check_itself(
        running, split, curves, files, executor, fitted, quick=quick, work=asked.work
    )
    models, unkept = refit(running, ready.views, files, fitted, executor, asked.work)
    record = Record(
        **data_and_fits(running, split, ready.shapes, fitted, curves, ready.views.folding),
        experiment=experiment,
        quick=quick,
        command=asked.command,
        left_out=left_out,
        tunings=[one for one in tunings if one.entry in {e.name for e in running.entries}],
        faults=[*faults, *unkept],
        diagnostics=diagnostics,
        environment=describe_environment(threads=experiment.protocol.threads),
    )
    return record, models


def _check_registration(experiment: Experiment, name: str | None) -> None:
    """Refuses early what could not be registered late."""
    if name is None:
        return
    check_registered_name(name)
    if not experiment.protocol.refit:
        raise InputError(
            f"--register {name}: the experiment keeps no model to register (protocol.refit: false)"
        )


@dataclass(frozen=True)
class _Ready:
    """What stands before anything is fitted.

    Attributes:
        views: Makes them, and has the curves.
        files: The views of each entry that can have them.
        shapes: Of one example of each of these views.
        left_out: The other entries, and those whose own builders break.
    """

    views: PreparedViews
    split: Split
    files: Mapping[str, ViewFiles]
    shapes: Mapping[str, Shapes]
    left_out: list[LeftOut]


def _prepare(
    experiment: Experiment, views: PreparedViews, executor: Executor, *, tuned: bool
) -> _Ready:
    """Checks all that can be checked, deals the folds, and computes the views."""
    curves = views.curves
    left_out = check_entries(experiment, cadence=curves.cadence, ready_views=ready_views(curves))
    running = without(experiment, left_out)
    split = make_folds(curves, views.protocol)
    check_training_labels(running, split.folds, curves.labels, cadence=curves.cadence)
    views.make(running.entries)
    files = {entry.name: views.view_files(entry) for entry in running.entries}
    shapes = {name: file.open().views.shapes for name, file in files.items()}
    left_out += _broken_builders(running, shapes, executor)
    running = without(experiment, left_out)  # refused before anything is made where none is left
    if tuned:
        from kepler_keras.tuning.tune import check_space

        check_space(running, shapes, executor)
    return _Ready(views, split, files, shapes, left_out)


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
