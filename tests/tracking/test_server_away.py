"""A server that goes away costs nothing but time: the same comparison is logged when it is back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow_server import Server

from kepler_keras.errors import InputError, RunError
from kepler_keras.experiment import Experiment
from kepler_keras.record import FoldFit
from kepler_keras.tracking import RunFile, kept_anyway, start_comparison
from kepler_keras.tracking.run import Tracker

pytestmark = pytest.mark.journey


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    server.stop()


@pytest.mark.timeout(200)
def test_it_goes_on_in_its_run_when_the_server_is_back(
    server: Server,
    experiment: Experiment,
    fit: FoldFit,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")  # four minutes, else

    def start() -> Tracker:
        run_file = RunFile(tmp_path / "run.json", server.address, "same")
        return start_comparison(
            experiment, address=server.address, environment={}, run_file=run_file
        )

    def cut_off() -> None:
        with kept_anyway(Path("r"), server.address), start() as tracker:
            tracker.log_fold(fit, {})
            begun.append(tracker.run_id)
            server.stop()
            tracker.log_fold(fit, {})

    begun: list[str] = []
    words = f"^{server.address}: cannot log the comparison: the MLflow server does not answer; r "
    with pytest.raises(RunError, match=words):
        cut_off()
    with pytest.raises(InputError, match=r"the MLflow server does not answer: .*refused"):
        start()
    server.start()
    with start() as second:
        second.log_fold(fit, {})
    assert [second.run_id] == begun
    client = MlflowClient(server.address)
    place = client.get_experiment_by_name(experiment.name).experiment_id
    runs = client.search_runs([place])
    assert sorted(run.data.tags["kepler_keras.level"] for run in runs) == [
        "comparison",
        "entry",
        "fold",
    ]
    assert {run.info.status for run in runs} == {"FINISHED"}
