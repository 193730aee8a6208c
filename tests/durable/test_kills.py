"""SIGKILL at random moments of the command and its workers: nothing that ended is lost or redone.

`benchmarks/chaos.py` does the same to whole comparisons.
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from made_jobs import entry_of, fit, fold_job, runs, views_in
from main_job import ROOT, environment

from kepler_keras.durable.room import durable_fits
from kepler_keras.executors import LocalProcesses
from kepler_keras.training.scoring import PartScores

pytestmark = pytest.mark.journey

FITS, KILLS = 40, 4
PLACES = (ROOT, ROOT / "tests", ROOT / "tests" / "durable")
COMMAND = "import sys, pathlib, test_kills; test_kills.fit_all(pathlib.Path(sys.argv[1]))"


def slow_fit(job) -> PartScores | str:
    time.sleep(0.05)
    return fit(job)


def fit_all(folder: Path) -> dict[int, bytes]:
    jobs = [fold_job(views_in(folder), 0, entry_of(f"e{number}")) for number in range(FITS)]
    with durable_fits(folder / "out", LocalProcesses(2, 1), command="") as executor:
        results = dict(executor.run(slow_fit, jobs))
    return {position: results[position].shared.tobytes() for position in range(FITS)}


def kept_in(folder: Path) -> dict[str, int]:
    """The kept fits, with the times of their writing."""
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("out/.folds/[!.]*.fit")}


def workers_of(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """Its workers; none while they are replaced."""
    children = psutil.Process(process.pid).children()
    return [one for one in children if "LokyProcess" in str(one.cmdline())]


def kill(process: subprocess.Popen[bytes], *, worker: bool) -> None:
    while not (workers := workers_of(process)):
        time.sleep(0.002)
    os.kill(workers[0].pid if worker else process.pid, signal.SIGKILL)


@pytest.mark.timeout(200)
@pytest.mark.filterwarnings("ignore:A worker stopped")
def test_no_kill_loses_a_fit_or_does_one_again(tmp_path: Path) -> None:
    rng, before = random.Random(0), {}
    (wild := tmp_path / "wild").mkdir()
    (calm := tmp_path / "calm").mkdir()
    process = None
    for number in range(KILLS):
        if process is None or process.poll() is not None:
            process = subprocess.Popen(
                [sys.executable, "-c", COMMAND, str(wild)],
                env=environment(PYTHONPATH=os.pathsep.join(map(str, PLACES))),
                stderr=subprocess.DEVNULL,
            )
        wanted = len(kept_in(wild)) + rng.randint(1, 6)
        while len(kept_in(wild)) < wanted:
            assert process.poll() is None
            time.sleep(0.002)
        kill(process, worker=number % 2 == 0)
        if number % 2:
            process.wait()
        found = kept_in(wild)
        assert before.items() <= found.items()
        before = found
    assert fit_all(wild) == fit_all(calm)
    assert before.items() <= kept_in(wild).items()
    assert FITS <= len(runs(wild)) <= FITS + 2 * KILLS  # two are under way at each kill
