"""What `mlflow run --backend kubernetes` would send, made by MLflow itself; no cluster is here."""

import copy
import json
import re
import subprocess
import sys

import pytest
import yaml
from main_job import ROOT, environment
from mlflow import MlflowClient

FOLDER = ROOT / "kubernetes"
NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")  # RFC 1123, as Kubernetes wants its names
SMALL = {
    "name": "small",
    "question": "Does it run?",
    "data": {
        "source": "simulated",
        "options": {"n_stars": 120, "n_cadences": 1500, "prevalence": 0.3, "seed": 1},
    },
    "protocol": {"folds": 2, "threads": 1, "canaries": False},
    "baseline": "linear",
    "entries": [{"name": "linear", "model": "logistic_regression", "view": "flux"}],
}


@pytest.fixture
def job(monkeypatch):
    """Makes the definition of a job from an entry point, its parameters and variables."""
    from mlflow.projects import _parse_kubernetes_config, kubernetes
    from mlflow.projects._project_spec import load_project
    from mlflow.projects.docker import validate_docker_env
    from mlflow.projects.utils import get_entry_point_command

    monkeypatch.chdir(ROOT)
    project = load_project(FOLDER)
    validate_docker_env(project)
    config = _parse_kubernetes_config(json.loads((FOLDER / "kubernetes_config.json").read_text()))

    def made(entry_point="main", parameters=None, **variables):
        command = get_entry_point_command(project, entry_point, parameters or {}, None)
        return kubernetes._get_kubernetes_job_definition(
            project.name,
            project.docker_env["image"],
            "sha256:" + "0" * 64,
            kubernetes._get_run_command(command),
            variables,
            copy.deepcopy(config["kube-job-template"]),
        )

    return made


def of_the_client(definition):
    """The job as Kubernetes' own client understands it, and back: unknown fields are lost."""
    from kubernetes.client import ApiClient

    client = ApiClient()
    understood = client.deserialize(json.dumps(definition), "V1Job", "application/json")
    return client.sanitize_for_serialization(understood)


def test_every_field_of_the_job_is_one_of_kubernetes(job):
    definition = job(MLFLOW_RUN_ID="r")
    assert of_the_client(definition) == definition
    definition["spec"]["template"]["spec"]["restartPolice"] = "Never"
    assert of_the_client(definition) != definition


def test_names_are_allowed_in_a_cluster(job):
    definition = job()
    (container,) = definition["spec"]["template"]["spec"]["containers"]
    for name in (definition["metadata"]["name"], container["name"]):
        assert NAME.fullmatch(name)
        assert len(name) <= 63


def test_variables_of_mlflow_come_beside_our_own(job, monkeypatch):
    monkeypatch.setenv("KUBE_MLFLOW_TRACKING_URI", "https://mlflow.example.org")
    definition = job(MLFLOW_RUN_ID="r", MLFLOW_TRACKING_URI="http://127.0.0.1:5000")
    (container,) = definition["spec"]["template"]["spec"]["containers"]
    found = {one["name"]: one.get("value", "secret") for one in container["env"]}
    assert found == {
        "KEPLER_KERAS_DATA": "/data",
        "KEPLER_KERAS_CACHE": "/kept/cache",
        "MLFLOW_TRACKING_USERNAME": "secret",
        "MLFLOW_TRACKING_PASSWORD": "secret",
        "MLFLOW_RUN_ID": "r",
        "MLFLOW_TRACKING_URI": "https://mlflow.example.org",
    }


@pytest.mark.parametrize("entry_point", ["main", "compare", "tune"])
def test_no_word_of_a_command_needs_a_shell(job, entry_point):
    (container,) = job(entry_point)["spec"]["template"]["spec"]["containers"]
    assert container["command"][:3] == ["python", "-m", "kepler_keras.cli"]
    assert not [word for word in container["command"] if re.search(r"['\"$ ]", word) or not word]


def test_the_image_holds_what_the_command_needs(job):
    """No docker is here either: what is copied into the image is there."""
    text = (FOLDER / "Dockerfile").read_text()
    copied = re.findall(r"^COPY (.+) \S+$", text, flags=re.MULTILINE)
    for name in " ".join(copied).split():
        assert (ROOT / name).exists(), name
    assert {"kepler_keras", "experiments", "requirements.txt"} <= set(" ".join(copied).split())
    project = yaml.safe_load((FOLDER / "MLproject").read_text())
    assert f"-t {project['docker_env']['image']} ." in text


@pytest.mark.journey
def test_the_command_runs_without_a_shell_in_the_run_that_mlflow_made(job, tmp_path):
    address = f"sqlite:///{tmp_path}/mlflow.db"
    client = MlflowClient(address)
    run_id = client.create_run("0").info.run_id
    (tmp_path / "small.yaml").write_text(yaml.safe_dump(SMALL))
    asked = {"experiment": f"{tmp_path}/small.yaml", "out": f"{tmp_path}/kept", "jobs": "1"}
    definition = job("main", asked, MLFLOW_RUN_ID=run_id, MLFLOW_TRACKING_URI=address)
    (container,) = definition["spec"]["template"]["spec"]["containers"]
    variables = {one["name"]: one["value"] for one in container["env"] if "value" in one}
    variables["KEPLER_KERAS_CACHE"] = str(tmp_path / "cache")
    done = subprocess.run(
        [sys.executable, *container["command"][1:]],
        cwd=tmp_path,
        env=environment(**variables),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "kept" / "report.html").exists()
    run = client.get_run(run_id)
    assert run.info.status == "FINISHED"
    assert run.data.tags["kepler_keras.level"] == "comparison"
