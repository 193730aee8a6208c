import socket
from pathlib import Path

import pytest
from finished import finish_with_record

from kepler_keras.errors import InputError
from kepler_keras.experiment import Experiment
from kepler_keras.record import Record
from kepler_keras.tracking import download_record, start_comparison


def test_download_of_an_unknown_comparison_lists_the_known(
    store: str, record: Record, tmp_path: Path
) -> None:
    finish_with_record(store, record, tmp_path)
    near = record.experiment.name[:-1]
    with pytest.raises(InputError, match=f"did you mean '{record.experiment.name}'"):
        download_record(store, near, tmp_path)


def test_download_from_no_store_makes_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no MLflow store yet"):
        download_record(f"sqlite:///{tmp_path}/mlflow.db", "x", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_unknown_run_and_unknown_store_are_input_errors(store: str, experiment: Experiment) -> None:
    with pytest.raises(InputError, match="cannot open the MLflow store"):
        start_comparison(experiment, address=store, environment={"MLFLOW_RUN_ID": "a" * 32})
    with pytest.raises(InputError, match="cannot open the MLflow store"):
        start_comparison(experiment, address="carrier-pigeon://roof")


def test_a_server_that_does_not_answer_is_an_input_error_at_once(
    experiment: Experiment, tmp_path: Path
) -> None:
    with socket.socket() as held:  # bound but not listening: the connection is refused
        held.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{held.getsockname()[1]}"
        with pytest.raises(InputError, match="does not answer"):
            start_comparison(experiment, address=address)
        with pytest.raises(InputError, match="does not answer"):
            download_record(address, "x", tmp_path)
