"""A sqlite store appears whole, whoever is killed and whoever comes second."""

import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import mlflow
import pytest
from main_job import environment

from kepler_keras.errors import InputError, RunError
from kepler_keras.experiment import Experiment
from kepler_keras.record import FoldFit
from kepler_keras.tracking import kept_anyway, start_comparison
from kepler_keras.tracking.making import MAKING, make_store

MAKE = """
import sys
from kepler_keras.tracking.making import make_store
make_store(sys.argv[1])
"""


def making(address: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", MAKE, address],
        env=environment(),
        stderr=subprocess.DEVNULL,
    )


def tables(path: Path) -> int:
    with sqlite3.connect(path) as database:
        (number,) = database.execute("select count(*) from sqlite_master").fetchone()
    database.close()
    return int(number)


@pytest.mark.timeout(120)
def test_a_kill_leaves_nothing_and_of_two_both_go_on(tmp_path: Path) -> None:
    address, path = f"sqlite:///{tmp_path}/mlflow.db", tmp_path / "mlflow.db"
    killed = making(address)
    while not list(tmp_path.glob(f"{MAKING}*/mlflow.db")):
        time.sleep(0.01)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert not path.exists()
    assert [process.wait() for process in [making(address), making(address)]] == [0, 0]
    assert tables(path) > 30
    assert mlflow.MlflowClient(address).get_experiment("0").name == "Default"
    assert len(list(tmp_path.glob(f"{MAKING}*"))) == 1  # of the one that was killed


def test_whoever_comes_second_takes_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_text("mine")
    make_store(f"sqlite:///{tmp_path}/mlflow.db")
    assert (tmp_path / "mlflow.db").read_text() == "mine"


def test_a_corrupt_store_is_a_sentence(tmp_path: Path, experiment: Experiment) -> None:
    (tmp_path / "mlflow.db").write_bytes(b"no database at all" * 100)
    words = r"mlflow.db: cannot open the MLflow store: .*file is not a database"
    with pytest.raises(InputError, match=words):
        start_comparison(experiment, address=f"sqlite:///{tmp_path}/mlflow.db", environment={})


@pytest.mark.timeout(120)
def test_a_locked_store_is_a_sentence(tmp_path: Path, experiment: Experiment) -> None:
    address = f"sqlite:///{tmp_path}/mlflow.db"
    make_store(address)
    holder = sqlite3.connect(tmp_path / "mlflow.db", isolation_level=None)
    holder.execute("begin exclusive")
    try:
        words = r"mlflow.db: cannot open the MLflow store: .*database is locked"
        with pytest.raises(InputError, match=words):
            start_comparison(experiment, address=address, environment={})
    finally:
        holder.close()


def test_a_store_that_breaks_at_the_end_loses_no_fold(
    tmp_path: Path, experiment: Experiment, fit: FoldFit
) -> None:
    address = f"sqlite:///{tmp_path}/mlflow.db"
    tracker = start_comparison(experiment, address=address, environment={})
    with sqlite3.connect(tmp_path / "mlflow.db") as database:
        database.execute("drop table metrics")
    database.close()
    words = r"cannot log the comparison: .*metrics; report.html is written and the folds are kept: "
    with pytest.raises(RunError, match=words), kept_anyway(Path("report.html"), address):
        tracker.log_fold(fit, {"recall": 0.5})
