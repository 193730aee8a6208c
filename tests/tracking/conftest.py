"""One MLflow store for all tracking tests: making its tables takes seconds."""

import contextlib
import re
import sys
from collections.abc import Iterator

import mlflow
import pandas as pd
import pytest

from kepler_keras.experiment import Experiment
from kepler_keras.record import DataSummary, Environment, FoldFit, Record


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("a store")
    address = f"sqlite:///{folder / 'mlflow.db'}"
    with contextlib.chdir(folder):  # MLflow's experiment Default keeps its artifacts where we stand
        mlflow.MlflowClient(address).get_experiment("0")
    return address


@pytest.fixture(autouse=True)
def _mlflow_forgets(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test sees the caller's store or leaves its own behind in MLflow's global state."""
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "path", list(sys.path))  # a loaded model puts its own code first
    yield
    mlflow.set_tracking_uri(None)


@pytest.fixture
def experiment(request: pytest.FixtureRequest) -> Experiment:
    """Two entries; named after the test, so that tests share a store but no runs."""
    name = re.sub(r"[^\w.]+", "-", request.node.name)
    return Experiment.model_validate(
        {
            "name": name[-60:].lstrip("_-."),
            "question": "Is a longer network better?",
            "data": {"source": "simulated", "options": {"n_stars": 4}},
            "entries": [
                {
                    "name": "small",
                    "model": {"name": "conv1d", "filters": 8},
                    "view": "flux",
                    "augmentations": ["time_reversal", {"name": "circular_shift", "most": 9}],
                },
                {"name": "large", "model": "conv1d", "view": "flux"},
            ],
            "baseline": "small",
        }
    )


@pytest.fixture
def fit() -> FoldFit:
    return FoldFit(
        entry="small",
        repeat=0,
        fold=1,
        epochs=2,
        n_parameters=77,
        train_seconds=1.5,
        history={"loss": [0.9, 0.5, 0.4], "val_average_precision": [0.1, 0.7, 0.6]},
    )


@pytest.fixture
def predictions() -> pd.DataFrame:
    """One fold of four stars."""
    table = pd.DataFrame(
        {
            "entry": "small",
            "repeat": 0,
            "fold": 0,
            "example_id": [0, 1, 2, 3],
            "star": ["a", "b", "c", "d"],
            "split": ["test", "test", "validation", "validation"],
            "label": [0, 1, 0, 1],
            "score": [0.25, 0.75, 0.5, 0.5],
        }
    )
    return table.astype({"label": "int8"})


@pytest.fixture
def record(experiment: Experiment, fit: FoldFit, predictions: pd.DataFrame) -> Record:
    data = DataSummary(
        source="simulated",
        n_examples=2,
        n_positive=1,
        n_stars=2,
        n_positive_stars=1,
        fingerprint="f" * 64,
        n_columns=3,
        cadence=0.02,
        notes=[],
        warnings=[],
        gallery=[],
    )
    environment = Environment(
        git_commit="0" * 40,
        git_dirty=True,
        python="3.11.7",
        platform="Linux",
        processor="x86_64",
        threads=1,
        onednn=True,
        versions={"keras": "3.15.1"},
    )
    return Record(
        experiment=experiment,
        quick=False,
        command="kepler-keras compare experiments/x.yaml",
        data=data,
        parts=[],
        fits=[fit],
        view_shapes={"small": {"flux": [3, 1]}},
        environment=environment,
        predictions=predictions,
    )
