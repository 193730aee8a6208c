"""Commands on a Ray cluster end as on this machine, also where a node is lost on the way."""

import json
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pandas as pd
import psutil
import pytest
import yaml
from main_job import environment, kepler_keras
from ray_nodes import ADDRESS, needs_nodes, nodes, short_folder

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900), needs_nodes]

OWN = """\
import keras

def own(input_shapes, *, units=3):
    ((name, shape),) = input_shapes.items()
    given = keras.Input(shape, name=name)
    hidden = keras.layers.Dense(units)(keras.layers.Flatten()(given))
    return keras.Model(given, keras.layers.Dense(1, name="logit")(hidden))
"""
EXPERIMENT = {
    "name": "small",
    "question": "Does it matter where it runs?",
    "data": {
        "source": "simulated",
        "options": {"n_stars": 160, "n_cadences": 1500, "prevalence": 0.3, "seed": 1},
    },
    "protocol": {"folds": 3, "threads": 1, "canaries": False},
    "baseline": "linear",
    "entries": [
        {"name": "linear", "model": "logistic_regression", "view": "flux"},
        {
            "name": "own",
            "model": {"name": "own", "file": "own.py"},
            "view": {"name": "global_view", "bins": 51},
            "training": {"epochs": 2},
        },
        {
            "name": "net",
            "model": {"name": "mlp", "units": [4]},
            "view": {"name": "global_view", "bins": 51},
            "training": {"epochs": 2},
        },
    ],
    "tuning": [{"entry": "net", "trials": 2, "space": {"model.units": [[2], [3]]}}],
}
RAY = ("--executor", "ray", "--address", ADDRESS)
TIMES = {"train_seconds", "cpu_seconds", "seconds"}


@pytest.fixture(scope="module")
def cluster():
    with nodes() as made:
        (made.disk / "small.yaml").write_text(yaml.safe_dump(EXPERIMENT))
        (made.disk / "own.py").write_text(OWN)
        yield made


def without_times(value):
    if isinstance(value, dict):
        return {key: without_times(one) for key, one in value.items() if key not in TIMES}
    return [without_times(one) for one in value] if isinstance(value, list) else value


def results(folder):
    found = json.loads((folder / "results.json").read_text())
    return without_times({key: value for key, value in found.items() if key != "command"})


def test_a_lost_node_costs_only_what_it_had(cluster):
    """Trials, folds and refits: the second node is taken away while folds run."""
    told = kepler_keras("tune", "small.yaml", "--jobs", "2", "--out", "local", cwd=cluster.disk)
    assert told.returncode == 0, told.stderr
    out = cluster.disk / "ray"
    process = cluster.start(*cluster.command("tune", "small.yaml", "--out", "ray", *RAY))
    while len(list((out / ".folds").glob("[!.]*.fit"))) < 3:
        assert process.poll() is None, process.stdout.read()
        time.sleep(0.02)
    cluster.kill_second()
    said, _ = process.communicate()
    assert process.returncode == 0, said
    assert "\nError:" not in said
    local = cluster.disk / "local"
    for name in ("predictions.parquet", "table.tex"):
        assert (out / name).read_bytes() == (local / name).read_bytes()
    assert results(out) == results(local)
    names = [path.name for path in (out / ".folds").iterdir()]
    assert sum(name.endswith(".model") for name in names) == 3
    assert not [name for name in names if name.endswith((".running", ".failed"))]
    cluster.add_second()
    cluster.wait(2)
    search_and_predict_alike(cluster, next((out / ".folds").glob("*.model")))


def search_and_predict_alike(cluster, model):
    shutil.copytree(model, cluster.disk / "model")
    for words, name in (
        (("search", "small.yaml"), "candidates.csv"),
        (("predict", "small.yaml", "--model", "model"), "scores.csv"),
    ):
        told = kepler_keras(*words, "--out", f"local-{name}", cwd=cluster.disk)
        assert told.returncode == 0, told.stderr
        cluster.kepler_keras(*words, "--out", f"ray-{name}", *RAY)
        one, other = (cluster.disk / f"{where}-{name}" for where in ("local", "ray"))
        assert one.read_bytes() == other.read_bytes()
        assert len(pd.read_csv(one)) >= 160


def test_prepared_views_are_the_same(cluster):
    told = kepler_keras("prepare", "small.yaml", "--jobs", "1", "--out", "here", cwd=cluster.disk)
    assert told.returncode == 0, told.stderr
    cluster.kepler_keras("prepare", "small.yaml", "--out", "there", *RAY)
    here, there = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.npy")}
        for folder in (cluster.disk / "here", cluster.disk / "there")
    )
    assert here == there
    assert len(here) >= 3


def raylets(folder):
    """Clusters that keep their files below a folder."""
    return [
        one.pid
        for one in psutil.process_iter(["name", "cmdline"])
        if one.info["name"] == "raylet" and str(folder) in " ".join(one.info["cmdline"] or ())
    ]


@pytest.fixture
def sockets():
    with short_folder() as name:
        yield Path(name)


@pytest.mark.parametrize("end", [None, signal.SIGINT, signal.SIGTERM])
def test_a_cluster_of_ones_own_ends_with_its_command(cluster, end, sockets):
    """It has a token that nobody gave it; a stopped command takes it along."""
    command = cluster.command("search", "small.yaml", "--executor", "ray", "--jobs", "1")
    process = subprocess.Popen(
        cluster.inside(*command, "--out", f"own-{end}.csv"),
        env=environment(RAY_TMPDIR=str(sockets)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # jobs behind have none
    )
    while process.poll() is None and not raylets(sockets):
        time.sleep(0.05)
    assert len(raylets(sockets)) == 1
    if end:
        process.send_signal(end)
    said, _ = process.communicate()
    assert process.returncode == (130 if end else 0), said
    assert ("own-None.csv" if end is None else "interrupted: nothing was written") in said
    psutil.wait_procs([psutil.Process(one) for one in raylets(sockets)], timeout=20)
    assert not raylets(sockets)
