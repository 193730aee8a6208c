"""A comparison as a tree of MLflow runs, written while it goes on.

All writing happens in the process of the comparison, through a client bound to one address:
workers hand back numbers and never see the store.
"""

import tempfile
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

import yaml
from mlflow.entities import Metric
from mlflow.exceptions import MlflowException
from sqlalchemy.exc import SQLAlchemyError

from kepler_keras.evaluation.predictions import write_predictions
from kepler_keras.experiment import Experiment
from kepler_keras.tracking.attached import data_inputs, upload_report, write_figures, write_tables
from kepler_keras.tracking.doubled import remove_doubled_models, remove_doubled_runs
from kepler_keras.tracking.fitted import log_fitted
from kepler_keras.tracking.format import (
    entry_parameters,
    environment_tags,
    fold_numbers,
    history_points,
    summary_points,
    trial_numbers,
    trial_parameters,
)
from kepler_keras.tracking.layout import (
    ENTRY_TAG,
    EXPERIMENT_TAG,
    FINDINGS_TAG,
    LEVEL_TAG,
    TRIAL_TAG,
)
from kepler_keras.tracking.resume import RunFile
from kepler_keras.tracking.runs import NOTHING, create_child, log_new, now
from kepler_keras.tracking.store import is_server, without_secrets

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from kepler_keras.evaluation.estimates import EntrySummary
    from kepler_keras.record import FoldFit, FoldTuning, RecordSettings, TrialRecord

Status = Literal["FINISHED", "FAILED", "KILLED"]
SECONDS_TO_END = 3.0  # that a store gets to hear of an interrupt


class Tracker:
    """The run of one comparison; as a context manager it never leaves a run open.

    Attributes:
        run_id: Of the comparison's run.
        logged: Whether all of the comparison is in the store.
    """

    def __init__(
        self,
        client: Any,
        experiment: Experiment,
        experiment_id: str,
        run_id: str,
        run_file: RunFile | None = None,
    ) -> None:
        self.run_id = run_id
        self.logged = False
        self._run_file = run_file
        self._client = client
        self._experiment_id = experiment_id
        self._experiment = experiment
        self._entry_runs: dict[str, str] = {}
        self._measures: dict[str, list[Metric]] = {}  # by entry
        self._models: dict[str, str] = {}  # by run
        self._finished = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            self.finish("FINISHED")
        else:
            # A store that does not answer must not keep the command from ending.
            status = "KILLED" if issubclass(kind, KeyboardInterrupt) else "FAILED"
            ending = threading.Thread(target=self._end, args=(status,), daemon=True)
            ending.start()
            ending.join(SECONDS_TO_END)

    def _end(self, status: Status) -> None:
        """Ends the runs if the store lets us; the error that ends the comparison goes first."""
        with suppress(MlflowException, SQLAlchemyError):
            self.finish(status)

    def finish(self, status: Status = "FINISHED") -> None:
        """Ends the run and its entries' runs; a second call changes nothing."""
        if self._finished or self.logged:
            return
        self._finished = True
        entries = list(self._entry_runs.values())
        for run_id in entries:
            self._client.set_terminated(run_id, status)
        if status == "FINISHED" and is_server(self._client.tracking_uri):
            remove_doubled_runs(self._client, self.run_id, [self.run_id, *entries])
            remove_doubled_models(self._client, self._experiment_id, self._models)
        self._client.set_terminated(self.run_id, status)

    def note_logged(self) -> None:
        """Notes that the runs hold all of the comparison: none of it is ever logged again.

        Raises:
            RunError: The note cannot be written.
        """
        self.logged = True
        if self._run_file is not None:
            self._run_file.note(self.run_id, logged=True)

    def log_fold(self, fit: "FoldFit", metrics: Mapping[str, float]) -> str:
        """Adds one fold's run below its entry, with the learning curve by epoch.

        Args:
            fit: What the fold's worker handed back.
            metrics: The fold's measures, NaN where undefined.

        Returns:
            The id of the fold's run.
        """
        parent = self.entry_run(fit.entry)
        end = now()
        run_id = self._child(
            f"{fit.entry} repeat {fit.repeat + 1} fold {fit.fold + 1}",
            parent=parent,
            level="fold",
            tags={ENTRY_TAG: fit.entry},
            start=end - int(1000 * fit.train_seconds),
        )
        log_new(
            self._client,
            run_id,
            points=[*history_points(fit), *fold_numbers(fit, metrics)],
            parameters={"repeat": str(fit.repeat), "fold": str(fit.fold)},
        )
        self._client.set_terminated(run_id, "FINISHED", end)
        return run_id

    def log_trial(self, tuning: "FoldTuning", trial: "TrialRecord") -> str:
        """Adds one trial's run below its tuned entry: what it tried, and what that reached.

        Returns:
            The id of the trial's run.
        """
        fold = f"repeat {tuning.repeat + 1} fold {tuning.fold + 1}"
        name = f"{tuning.entry} {fold} trial {trial.number}"
        place = {"repeat": str(tuning.repeat), "fold": str(tuning.fold), "trial": str(trial.number)}
        tags = {
            ENTRY_TAG: tuning.entry,
            TRIAL_TAG: "chosen" if trial.number == tuning.chosen else trial.end,
        }
        parent = self.entry_run(tuning.entry)
        run_id = self._child(name, parent=parent, level="trial", tags=tags)
        parameters = place | trial_parameters(trial)
        log_new(self._client, run_id, points=trial_numbers(trial), parameters=parameters)
        self._client.set_terminated(run_id, "FAILED" if trial.end == "failed" else "FINISHED")
        return run_id

    def log_entry(
        self,
        summary: "EntrySummary",
        *,
        predictions: "pd.DataFrame",
        figures: Mapping[str, "Figure"] = NOTHING,
        tables: Mapping[str, "pd.DataFrame"] = NOTHING,
        tags: Mapping[str, str] = NOTHING,
        record: "RecordSettings | None" = None,
    ) -> None:
        """Adds an entry's results: measures with intervals, counts, thresholds, figures, tables.

        Args:
            summary: The entry's measures; each is logged as `name`, `name_low` and `name_high`, and
                as `name_fold` with the position of the fold as its step.
            predictions: The entry's rows of the predictions table.
            figures: Figures by the name they get in MLflow (`pr_curve`, `confusion_matrix`).
            tables: Tables by their name; `mlflow.load_table` reads `name.json`.
            tags: What the UI can filter entries by.
            record: Whose data the entry was fitted and tested on.
        """
        run_id = self.entry_run(summary.name)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_predictions(predictions, folder / "predictions.parquet")
            write_figures(figures, folder)
            tags = dict(tags) | write_tables(tables, folder)
            self._client.log_artifacts(run_id, name)
        points = summary_points(summary)
        self._measures[summary.name] = log_new(self._client, run_id, points=points, tags=tags)
        if record is not None:
            self._client.log_inputs(run_id, data_inputs(record))

    def log_model(self, entry: str, folder: Path, *, inputs: Mapping[str, int]) -> str:
        """Adds an entry's refitted model, loadable through `mlflow.pyfunc` and free of pickle.

        Args:
            entry: Name of the entry.
            folder: Where the model was saved: model files beside `preparation.json`.
            inputs: Names of the arrays that the model takes, and their numbers of columns.

        Returns:
            The model's address, `models:/m-...`.
        """
        tags = {EXPERIMENT_TAG: self._experiment.name, ENTRY_TAG: entry}
        run_id = self.entry_run(entry)
        measures = self._measures.get(entry, [])
        model_id = log_fitted(
            self._client, folder, run_id=run_id, inputs=inputs, tags=tags, measures=measures
        )
        self._models[run_id] = model_id
        return f"models:/{model_id}"

    def log_record(
        self,
        record: "RecordSettings",
        folder: Path,
        *,
        findings: Iterable[str] = (),
        points: Iterable[tuple[str, float, int]] = (),
        tags: Mapping[str, str] = NOTHING,
    ) -> None:
        """Adds what the comparison leaves behind: data set, environment, record and report.

        The experiment goes in as it ran, with `--set` and `--quick` applied.

        Args:
            record: The comparison's settings, data summary and environment.
            folder: The report folder; those of RECORD_FILES, MEMBERS_FILE and REPORT_FILES in it
                are uploaded, and its FIGURES_FOLDER.
            findings: Codes of the checks that found something; the runs of a store can be searched
                for them.
            points: Measures of the comparison itself.
            tags: More tags, such as the note that the UI shows.

        Raises:
            FileNotFoundError: One of RECORD_FILES is missing.
        """
        settings = record.experiment.model_dump(mode="json")
        self._client.log_inputs(self.run_id, data_inputs(record))
        found = {FINDINGS_TAG: " ".join(findings) or "none"}
        tags = environment_tags(record) | found | dict(tags)
        log_new(self._client, self.run_id, points=points, tags=tags)
        text = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)
        self._client.log_text(self.run_id, text, "experiment.yaml")
        upload_report(self._client, self.run_id, folder)

    def artifact_address(self, name: str = "report.html") -> str:
        """Where a file of the comparison's run can be opened: a path, or the server's page."""
        info = self._client.get_run(self.run_id).info
        address = without_secrets(str(self._client.tracking_uri))
        if is_server(address):
            place = f"experiments/{info.experiment_id}/runs/{info.run_id}/artifacts/{name}"
            return f"{address.rstrip('/')}/#/{place}"
        return f"{info.artifact_uri.removeprefix('file://')}/{name}"

    def entry_run(self, name: str) -> str:
        """The run of an entry, opened with its parameters at first use."""
        if name not in self._entry_runs:
            entry = next(entry for entry in self._experiment.entries if entry.name == name)
            tags = {ENTRY_TAG: name}
            run_id = self._child(name, parent=self.run_id, level="entry", tags=tags)
            self._entry_runs[name] = run_id
            log_new(self._client, run_id, parameters=entry_parameters(entry))
        return self._entry_runs[name]

    def _child(
        self,
        name: str,
        *,
        parent: str,
        level: str,
        tags: Mapping[str, str],
        start: int | None = None,
    ) -> str:
        return create_child(
            self._client,
            parent,
            name,
            experiment_id=self._experiment_id,
            tags={EXPERIMENT_TAG: self._experiment.name, LEVEL_TAG: level, **tags},
            start=start,
        )
