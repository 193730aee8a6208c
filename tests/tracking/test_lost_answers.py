"""A server that dies between its work and its answer doubles nothing; here all is asked twice."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from lost_answers import Way, losing_answers
from mlflow import MlflowClient
from mlflow_server import Server

from kepler_keras.record import Record
from kepler_keras.tracking import Candidate, RunFile, Tracker, register, start_comparison

pytestmark = pytest.mark.journey
LEVELS = {"comparison": 1, "entry": 1, "fold": 1}


@pytest.fixture
def way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Way]:
    for name in ("FACTOR", "JITTER"):  # asked again at once
        monkeypatch.setenv(f"MLFLOW_HTTP_REQUEST_BACKOFF_{name}", "0")
    server = Server(tmp_path)
    with losing_answers(server.address) as way:
        yield way
    server.stop()


def counts(way: Way, record: Record) -> tuple[Counter[str], int]:
    """Runs by level, and models."""
    client = MlflowClient(way.address)
    place = client.get_experiment_by_name(record.experiment.name).experiment_id
    levels = (one.data.tags["kepler_keras.level"] for one in client.search_runs([place]))
    return Counter(levels), len(client.search_logged_models([place]))


def logged(
    way: Way, record: Record, predictions: pd.DataFrame, folder: Path
) -> tuple[Tracker, str, tuple[Counter[str], int]]:
    """A comparison of one fold with its model, and what the store held before its end."""
    fitted = folder / "fitted"
    fitted.mkdir()
    (fitted / "preparation.json").write_text("{}")
    record.write(folder)
    run_file = RunFile(folder / "run.json", way.address, "same")
    with start_comparison(record.experiment, address=way.address, run_file=run_file) as tracker:
        tracker.log_fold(record.fits[0], {"recall": 0.5})
        model = tracker.log_model("small", fitted, inputs={"curves": 3})
        tracker.log_record(record, folder)
        before = counts(way, record)
    return tracker, model, before


def test_nothing_is_doubled(
    way: Way, record: Record, predictions: pd.DataFrame, tmp_path: Path
) -> None:
    tracker, model, before = logged(way, record, predictions, tmp_path)
    assert before == (dict.fromkeys(LEVELS, 2), 2)  # without which this shows nothing
    assert counts(way, record) == (LEVELS, 1)
    client = MlflowClient(way.address)
    entry = client.get_run(tracker.entry_run("small"))
    assert [f"models:/{one.model_id}" for one in entry.outputs.model_outputs] == [model]
    assert client.get_logged_model(model.removeprefix("models:/")).status == "READY"
    place = entry.info.experiment_id
    runs = client.search_runs([place])
    assert {run.info.status for run in runs} == {"FINISHED"}
    (fold,) = (run for run in runs if run.data.tags["kepler_keras.level"] == "fold")
    assert len(client.get_metric_history(fold.info.run_id, "loss")) == 3
    assert len(client.get_metric_history(fold.info.run_id, "recall")) == 1
    assert len(client.get_run(tracker.run_id).inputs.dataset_inputs) == 2

    candidate = Candidate(model, entry.info.run_id, "small: not decided.", {})
    first, second = (register(candidate, "it's", address=way.address) for _ in range(2))
    assert first == "1"
    versions = client.search_model_versions("run_id = '" + entry.info.run_id + "'")
    assert {one.version for one in versions} == {first, second}
    assert client.get_model_version_by_alias("it's", "champion").version == second
