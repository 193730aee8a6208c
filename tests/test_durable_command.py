"""A comparison that is interrupted, killed and gone on with ends as one that was left in peace."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter

import mlflow
import psutil
import pytest
import yaml
from main_job import environment, kepler_keras

pytestmark = pytest.mark.journey

ENTRIES = [
    {"name": "linear", "model": "logistic_regression", "view": "flux"},
    {"name": "net", "model": {"name": "mlp", "units": [4]}, "view": "flux"},
    {
        "name": "pair",
        "model": {"name": "mlp", "units": [3]},
        "view": "flux",
        "ensemble": {"members": 2},
    },
]
EXPERIMENT = {
    "name": "small",
    "question": "Does it go on?",
    "data": {
        "source": "simulated",
        "options": {"n_stars": 120, "n_cadences": 1500, "prevalence": 0.3, "seed": 1},
    },
    "protocol": {"folds": 3, "threads": 1},
    "baseline": "linear",
    "entries": [
        one if one["name"] == "linear" else {**one, "training": {"epochs": 2}} for one in ENTRIES
    ],
}
N_FOLDS = 12
COMPARE = ("compare", "small.yaml", "--jobs", "2", "--out")


def start(folder, out):
    """The command in a group of processes of its own, as a shell starts it."""
    return subprocess.Popen(
        [sys.executable, "-m", "kepler_keras.cli", *COMPARE, out],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(
            signal.SIGINT, signal.SIG_DFL
        ),  # a background job has none
    )


def wait_for_fits(out, number, process):
    while len(list((out / ".folds").glob("[!.]*.fit"))) < number:
        assert process.poll() is None, process.stdout.read()
        time.sleep(0.02)


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """What one comparison said: left in peace, and refused, asked, interrupted and gone on with."""
    folder = tmp_path_factory.mktemp("durable")
    (folder / "small.yaml").write_text(yaml.safe_dump(EXPERIMENT))
    told = {"peace": kepler_keras("compare", "small.yaml", "--jobs", "1", "--out", "a", cwd=folder)}
    process = start(folder, "b")
    wait_for_fits(folder / "b", 3, process)
    process.send_signal(signal.SIGSTOP)  # it holds the folder, and does not end meanwhile
    told["second"] = kepler_keras(*COMPARE, "b", cwd=folder)
    told["running"] = kepler_keras("status", "b", "--json", cwd=folder)
    workers = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGCONT)
    began = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    told["words"], _ = process.communicate()
    told["seconds"], told["code"] = time.monotonic() - began, process.returncode
    # Python's trackers of shared memory outlive who started them, to clean up, and then end.
    _, told["orphans"] = psutil.wait_procs(workers, timeout=20)
    told["stopped"] = kepler_keras("status", "b", cwd=folder)
    told["states"] = states(folder)
    told["kept"] = {
        path: path.stat().st_mtime_ns for path in (folder / "b/.folds").glob("[!.]*.fit")
    }
    process = start(folder, "b")
    wait_for_fits(folder / "b", len(told["kept"]) + 3, process)
    process.kill()
    process.communicate()
    told["end"] = kepler_keras(*COMPARE, "b", cwd=folder)
    return folder, told


def states(folder, view=1):
    client = mlflow.MlflowClient(f"sqlite:///{folder}/mlflow.db")
    place = client.get_experiment_by_name("small").experiment_id
    runs = client.search_runs([place], run_view_type=view)
    return Counter((run.data.tags["kepler_keras.level"], run.info.status) for run in runs)


def test_a_second_comparison_in_the_folder_is_refused(story):
    second = story[1]["second"]
    assert second.returncode == 2
    assert re.search(r"^Error: b: another comparison is at work there, process \d+", second.stderr)


def test_status_tells_while_it_runs_and_after_it_was_stopped(story):
    running, stopped = story[1]["running"], story[1]["stopped"]
    found = json.loads(running.stdout)
    assert found["state"] == "running"
    assert {one["entry"]: one["total"] for one in found["entries"]} == {
        "linear": 3,
        "net": 3,
        "pair": 6,
    }
    assert 3 <= sum(one["done"] for one in found["entries"]) <= N_FOLDS
    assert "state: interrupted" in stopped.stdout
    assert stopped.stdout.splitlines()[-1] == f"to go on: kepler-keras {resume()}"


def resume():
    return "compare small.yaml --out b --jobs 2"


def test_ctrl_c_ends_it_at_once_with_the_command_that_goes_on(story):
    told = story[1]
    assert told["seconds"] < 5
    assert told["code"] == 130
    assert told["words"].splitlines()[-1] == f"stopped; to go on: kepler-keras {resume()}"
    assert "Traceback" not in told["words"]
    assert told["orphans"] == []
    assert told["states"]["comparison", "KILLED"] == 1
    assert not any(status == "RUNNING" for _, status in told["states"])


def test_it_goes_on_and_does_nothing_again(story):
    folder, told = story
    assert told["end"].returncode == 0, told["end"].stderr
    done = re.search(r"resuming: (\d+) of 12 folds done", told["end"].stderr)
    assert int(done.group(1)) >= len(told["kept"]) + 2  # a model or canary may be among the fits
    assert {path: path.stat().st_mtime_ns for path in told["kept"]} == told["kept"]
    assert not [path for path in (folder / "b" / ".folds").iterdir() if path.suffix == ".running"]


def without_times(value):
    if isinstance(value, dict):
        return {key: without_times(one) for key, one in value.items() if "seconds" not in key}
    return [without_times(one) for one in value] if isinstance(value, list) else value


def test_results_and_predictions_are_those_of_peace_byte_for_byte(story):
    folder, told = story
    assert told["peace"].returncode == 0, told["peace"].stderr
    for name in ("predictions.parquet", "members.parquet", "folds.parquet"):
        assert (folder / "a" / name).read_bytes() == (folder / "b" / name).read_bytes()
    one, other = (json.loads((folder / out / "results.json").read_text()) for out in "ab")
    assert json.dumps(without_times(one)) == json.dumps(without_times(other))


def test_no_mlflow_run_is_doubled_or_left_running(story):
    found = states(story[0])
    assert found == {
        ("comparison", "FINISHED"): 2,
        ("entry", "FINISHED"): 6,
        ("fold", "FINISHED"): 18,
    }
    assert not any(status == "RUNNING" for _, status in states(story[0], view=3))


def test_a_changed_entry_alone_is_fitted_again_and_the_old_one_is_thrown_away(story, tmp_path):
    folder = shutil.copytree(story[0], tmp_path / "copy")
    before = {path.name for path in (folder / "b" / ".folds").glob("[!.]*.fit")}
    change = ("--set", "entries.linear.model={name: logistic_regression, C: 0.1}")
    changed = kepler_keras(*COMPARE, "b", *change, cwd=folder)
    assert changed.returncode == 0, changed.stderr
    assert "resuming: 9 of 12 folds done" in changed.stderr
    assert "resuming: 3 of 4 models done" in changed.stderr
    after = {path.name for path in (folder / "b" / ".folds").glob("[!.]*.fit")}
    assert len(after) == len(before)
    assert len(after - before) == 4
