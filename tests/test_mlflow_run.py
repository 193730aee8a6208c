"""`mlflow run` from a fresh clone and from a git address, without pyenv on PATH."""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import mlflow
import numpy as np
import pytest
from main_job import ROOT, environment

from tests.saved_models import SEARCHED, csv_text, noise_and_dips, save_model

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(
        not (ROOT / ".git").exists() or shutil.which("git") is None,
        reason="needs a git checkout to clone",
    ),
]


# In the caller's folder: small, for the clone behind an address compiles everything anew.
SMALL = """\
name: small
question: Does it land here?
data:
  source: simulated
  options: {n_stars: 120, prevalence: 0.2, n_cadences: 1000}
protocol: {folds: 2, canaries: false}
entries:
  - {name: prevalence, model: prevalence, view: flux}
  - {name: mlp, model: {name: mlp, units: [8]}, view: flux, training: {epochs: 2}}
baseline: prevalence
"""


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clone") / "kepler_keras"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(folder)], check=True)
    return folder


def mlflow_run(
    address: str, *parameters: str, cwd: Path, entry: str = "main"
) -> subprocess.CompletedProcess[str]:
    """Runs a project; this environment's python comes first on a PATH that holds no pyenv."""
    places = [Path(sys.executable).parent, *map(Path, os.environ["PATH"].split(os.pathsep))]
    path = os.pathsep.join(str(place) for place in places if "pyenv" not in str(place))
    command = [sys.executable, "-m", "mlflow", "run", address, "-e", entry]
    command += ["--env-manager", "local"]
    for parameter in parameters:
        command += ["-P", parameter]
    variables = environment(PATH=path)
    del variables["PYTHONPATH"]
    return subprocess.run(command, cwd=cwd, env=variables, capture_output=True, text=True)


def test_from_a_fresh_clone(clone):
    run = mlflow_run(".", "quick=true", cwd=clone)
    assert run.returncode == 0, run.stderr
    assert (clone / "reports" / "quickstart-quick" / "report.html").exists()
    assert "fitting 10/10" in run.stderr


@pytest.fixture
def git_address(clone):
    """The clone, served by git itself on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = [
        "--export-all",
        "--listen=127.0.0.1",
        f"--port={port}",
        f"--base-path={clone.parent}",
    ]
    daemon = subprocess.Popen(["git", "daemon", *options])
    address = f"git://127.0.0.1:{port}/{clone.name}"
    try:
        for _ in range(100):
            if subprocess.run(["git", "ls-remote", address], capture_output=True).returncode == 0:
                break
            time.sleep(0.1)
        yield address
    finally:
        daemon.terminate()
        daemon.wait()


def test_from_a_git_address_the_report_lands_in_the_callers_store(git_address, tmp_path):
    (tmp_path / "small.yaml").write_text(SMALL)
    run = mlflow_run(git_address, "experiment=small.yaml", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "mlflow.db").exists()
    (address,) = [line for line in run.stdout.splitlines() if line.startswith("in MLflow: ")]
    report = Path(address.removeprefix("in MLflow: ").partition(" (run ")[0])
    assert report.is_relative_to(tmp_path)
    assert report.read_text().startswith("<!DOCTYPE html>")


def test_a_mistake_fails_the_run(clone, tmp_path):
    run = mlflow_run(str(clone), "experiment=absent.yaml", cwd=tmp_path)
    assert run.returncode != 0
    assert "Error: absent.yaml: cannot read the experiment file" in run.stderr


def test_a_prediction_leaves_its_table_in_its_run(clone, tmp_path):
    longer = SEARCHED.model_copy(update={"cadence": 29.4244 / 1440})  # as the source has it
    save_model(tmp_path / "model", longer)
    (tmp_path / "data.csv").write_text(csv_text(noise_and_dips(4, 1600)))
    parameters = ("model=model", "input=data.csv", "source=kaggle_csv", "plot=p.png")
    run = mlflow_run(str(clone), *parameters, cwd=tmp_path, entry="predict")
    assert run.returncode == 0, run.stderr
    client = mlflow.MlflowClient(f"sqlite:///{tmp_path / 'mlflow.db'}")
    (found,) = client.search_runs(["0"])
    assert found.info.status == "FINISHED"
    assert found.data.tags["kepler_keras.level"] == "prediction"
    assert found.data.metrics["n_curves"] == 4
    names = {item.path for item in client.list_artifacts(found.info.run_id)}
    assert names == {"scores.csv", "p.png"}
    assert len((tmp_path / "scores.csv").read_text().splitlines()) == 5


def test_a_search_leaves_its_table_and_pictures_in_its_run(clone, tmp_path):
    flux = np.random.default_rng(0).normal(size=(3, 1600))  # 33 days at the Kepler cadence
    flux[1, 100::120] -= 40
    flux[1, 101::120] -= 40
    rows = [f"{1 + row % 2}," + ",".join(f"{x:.3f}" for x in flux[row]) for row in range(3)]
    header = "LABEL," + ",".join(f"FLUX.{column + 1}" for column in range(1600))
    (tmp_path / "data.csv").write_text("\n".join([header, *rows]) + "\n")
    parameters = ("input=data.csv", "signals=2", "plot=row-000002", "durations=0.08")
    run = mlflow_run(str(clone), *parameters, cwd=tmp_path, entry="search")
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "candidates.csv").read_text().startswith("star,rank,period,")
    client = mlflow.MlflowClient(f"sqlite:///{tmp_path / 'mlflow.db'}")
    (found,) = client.search_runs(["0"])
    assert found.info.status == "FINISHED"
    assert found.data.params["source"] == "kaggle_csv"
    assert found.data.params["periods"] == "0.5 to 10.9 d"
    assert (found.data.params["input"], found.data.params["signals"]) == ("data.csv", "2")
    assert found.data.metrics["n_stars"] == 3
    assert found.data.metrics["n_candidates"] >= 1
    names = {item.path for item in client.list_artifacts(found.info.run_id)}
    assert names == {"candidates.csv", "row-000002.png"}
