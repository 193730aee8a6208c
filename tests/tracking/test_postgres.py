"""A comparison on an MLflow server with PostgreSQL, in peace and while both are killed."""

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import psycopg
import pytest
import yaml
from main_job import environment
from mlflow import MlflowClient
from mlflow_server import PROGRAMS, Server, needs_postgres

from benchmarks.postgres import Postgres, own_postgres

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900), needs_postgres]

EXPERIMENT = {
    "name": "small",
    "question": "Is anything lost?",
    "data": {
        "source": "simulated",
        "options": {"n_stars": 120, "n_cadences": 1500, "prevalence": 0.3, "seed": 1},
    },
    "protocol": {"folds": 3, "threads": 1, "canaries": False},
    "baseline": "linear",
    "entries": [
        {"name": "linear", "model": "logistic_regression", "view": "flux"},
        {
            "name": "net",
            "model": {"name": "mlp", "units": [4]},
            "view": "flux",
            "training": {"epochs": 2},
        },
    ],
}
COMPARE = ("compare", "small.yaml", "--jobs", "2", "--register", "transits", "--out")
CHILDREN = "select count(*) from tags where key = 'mlflow.parentRunId'"
AUTH = """[mlflow]
default_permission = READ
database_uri = {address}
admin_username = ann
admin_password = {password}
auth_cache_ttl_seconds = 60
"""


@dataclass
class Place:
    """Where all of it happens.

    Attributes:
        password: Of the server's user `ann`; PostgreSQL has another.
        said: What the commands printed.
    """

    folder: Path
    postgres: Postgres
    server: Server
    password: str
    said: list[str]

    def start(self, *words: str) -> "subprocess.Popen[str]":
        user = {"MLFLOW_TRACKING_USERNAME": "ann", "MLFLOW_TRACKING_PASSWORD": self.password}
        return subprocess.Popen(
            [sys.executable, "-m", "kepler_keras.cli", *words],
            cwd=self.folder,
            env=environment(
                MLFLOW_TRACKING_URI=self.server.address,
                MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR="1",  # it asks again sooner
                **user,
            ),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def end(self, process: "subprocess.Popen[str]") -> None:
        words, _ = process.communicate()
        self.said.append(words)
        assert process.returncode == 0, words

    def children(self) -> int:
        """Runs below runs, asked of the database itself."""
        with psycopg.connect(self.postgres.address) as connection:
            (number,) = connection.execute(CHILDREN).fetchone() or (0,)
        return int(number)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    assert PROGRAMS
    folder = tmp_path_factory.mktemp("served")
    (folder / "small.yaml").write_text(yaml.safe_dump(EXPERIMENT))
    password = secrets.token_hex(16)
    with own_postgres(PROGRAMS) as postgres:
        auth = folder / "auth.ini"
        auth.write_text(AUTH.format(address=postgres.address, password=password))
        secret = {"MLFLOW_AUTH_CONFIG_PATH": str(auth), "MLFLOW_FLASK_SERVER_SECRET_KEY": "x" * 32}
        server = Server(folder, postgres.address, "--app-name", "basic-auth", **secret)
        place = Place(folder, postgres, server, password, [])
        try:
            place.end(place.start(*COMPARE, "calm"))
            disturb(place)
            yield place
        finally:
            server.stop()


def wait(process: "subprocess.Popen[str]", until: Callable[[], bool]) -> None:
    while not until():
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.01)


def disturb(place: Place) -> None:
    """The same once more; both are killed while it fits, and each while it logs."""
    before = place.children()
    process = place.start(*COMPARE, "wild")
    kept = place.folder / "wild" / ".folds"
    wait(process, lambda: len(list(kept.glob("[!.]*.fit"))) >= 2)
    place.server.kill()
    place.postgres.kill()
    place.postgres.start()
    place.server.start()
    assert place.children() == before  # it was still fitting
    wait(process, lambda: place.children() > before)
    place.server.kill()
    place.server.start()
    now = place.children()
    wait(process, lambda: place.children() > now)
    place.postgres.restart_at_once()
    place.postgres.kill()
    place.postgres.start()
    assert process.poll() is None
    place.end(process)


def without_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_times(one) for key, one in value.items() if "seconds" not in key}
    return [without_times(one) for one in value] if isinstance(value, list) else value


def results(folder: Path) -> Any:
    return without_times(json.loads((folder / "results.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def client(place: Place) -> Iterator[MlflowClient]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_USERNAME", "ann")
        patch.setenv("MLFLOW_TRACKING_PASSWORD", place.password)
        yield MlflowClient(place.server.address)


def held(client: MlflowClient, root: Any) -> list[Any]:
    """All that MLflow holds of a comparison, but times: of each run and of each model."""
    place = root.info.experiment_id
    found, parents = [], [root]
    while parents:
        run = parents.pop()
        below = f"tags.`mlflow.parentRunId` = '{run.info.run_id}'"
        parents += client.search_runs([place], below)
        models = client.search_logged_models(
            [place], filter_string=f"source_run_id = '{run.info.run_id}'"
        )
        found.append(
            {
                "name": run.info.run_name,
                "status": run.info.status,
                "parameters": run.data.params,
                "measures": {
                    key: [
                        (one.step, None if "seconds" in key else repr(one.value))
                        for one in client.get_metric_history(run.info.run_id, key)
                    ]
                    for key in run.data.metrics
                },
                "files": sorted(files(client, run.info.run_id)),
                "data": sorted(one.dataset.name for one in run.inputs.dataset_inputs),
                "models": [(one.status, sorted(one.tags), len(one.metrics)) for one in models],
                "linked": len(run.outputs.model_outputs),
            }
        )
    return sorted(found, key=lambda one: (one["name"], json.dumps(one)))


def files(client: MlflowClient, run_id: str, path: str | None = None) -> Iterator[str]:
    for one in client.list_artifacts(run_id, path):
        if one.is_dir:
            yield from files(client, run_id, one.path)
        else:
            yield one.path


def test_what_is_killed_beside_it_changes_nothing(place: Place) -> None:
    calm, wild = place.folder / "calm", place.folder / "wild"
    for name in ("predictions.parquet", "folds.parquet"):
        assert (calm / name).read_bytes() == (wild / name).read_bytes()
    assert results(calm) == results(wild)


def test_nothing_is_lost_or_doubled_in_mlflow(client: MlflowClient) -> None:
    experiment = client.get_experiment_by_name("small")
    assert experiment.artifact_location.startswith("mlflow-artifacts:/")
    level = "tags.`kepler_keras.level` = 'comparison'"
    wild, calm = client.search_runs([experiment.experiment_id], level)
    first, second = held(client, calm), held(client, wild)
    assert len(first) == 1 + 2 + 2 * 3
    assert sum(len(one["models"]) for one in first) == 2
    assert all(one["models"][0][2] for one in first if one["models"])
    assert first == second
    assert len(client.search_runs([experiment.experiment_id])) == 2 * len(first)
    versions = client.search_model_versions("name = 'transits'")
    assert len({one.run_id for one in versions}) == len(versions) == 2


def test_report_and_predictions_come_from_the_server(place: Place) -> None:
    place.end(place.start("report", "--experiment", "small", "--out", "again"))
    assert results(place.folder / "again") == results(place.folder / "wild")
    model = ("--model", "models:/transits@champion", "--out", "scores.csv")
    place.end(place.start("predict", "small.yaml", *model))
    assert pd.read_csv(place.folder / "scores.csv")["score"].notna().sum() == 120


def test_no_password_is_in_any_text(place: Place) -> None:
    texts = ["".join(place.said), place.server.log.read_text(encoding="utf-8")]
    for folder, _, names in os.walk(place.folder):
        for name in names:
            if name != "auth.ini":
                texts.append((Path(folder) / name).read_bytes().decode("utf-8", "replace"))
    for password in (place.password, place.postgres.password):
        assert not any(password in text for text in texts)
