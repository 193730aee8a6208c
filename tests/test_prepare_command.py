"""`kepler-keras prepare` and what a comparison makes of its folder, as a user types them."""

import signal
import subprocess
import sys
import time

import pandas as pd
import pytest
import yaml
from main_job import environment, kepler_keras

pytestmark = pytest.mark.journey

EXPERIMENT = {
    "name": "small",
    "question": "Do kept views do?",
    "data": {
        "source": "simulated",
        "options": {"n_stars": 1400, "n_cadences": 1500, "prevalence": 0.1, "seed": 1},
    },
    "search": {"min_period": 1.0, "max_period": 6.0},
    "protocol": {"folds": 2, "threads": 1, "refit": False, "canaries": False},
    "baseline": "linear",
    "entries": [
        {"name": "linear", "model": "logistic_regression", "view": "global_view"},
        {"name": "flux", "model": "logistic_regression", "view": "flux"},
    ],
}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "small.yaml").write_text(yaml.safe_dump(EXPERIMENT))
    return tmp_path


def done(*arguments, cwd):
    ended = kepler_keras(*arguments, "--jobs", "2", cwd=cwd)
    assert ended.returncode == 0, ended.stderr
    return ended


def test_a_comparison_of_kept_views_is_the_comparison(folder):
    interrupted = stopped_at_the_first_views(folder)
    assert interrupted == "stopped; to go on: kepler-keras prepare small.yaml --out views"
    shards = {path: path.stat().st_mtime_ns for path in (folder / "views").glob("*/*.npy")}
    assert shards
    assert not list((folder / "views").glob("*/.writing-*"))

    prepared = done("prepare", "small.yaml", "--out", "views", cwd=folder)
    assert "prepared: views (1400 stars, 3 arrays in 26 shards, " in prepared.stdout
    assert "kepler-keras compare small.yaml --prepared views" in prepared.stdout
    assert all(path.stat().st_mtime_ns == before for path, before in shards.items())

    done("compare", "small.yaml", "--prepared", "views", "--out", "kept", cwd=folder)
    done("compare", "small.yaml", "--out", "made", cwd=folder)
    kept, made = (
        pd.read_parquet(folder / name / "predictions.parquet") for name in ("kept", "made")
    )
    pd.testing.assert_frame_equal(kept, made, check_exact=True)

    other = kepler_keras(
        "compare", "small.yaml", "--prepared", "views", "--set", "conditioning.window=2.0",
        "--out", "other", cwd=folder,
    )  # fmt: skip
    assert other.returncode == 2
    assert other.stderr.splitlines()[-1].startswith(
        "Error: views: its 'global_view' was made from another conditioning; kepler-keras prepare"
    )
    assert not (folder / "other" / "report.html").exists()


def stopped_at_the_first_views(folder):
    """The last line of a command that got Ctrl-C as soon as a shard of periods was there."""
    running = subprocess.Popen(
        [sys.executable, "-m", "kepler_keras.cli", "prepare", "small.yaml", "--out", "views"],
        cwd=folder,
        env=environment(),
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    until = time.monotonic() + 120
    while not list(folder.glob("views/*/00*.npy")) and time.monotonic() < until:
        assert running.poll() is None, running.stderr.read()
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130, said
    return said.splitlines()[-1]
