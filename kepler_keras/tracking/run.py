"""A comparison as a tree of MLflow runs, written while it goes on.

All writing happens in the process of the comparison, through a client bound to one address:
workers hand back numbers and never see the store.
"""

import json
import os
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

import mlflow
import numpy as np
from mlflow.entities import Dataset, DatasetInput, Metric, Param, RunTag
from mlflow.models import ModelSignature
from mlflow.types.schema import Schema, TensorSpec

from kepler_keras.experiment import Experiment
from kepler_keras.tracking.format import (
    LONGEST_DIGEST,
    data_profile,
    entry_parameters,
    environment_tags,
    experiment_parameters,
    fold_numbers,
    history_points,
    requirements,
)
from kepler_keras.tracking.layout import (
    EXPERIMENT_TAG,
    LEVEL_TAG,
    RECORD_FILES,
    REPORT_FILES,
    mlflow_errors,
)
from kepler_keras.tracking.store import sqlite_path

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from kepler_keras.evaluation.summary import EntrySummary
    from kepler_keras.record import FoldFit, RecordSettings

Status = Literal["FINISHED", "FAILED", "KILLED"]
MODEL_FILE = Path(__file__).with_name("model.py")
COUNTS = ("tp", "fp", "fn", "tn")
MOST_IN_A_BATCH = {"metrics": 1000, "params": 100, "tags": 100}  # MLflow's own limits


def start_comparison(
    experiment: Experiment, *, address: str, environment: Mapping[str, str] = os.environ
) -> "Tracker":
    """Opens the store, making it if need be, and the run of one comparison.

    Inside `mlflow run` that is the run MLflow made (`MLFLOW_RUN_ID`), in whatever MLflow experiment
    it stands; else a new run in the MLflow experiment named as this one. To be called before any
    worker process starts: a sqlite store survives being made by one process only.

    Args:
        experiment: What is compared.
        address: As `tracking_address` gives it.
        environment: The process environment.

    Raises:
        InputError: The store cannot be opened, or has no such run.
    """
    with mlflow_errors(f"{address}: cannot open the MLflow store"):
        mlflow.set_tracking_uri(address)
        client = mlflow.MlflowClient(address)
        tags = {EXPERIMENT_TAG: experiment.name, LEVEL_TAG: "comparison"}
        if run_id := environment.get("MLFLOW_RUN_ID"):
            run = client.get_run(run_id)
            client.update_run(run_id, status="RUNNING")
        else:
            experiment_id = _experiment_id(client, experiment.name, address)
            run = client.create_run(experiment_id, tags=tags, run_name=experiment.name)
        tracker = Tracker(client, experiment, run.info.experiment_id, run.info.run_id)
        tracker.log_parameters(experiment_parameters(experiment), tags=tags)
    return tracker


def _experiment_id(client: Any, name: str, address: str) -> str:
    """The MLflow experiment of that name, made if need be, its artifacts beside a sqlite file."""
    found = client.get_experiment_by_name(name)
    if found is not None:
        return str(found.experiment_id)
    database = sqlite_path(address)
    location = (database.parent / "mlruns" / name).as_posix() if database else None
    return str(client.create_experiment(name, artifact_location=location))


class Tracker:
    """The run of one comparison; as a context manager it never leaves a run open."""

    def __init__(
        self, client: Any, experiment: Experiment, experiment_id: str, run_id: str
    ) -> None:
        self.run_id = run_id
        self._client = client
        self._experiment_id = experiment_id
        self._experiment = experiment
        self._entry_runs: dict[str, str] = {}
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
            self.finish("FAILED" if issubclass(kind, Exception) else "KILLED")

    def finish(self, status: Status = "FINISHED") -> None:
        """Ends the run and its open children; a second call changes nothing."""
        if self._finished:
            return
        self._finished = True
        for run_id in (*self._entry_runs.values(), self.run_id):
            self._client.set_terminated(run_id, status)

    def log_parameters(
        self, parameters: Mapping[str, str], *, tags: Mapping[str, str], run_id: str | None = None
    ) -> None:
        """Adds parameters and tags to a run; a parameter that stands there already stays."""
        run_id = run_id or self.run_id
        known = self._client.get_run(run_id).data.params
        new = [Param(key, value) for key, value in parameters.items() if key not in known]
        self._log(run_id, params=new, tags=[RunTag(key, value) for key, value in tags.items()])

    def log_fold(self, fit: "FoldFit", metrics: Mapping[str, float]) -> str:
        """Adds one fold's run below its entry, with the learning curve by epoch.

        Args:
            fit: What the fold's worker handed back.
            metrics: The fold's measures, NaN where undefined.

        Returns:
            The id of the fold's run.
        """
        parent = self._entry_run(fit.entry)
        end = _now()
        name = f"{fit.entry} repeat {fit.repeat} fold {fit.fold}"
        start = end - int(1000 * fit.train_seconds)
        run_id = self._child(name, parent=parent, level="fold", start=start)
        points = [
            *history_points(fit),
            *((key, value, 0) for key, value in fold_numbers(fit, metrics).items()),
        ]
        self._log(
            run_id,
            metrics=[Metric(key, value, end, step) for key, value, step in points],
            params=[Param("repeat", str(fit.repeat)), Param("fold", str(fit.fold))],
        )
        self._client.set_terminated(run_id, "FINISHED", end)
        return run_id

    def log_entry(
        self,
        summary: "EntrySummary",
        *,
        figures: Mapping[str, "Figure | Path"],
        predictions: "pd.DataFrame",
    ) -> None:
        """Adds an entry's results: measures with intervals, counts, thresholds, figures, table.

        Args:
            summary: The entry's measures; each is logged as `name`, `name_low` and `name_high`.
            figures: Figures, or files that hold one, by the name they get in MLflow
                (`pr_curve`, `confusion_matrix`).
            predictions: The entry's rows of the predictions table.
        """
        run_id = self._entry_run(summary.name)
        numbers = {f"confusion_{key}": getattr(summary.confusion, key) for key in COUNTS}
        for key, estimate in summary.metrics.items():
            numbers |= {
                key: estimate.mean,
                f"{key}_low": estimate.low,
                f"{key}_high": estimate.high,
            }
        now = _now()
        points = [Metric(key, float(value), now, 0) for key, value in numbers.items()]
        points += [
            Metric("threshold", float(value), now, fold)
            for fold, value in enumerate(summary.thresholds)
        ]
        self._log(run_id, metrics=points)
        for name, figure in figures.items():
            if isinstance(figure, Path):
                self._client.log_artifact(run_id, str(figure))
            else:
                self._client.log_figure(run_id, figure, f"{name}.png")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "predictions.parquet"
            predictions.to_parquet(path, index=False)
            self._client.log_artifact(run_id, str(path))

    def log_model(self, entry: str, folder: Path, *, n_cadences: int) -> str:
        """Adds an entry's refitted model, loadable through `mlflow.pyfunc` and free of pickle.

        Args:
            entry: Name of the entry.
            folder: Where the model was saved: `model.keras` or `model.skops`, `preparation.json`.
            n_cadences: Columns of the curves that the model takes.

        Returns:
            The model's address, `models:/m-...`.
        """
        signature = ModelSignature(
            inputs=Schema([TensorSpec(np.dtype(np.float32), (-1, n_cadences), "flux")]),
            outputs=Schema([TensorSpec(np.dtype(np.float64), (-1,))]),
        )
        with mlflow.start_run(run_id=self._entry_run(entry), nested=True):
            info = mlflow.pyfunc.log_model(
                name="model",
                python_model=str(MODEL_FILE),
                artifacts={"fitted": str(folder)},
                signature=signature,
                pip_requirements=requirements(folder),
                tags={EXPERIMENT_TAG: self._experiment.name, "kepler_keras.entry": entry},
            )
        return str(info.model_uri)

    def log_record(self, record: "RecordSettings", folder: Path) -> None:
        """Adds what the comparison leaves behind: data set, environment, record and report.

        Args:
            record: The comparison's settings, data summary and environment.
            folder: The report folder; those of RECORD_FILES and REPORT_FILES in it are uploaded.

        Raises:
            FileNotFoundError: One of RECORD_FILES is missing.
        """
        data = record.data
        source = json.dumps(record.experiment.data.model_dump(mode="json"))
        profile = json.dumps(data_profile(data))
        digest = data.fingerprint[:LONGEST_DIGEST]
        dataset = Dataset(data.source, digest, "kepler_keras", source, profile=profile)
        self._client.log_inputs(self.run_id, [DatasetInput(dataset)])
        self.log_parameters({}, tags=environment_tags(record))
        for name in (*RECORD_FILES, *REPORT_FILES):
            if name in RECORD_FILES or (folder / name).exists():
                self._client.log_artifact(self.run_id, str((folder / name).resolve(strict=True)))

    def artifact_address(self, name: str = "report.html") -> str:
        """Where a file of the comparison's run can be opened: a path, or the server's page."""
        info = self._client.get_run(self.run_id).info
        if self._client.tracking_uri.startswith(("http://", "https://")):
            place = f"experiments/{info.experiment_id}/runs/{info.run_id}/artifacts/{name}"
            return f"{self._client.tracking_uri.rstrip('/')}/#/{place}"
        return f"{info.artifact_uri.removeprefix('file://')}/{name}"

    def _entry_run(self, name: str) -> str:
        """The run of an entry, opened with its parameters at first use."""
        if name not in self._entry_runs:
            entry = next(entry for entry in self._experiment.entries if entry.name == name)
            run_id = self._child(name, parent=self.run_id, level="entry")
            self._entry_runs[name] = run_id
            self.log_parameters(entry_parameters(entry), tags={}, run_id=run_id)
        return self._entry_runs[name]

    def _child(self, name: str, *, parent: str, level: str, start: int | None = None) -> str:
        tags = {
            "mlflow.parentRunId": parent,
            EXPERIMENT_TAG: self._experiment.name,
            LEVEL_TAG: level,
        }
        run = self._client.create_run(
            self._experiment_id, start_time=start, tags=tags, run_name=name
        )
        return str(run.info.run_id)

    def _log(
        self,
        run_id: str,
        *,
        metrics: Iterable[Metric] = (),
        params: Iterable[Param] = (),
        tags: Iterable[RunTag] = (),
    ) -> None:
        """Logs in batches of the sizes that MLflow takes."""
        for key, items in {"metrics": metrics, "params": params, "tags": tags}.items():
            rows, most = list(items), MOST_IN_A_BATCH[key]
            for begin in range(0, len(rows), most):
                self._client.log_batch(run_id, **{key: rows[begin : begin + most]})


def _now() -> int:
    return int(time.time() * 1000)
