"""Refitted models in MLflow: loadable anywhere, with their code and without pickle."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import mlflow
import numpy as np
import pytest
import yaml

from kepler_keras.experiment import Experiment
from kepler_keras.tracking import Tracker, start_comparison


def entry_run(store: str, tracker: Tracker, entry: str) -> Any:
    """The run of one entry of a comparison."""
    client = mlflow.MlflowClient(store)
    experiment_id = client.get_run(tracker.run_id).info.experiment_id
    query = f"tags.`mlflow.parentRunId` = '{tracker.run_id}'"
    runs = client.search_runs([experiment_id], query)
    return next(run for run in runs if run.info.run_name == entry)


@pytest.fixture
def fitted(tmp_path: Path) -> Path:
    folder = tmp_path / "fitted"
    folder.mkdir()
    (folder / "preparation.json").write_text("[0.5, 0.25, 0.25]")
    return folder


@pytest.fixture
def loader(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for the real loader: scores are a weighted mean of the curve."""

    def load_fitted(folder: Path) -> SimpleNamespace:
        weights = np.array(yaml.safe_load((folder / "preparation.json").read_text()))
        return SimpleNamespace(score_curves=lambda flux: flux.astype(np.float64) @ weights)

    module = ModuleType("kepler_keras.training.saved")
    module.load_fitted = load_fitted  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)


@pytest.mark.usefixtures("loader")
def test_logged_model_takes_curves_and_needs_no_pickle(
    store: str, experiment: Experiment, fitted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with start_comparison(experiment, address=store) as tracker:
        uri = tracker.log_model("small", fitted, inputs={"curves": 3})

    monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
    run = entry_run(store, tracker, "small")
    curves = np.array([[1, 2, 4], [0, 4, 0]], dtype=np.float32)
    for address in (uri, f"runs:/{run.info.run_id}/model"):
        model = mlflow.pyfunc.load_model(address)
        np.testing.assert_array_equal(model.predict(curves), [2.0, 1.0])
        with pytest.raises(mlflow.exceptions.MlflowException, match="shape"):
            model.predict(curves[:, :2])
    assert run.info.status == "FINISHED"
    logged = mlflow.MlflowClient(store).get_logged_model(uri.removeprefix("models:/"))
    assert logged.tags["kepler_keras.entry"] == "small"
    assert logged.source_run_id == run.info.run_id


@pytest.mark.usefixtures("loader")
def test_nothing_in_the_store_is_a_pickle(store: str, experiment: Experiment, fitted: Path) -> None:
    with start_comparison(experiment, address=store) as tracker:
        uri = tracker.log_model("small", fitted, inputs={"curves": 3})
    folder = Path(mlflow.artifacts.download_artifacts(uri))
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {"MLmodel", "model.py", "preparation.json"} <= {path.name for path in files}
    assert [path for path in files if path.suffix in (".pkl", ".pickle", ".joblib")] == []
    assert [path for path in files if path.read_bytes()[:1] == b"\x80"] == []
    pins = (folder / "requirements.txt").read_text().split()
    assert all("==" in pin for pin in pins)


def test_logged_model_brings_its_code(
    store: str, experiment: Experiment, fitted: Path, tmp_path: Path
) -> None:
    with start_comparison(experiment, address=store) as tracker:
        uri = tracker.log_model("small", fitted, inputs={"curves": 3})
    code = (
        "import sys, types, mlflow; m = types.ModuleType('kepler_keras.training.saved');"
        "m.load_fitted = lambda folder: None; sys.modules[m.__name__] = m;"
        f"mlflow.set_tracking_uri({store!r}); mlflow.pyfunc.load_model({uri!r});"
        "import kepler_keras; print(kepler_keras.__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert uri.removeprefix("models:/") in done.stdout
