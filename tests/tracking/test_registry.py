"""The registry: names refused early, the champion's alias, files back out by any address."""

from collections.abc import Iterator
from pathlib import Path

import mlflow
import pytest
from mlflow_server import Server
from test_logged_model import entry_run

from kepler_keras.errors import InputError
from kepler_keras.experiment import Experiment
from kepler_keras.tracking import (
    Candidate,
    Tracker,
    check_registered_name,
    fetch_model,
    fitted_folder,
    is_address,
    register,
    start_comparison,
)

PREPARATION = '{"a": "saved model"}'


@pytest.mark.parametrize("name", ["transits", "my models 2", "Kepler_DR25-x.1", "été"])
def test_names_that_are_taken(name: str) -> None:
    check_registered_name(name)


@pytest.mark.parametrize(
    "name", ["a/b", "a:b", "a@b", "a\\b", "a\nb", "\x07", " ", "..", "x" * 257]
)
def test_names_that_are_refused(name: str) -> None:
    with pytest.raises(InputError, match=r"--register: a model's name must be 1 to 256 printable"):
        check_registered_name(name)


def logged(store: str, experiment: Experiment, folder: Path) -> tuple[Tracker, str]:
    folder.mkdir()
    (folder / "preparation.json").write_text(PREPARATION)
    with start_comparison(experiment, address=store) as tracker:
        return tracker, tracker.log_model("small", folder, inputs={"curves": -1})


def candidate(address: str, run_id: str) -> Candidate:
    return Candidate(
        address, run_id, "small: not decided.", {"kepler_keras.verdict": "not decided"}
    )


def check_round(store: str, experiment: Experiment, folder: Path) -> None:
    """Registers two versions and fetches the model by every address that MLflow has."""
    tracker, address = logged(store, experiment, folder / "fitted")
    run_id = tracker.entry_run("small")
    name = f"{experiment.name}-model"
    assert register(candidate(address, run_id), name, address=store) == "1"
    assert register(candidate(address, run_id), name, address=store) == "2"
    version = mlflow.MlflowClient(store).get_model_version_by_alias(name, "champion")
    assert (str(version.version), version.run_id) == ("2", run_id)
    assert version.description == "small: not decided."
    assert version.tags == {"kepler_keras.verdict": "not decided"}
    addresses = (f"models:/{name}@champion", f"models:/{name}/1", address, f"runs:/{run_id}/model")
    for number, one in enumerate(addresses):
        target = folder / str(number)
        target.mkdir()
        fetched = fetch_model(one, address=store, target=target)
        assert (fetched / "preparation.json").read_text() == PREPARATION
        assert is_address(one)


def test_a_model_is_registered_and_fetched(
    store: str, experiment: Experiment, tmp_path: Path
) -> None:
    check_round(store, experiment, tmp_path)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The address of an MLflow server."""
    server = Server(tmp_path)
    yield server.address
    server.stop()


@pytest.mark.journey
def test_the_same_through_an_http_server(
    server: str, experiment: Experiment, tmp_path: Path
) -> None:
    check_round(server, experiment, tmp_path)


def test_what_is_not_there_is_the_users_error(store: str, tmp_path: Path) -> None:
    for address in ("models:/absent@champion", "models:/absent/3", "models:/m-0", "runs:/0/model"):
        with pytest.raises(InputError, match=f"{address}: cannot fetch the model from sqlite"):
            fetch_model(address, address=store, target=tmp_path)


def test_a_model_of_others_is_refused(tmp_path: Path) -> None:
    (tmp_path / "MLmodel").write_text("flavors: {python_function: {loader_module: mlflow.sklearn}}")
    with pytest.raises(InputError, match="is no model that `kepler-keras compare` logged"):
        fitted_folder(tmp_path)


def test_a_store_that_refuses_is_the_users_error(store: str) -> None:
    absent = candidate("models:/m-00000000000000000000000000000000", "absent")
    with pytest.raises(InputError, match="cannot register the model 'x'"):
        register(absent, "x", address=store)


def test_the_run_of_an_entry_is_the_versions(
    store: str, experiment: Experiment, tmp_path: Path
) -> None:
    tracker, _ = logged(store, experiment, tmp_path / "fitted")
    assert tracker.entry_run("small") == entry_run(store, tracker, "small").info.run_id


@pytest.mark.parametrize("path", ["../outside", "/etc", "a/../../outside"])
def test_a_model_that_leaves_its_folder_is_refused(path: str, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    folder = tmp_path / "model"
    folder.mkdir()
    text = f"flavors: {{python_function: {{artifacts: {{fitted: {{path: {path}}}}}}}}}"
    (folder / "MLmodel").write_text(text)
    with pytest.raises(InputError, match="must lie inside it"):
        fitted_folder(folder)
    (folder / "MLmodel").write_text(text.replace(path, "artifacts/fitted"))
    assert fitted_folder(folder) == folder / "artifacts" / "fitted"
