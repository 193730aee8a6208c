"""Writes what a comparison leaves behind: the report folder and the MLflow runs."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median

import pandas as pd
import yaml

from kepler_keras.champion import choose_champion
from kepler_keras.errors import InputError
from kepler_keras.evaluation.calibration_display import CalibrationDisplay
from kepler_keras.evaluation.displays import (
    ConfusionDisplay,
    Display,
    PrecisionRecallDisplay,
    RocDisplay,
)
from kepler_keras.evaluation.estimates import EntrySummary
from kepler_keras.progress import stage
from kepler_keras.record import Record, ScoreKind
from kepler_keras.reporting.entries import decision_entries, taking_part
from kepler_keras.reporting.report import put_in_place, write_report
from kepler_keras.reporting.results import Results, summarise_record
from kepler_keras.run_labels import comparison_points, comparison_tags, entry_tags
from kepler_keras.tracking import Candidate, Tracker, register
from kepler_keras.training.saved import Decision, read_preparation, save_decision


def check_folder(out: Path) -> None:
    """Finds out before hours of work that the report cannot be written.

    Raises:
        InputError: `out` is a file, or it cannot be made or written to.
    """
    try:
        place = next(folder for folder in (out, *out.absolute().parents) if folder.exists())
    except OSError as error:
        raise InputError(f"{out}: cannot write the report there: {error.strerror}") from error
    if out.is_symlink() and not out.exists():
        raise InputError(f"{out}: cannot write the report there: the link leads nowhere")
    if not place.is_dir():
        raise InputError(f"{out}: cannot write the report there: {place} is not a folder")
    if not os.access(place, os.W_OK | os.X_OK):
        raise InputError(f"{out}: cannot write the report there: {place} is not writable")


def write_folder(record: Record, out: Path, *, folds: pd.DataFrame | None = None) -> Path:
    """Writes a report folder; its files are finished elsewhere and then put in place.

    Args:
        record: The comparison.
        out: The folder, made if need be; files of an earlier report in it are replaced.
        folds: The folds as ids, where they are at hand.

    Returns:
        The report's path.
    """
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".writing-") as name:
        staging = Path(name)
        record.write(staging)
        settings = record.experiment.model_dump(mode="json")
        text = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)
        (staging / "experiment.yaml").write_text(text, encoding="utf-8")
        if folds is not None:
            folds.to_parquet(staging / "folds.parquet", index=False)
        write_report(record, staging)
        for path in sorted(staging.iterdir()):
            put_in_place(path, out / path.name)
    # Another report's would not belong to these predictions.
    for name, made in (("folds.parquet", folds), ("members.parquet", record.members)):
        if made is None:
            (out / name).unlink(missing_ok=True)
    return out / "report.html"


def log_comparison(
    record: Record, out: Path, models: dict[str, Path], tracker: Tracker
) -> dict[str, str]:
    """Logs folds, entries, models and the report folder into MLflow.

    Entries that are left out have no run; the record names them. Models learn their threshold
    before they are logged.

    Returns:
        The address of each entry's model.
    """
    logged = {}
    results = _results(out)
    summaries = summarise_record(record)
    tags = entry_tags(record, results)
    positions: dict[str, int] = {}
    fits = taking_part(record).fits
    with stage("logging folds into MLflow", len(fits)) as counter:  # a server may take its time
        for fit in fits:
            position = positions[fit.entry] = positions.get(fit.entry, -1) + 1
            metrics = summaries[fit.entry].metrics
            tracker.log_fold(fit, {key: value.folds[position] for key, value in metrics.items()})
            counter.advance()
    for tuning in record.tunings:
        for trial in tuning.trials:
            tracker.log_trial(tuning, trial)
    for name, summary in summaries.items():
        _log_entry(record, summary, tracker, tags[name])
        if name in models:
            kind: ScoreKind = "decision" if name in decision_entries(record) else "probability"
            decision = Decision(threshold=median(summary.thresholds), score_kind=kind)
            save_decision(decision, models[name])
            inputs = read_preparation(models[name]).inputs
            logged[name] = tracker.log_model(name, models[name], inputs=inputs)
    tracker.log_record(
        record,
        out,
        findings=sorted({one.code for one in results.findings}),
        points=comparison_points(record, results),
        tags=comparison_tags(record, results),
    )
    return logged


def _results(out: Path) -> Results:
    return Results.model_validate_json((out / "results.json").read_text(encoding="utf-8"))


def register_best(
    record: Record, out: Path, logged: dict[str, str], name: str, tracker: Tracker, *, address: str
) -> str:
    """Registers the best competitor's model under a name.

    Args:
        record: The comparison.
        out: Its report folder.
        logged: The address of each entry's model.
        name: The registered model.
        tracker: The comparison's runs.
        address: The MLflow store.

    Returns:
        A line on what was registered.

    Raises:
        InputError: No model was kept, or the store does not take it.
    """
    best = choose_champion(record, _results(out), logged)
    if best is None:
        raise InputError(
            f"--register {name}: nothing is registered, no competitor's model was kept"
        )
    run_id = tracker.entry_run(best.entry)
    candidate = Candidate(logged[best.entry], run_id, best.description, best.tags)
    version = register(candidate, name, address=address)
    return f"models:/{name}@champion, version {version}: {best.description}"


def _log_entry(
    record: Record, summary: EntrySummary, tracker: Tracker, tags: Mapping[str, str]
) -> None:
    from matplotlib.figure import Figure

    table, prevalence = record.predictions, record.experiment.protocol.prevalence
    rows = table[table["entry"] == summary.name]
    displays: dict[str, Display] = {
        "pr_curve": PrecisionRecallDisplay(rows, prevalence=prevalence),
        "roc_curve": RocDisplay(rows),
        "confusion_matrix": ConfusionDisplay(summary),
    }
    if prevalence is None and summary.name not in decision_entries(record):
        displays["calibration"] = CalibrationDisplay(rows)
    figures = {}
    for name, display in displays.items():
        figures[name] = Figure(layout="constrained")
        display.plot(figures[name].subplots())
    tracker.log_entry(
        summary,
        predictions=rows,
        figures=figures,
        tables={name: display.frame() for name, display in displays.items()},
        tags=tags,
        record=record,
    )
