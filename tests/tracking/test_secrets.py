"""Whatever goes wrong, the password and the token of a store's address are never told."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import mlflow
import pytest
from mlflow.exceptions import MlflowException

from kepler_keras.errors import InputError
from kepler_keras.experiment import Experiment
from kepler_keras.tracking import (
    download_record,
    fetch_model,
    find_comparisons,
    log_files,
    start_comparison,
)
from kepler_keras.tracking.layout import mlflow_errors

SECRETS = ("s3cret", "t0ken")
Call = Callable[[str, Experiment, Path], object]
CALLS: dict[str, Call] = {
    "compare": lambda address, experiment, folder: start_comparison(experiment, address=address),
    "report": lambda address, experiment, folder: download_record(address, "x", folder),
    "reports": lambda address, experiment, folder: find_comparisons(address, run_ids=["x"]),
    "predict": lambda address, experiment, folder: fetch_model(
        "models:/x@champion", address=address, target=folder
    ),
    "search": lambda address, experiment, folder: log_files(
        "0" * 32, what="search", address=address, parameters={}, metrics={}, files=[]
    ),
}


@pytest.fixture
def closed() -> Iterator[str]:
    """An address with a password and a token, where nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://ann:s3cret@127.0.0.1:{held.getsockname()[1]}/?token=t0ken"


@pytest.mark.parametrize("call", CALLS)
def test_a_server_that_does_not_answer(
    call: str, closed: str, experiment: Experiment, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="does not answer") as caught:
        CALLS[call](closed, experiment, tmp_path)
    assert not any(secret in str(caught.value) for secret in SECRETS)


def test_what_mlflow_itself_says(closed: str) -> None:
    with (
        pytest.raises(InputError, match="cannot write to http://127") as caught,
        mlflow_errors(f"cannot write to {closed}"),
    ):
        raise MlflowException(f"API request to {closed} failed: {closed!r}")
    assert not any(secret in str(caught.value) for secret in SECRETS)
    assert caught.value.__cause__ is None


def test_nothing_of_an_address_is_logged(
    store: str, experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runs are the same whatever the address: neither tags nor parameters hold it."""
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "s3cret")
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "t0ken")
    with start_comparison(experiment, address=store) as tracker:
        run = mlflow.MlflowClient(store).get_run(tracker.run_id)
    said = str(run.data.to_dictionary()) + str(run.info)
    assert not any(secret in said for secret in SECRETS)
