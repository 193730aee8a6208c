import socket
import sys
from email.message import Message
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.error import HTTPError

import pytest

from kepler_keras.errors import InputError
from kepler_keras.tracking import serve_ui, store, tracking_address
from kepler_keras.tracking.store import without_secrets


def test_own_store_lies_in_the_folder(tmp_path: Path) -> None:
    assert tracking_address({}, tmp_path) == f"sqlite:///{tmp_path}/mlflow.db"


def test_empty_variable_counts_as_unset(tmp_path: Path) -> None:
    address = tracking_address({"MLFLOW_TRACKING_URI": " "}, tmp_path)
    assert address == f"sqlite:///{tmp_path}/mlflow.db"


@pytest.mark.parametrize("address", ["http://localhost:5000", "postgresql://user@host/db"])
def test_other_addresses_pass_unchanged(address: str, tmp_path: Path) -> None:
    assert tracking_address({"MLFLOW_TRACKING_URI": address}, tmp_path) == address


def test_relative_path_starts_from_the_folder(tmp_path: Path) -> None:
    (tmp_path / "stores").mkdir()
    address = tracking_address({"MLFLOW_TRACKING_URI": "sqlite:///stores/a.db"}, tmp_path)
    assert address == f"sqlite:///{tmp_path}/stores/a.db"


def test_absolute_path_ignores_the_folder(tmp_path: Path) -> None:
    here = {"MLFLOW_TRACKING_URI": f"sqlite:///{tmp_path}/a.db"}
    assert tracking_address(here, Path("/elsewhere")) == f"sqlite:///{tmp_path}/a.db"


def test_percent_signs_of_mlflow_are_decoded(tmp_path: Path) -> None:
    (tmp_path / "a b").mkdir()
    here = {"MLFLOW_TRACKING_URI": f"sqlite:///{tmp_path}/a%20b/mlflow.db"}
    assert tracking_address(here, tmp_path) == f"sqlite:///{tmp_path}/a b/mlflow.db"


def test_missing_folder_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="folder of the MLflow store does not exist"):
        tracking_address({"MLFLOW_TRACKING_URI": "sqlite:///nowhere/a.db"}, tmp_path)


def test_ui_of_a_missing_store_makes_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no MLflow store yet"):
        serve_ui(f"sqlite:///{tmp_path}/mlflow.db")
    assert list(tmp_path.iterdir()) == []


def test_ui_of_a_server_is_its_own() -> None:
    with pytest.raises(InputError, match="its own UI"):
        serve_ui("https://mlflow.example.org")


def test_ui_listens_on_loopback_and_sends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: dict[str, Any] = {}

    def run(command: list[str], **options: Any) -> SimpleNamespace:
        called.update(options, command=command)
        return SimpleNamespace(returncode=3)

    (tmp_path / "mlflow.db").touch()
    monkeypatch.setattr(store.subprocess, "run", run)
    assert serve_ui(f"sqlite:///{tmp_path}/mlflow.db", port=5055) == 3
    assert called["command"][:4] == [sys.executable, "-m", "mlflow", "ui"]
    assert called["command"][-4:] == ["--host", "127.0.0.1", "--port", "5055"]
    assert called["env"]["MLFLOW_DISABLE_TELEMETRY"] == "true"
    assert called["cwd"] == tmp_path


def test_interrupted_ui_ends_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    (tmp_path / "mlflow.db").touch()
    monkeypatch.setattr(store.subprocess, "run", run)
    assert serve_ui(f"sqlite:///{tmp_path}/mlflow.db") == 0


@pytest.mark.parametrize("address", ["sqlite:////nowhere/a.db", "postgresql://user@host/db"])
def test_only_a_server_is_asked_for_an_answer(address: str) -> None:
    store.require_answer(address)


def test_a_refusal_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(address: str, timeout: float, context: object) -> None:
        raise HTTPError(address, 401, "who are you", Message(), None)

    monkeypatch.setattr(store.urllib.request, "urlopen", refuse)
    store.require_answer("http://localhost:5000")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://ann:s3cret@host:5000/x", "http://host:5000/x"),
        ("https://ann@host", "https://host"),
        ("postgresql://ann:s3c@ret@host/db: no", "postgresql://host/db: no"),
        ("sqlite:////data/a@b/mlflow.db", "sqlite:////data/a@b/mlflow.db"),
        ("http://host/a@b", "http://host/a@b"),
        ("http://host/x?token=s3cret: no", "http://host/x: no"),
        ("postgresql://ann:s3cret@host/db?password=s3cret&a=b", "postgresql://host/db"),
        ("http://host/?token=s3cret#/experiments/1", "http://host/#/experiments/1"),
        ("'http://host?token=s3cret' was asked?", "'http://host' was asked?"),
    ],
)
def test_no_address_is_shown_with_its_password(text: str, shown: str) -> None:
    assert without_secrets(f"at {text}") == f"at {shown}"


def test_a_server_with_a_password_that_does_not_answer_keeps_it() -> None:
    with socket.socket() as held:  # bound but not listening: the connection is refused
        held.bind(("127.0.0.1", 0))
        where = f"127.0.0.1:{held.getsockname()[1]}"
        with pytest.raises(InputError, match=f"^http://{where}: .* does not answer") as caught:
            store.require_answer(f"http://ann:s3cret@{where}")
    assert "s3cret" not in str(caught.value)
