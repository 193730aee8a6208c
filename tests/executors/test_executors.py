"""Jobs run in other processes with their threads set, whatever happens to them."""

import gc
import os
import signal
import subprocess
import sys
import weakref

import numpy as np
import pytest
from executor_jobs import die, drawn
from main_job import ROOT, environment

from kepler_keras.executors import (
    LocalProcesses,
    Persistent,
    WorkerKilledError,
    default_jobs,
    worker_environment,
)

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")


def process_of(job):
    return os.getpid(), [os.environ.get(name) for name in THREADS]


def test_one_job_runs_in_another_process_with_its_threads():
    ((position, (pid, threads)),) = LocalProcesses(1, 2).run(process_of, ["job"])
    assert position == 0
    assert pid != os.getpid()
    assert threads == ["2"] * len(THREADS)


def held_back(job):
    return signal.pthread_sigmask(signal.SIG_BLOCK, ())


@pytest.mark.skipif(os.name == "nt", reason="Windows has no masks of signals")
def test_not_even_the_first_worker_of_a_process_sees_ctrl_c():
    words = "from test_executors import *; print(dict(LocalProcesses(1, 1).run(held_back, [0])))"
    places = os.pathsep.join(map(str, (ROOT, ROOT / "tests", ROOT / "tests" / "executors")))
    told = subprocess.run(
        [sys.executable, "-c", words], env=environment(PYTHONPATH=places), stdout=subprocess.PIPE
    )
    assert b"SIGINT" in told.stdout
    assert b"SIGTERM" in told.stdout


def test_a_change_of_threads_reaches_the_workers():
    for threads in (1, 3):
        ((_, (_, seen)),) = LocalProcesses(1, threads).run(process_of, ["job"])
        assert seen == [str(threads)] * len(THREADS)


def test_results_do_not_depend_on_the_number_of_jobs():
    one, two = (dict(LocalProcesses(jobs, 1).run(drawn, range(6))) for jobs in (1, 2))
    assert one == two


def die_once(path):
    if not path.exists():
        path.touch()
        os._exit(3)
    return path.name


@pytest.mark.timeout(60)
@pytest.mark.filterwarnings("ignore:A worker stopped")
def test_new_workers_go_on_unless_they_are_killed_again_and_again(tmp_path):
    paths = [tmp_path / name for name in "abc"]
    persistent = Persistent(LocalProcesses(1, 1))
    assert dict(persistent.run(die_once, paths[:1])) == {0: "a"}
    with pytest.raises(WorkerKilledError, match="a worker process was killed"):
        list(persistent.run(die, [1, 1]))


def test_environment_names_every_pool():
    environment = worker_environment(4)
    counts = {name: value for name, value in environment.items() if "THREADS" in name}
    assert set(counts.values()) == {"4"}
    assert {"NUMBA_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTEROP_THREADS"} <= set(counts)


def test_as_many_workers_as_processors_feed(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)
    assert [default_jobs(threads) for threads in (1, 3, 8, 100)] == [8, 2, 1, 1]


def ones(job):
    return np.ones(job)


def test_a_result_that_was_handed_out_is_held_no_longer():
    """Views of many stars would otherwise pile up in the parent, shard by shard."""
    results = LocalProcesses(1, 1).run(ones, [3, 3, 3])
    _, first = next(results)
    held = weakref.ref(first)
    del first
    next(results)
    gc.collect()
    assert held() is None
    assert len(list(results)) == 1
