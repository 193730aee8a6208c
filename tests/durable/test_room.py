"""One comparison at a time in a folder; what a killed one left behind hinders nobody."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from made_jobs import entry_of, fit, fold_job, runs, views_in
from main_job import environment

from kepler_keras.durable.plan import read_plan
from kepler_keras.durable.room import check_nobody_there, durable_fits
from kepler_keras.errors import InputError, RunError
from kepler_keras.executors import LocalProcesses

HOLDER = """
import sys, time
from pathlib import Path
from kepler_keras.durable.room import durable_fits
from kepler_keras.executors import LocalProcesses
with durable_fits(Path(sys.argv[1]), LocalProcesses(1, 1), command="x"):
    print("held", flush=True)
    time.sleep(60)
"""


def room(out, **settings):
    return durable_fits(out, LocalProcesses(1, 1), command="the command", **settings)


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the folder."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "out")]
    process = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_the_second_is_refused_and_told_who_is_first(tmp_path, holder):
    words = rf"out: another comparison is at work there, process {holder.pid} since \d{{4}}-.*--out"
    with pytest.raises(InputError, match=words), room(tmp_path / "out"):
        pass
    with pytest.raises(InputError, match=words):
        check_nobody_there(tmp_path / "out")
    check_nobody_there(tmp_path / "elsewhere")
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert (tmp_path / "out" / ".folds" / "lock").exists()
    check_nobody_there(tmp_path / "out")
    with room(tmp_path / "out"):
        pass


def test_what_nothing_was_fitted_for_leaves_no_trace(tmp_path):
    with pytest.raises(ValueError, match="bad"), room(tmp_path / "out"):
        raise ValueError("bad")
    assert not (tmp_path / "out").exists()
    (tmp_path / "old").mkdir()
    with room(tmp_path / "old"):
        pass
    assert list((tmp_path / "old").iterdir()) == []


@pytest.mark.parametrize(
    ("error", "word"),
    [(None, "finished"), (KeyboardInterrupt, "interrupted"), (RunError, "failed")],
)
def test_the_plan_says_how_it_ended(tmp_path, error, word):
    views = views_in(tmp_path)
    try:
        with room(tmp_path / "out") as executor:
            list(executor.run(fit, [fold_job(views)]))
            assert read_plan(tmp_path / "out" / ".folds").ended is None
            if error:
                raise error("now")
    except (KeyboardInterrupt, RunError):
        pass
    plan = read_plan(tmp_path / "out" / ".folds")
    assert (plan.ended, plan.command, plan.pid) == (word, "the command", os.getpid())
    assert [(one.entry, one.place) for one in plan.fits] == [("e1", "repeat 1, fold 1")]


def test_fresh_fits_all_again_and_pruning_keeps_what_is_asked_for(tmp_path):
    views = views_in(tmp_path)
    jobs = [fold_job(views, 0, entry_of(name)) for name in ("e1", "e2")]
    with room(tmp_path / "out") as executor:
        list(executor.run(fit, jobs))
    with room(tmp_path / "out") as executor:
        list(executor.run(fit, jobs[:1]))
        executor.store.prune(executor.plan.keys)
    assert runs(tmp_path) == ["e1 0", "e2 0"]
    assert len(list((tmp_path / "out" / ".folds").glob("[!.]*.fit"))) == 1
    with room(tmp_path / "out", fresh=True) as executor:
        list(executor.run(fit, jobs[:1]))
    assert runs(tmp_path) == ["e1 0", "e1 0", "e2 0"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full, always full")
def test_a_full_disk_is_a_sentence(tmp_path):
    views = views_in(tmp_path)
    words = r"\.folds: cannot write there: No space left on device; the folds that ended are kept"
    with room(tmp_path / "out") as executor:
        key = executor.keys.of(fit, fold_job(views))
        (tmp_path / "out" / ".folds" / f"{key}.running").symlink_to("/dev/full")
        with pytest.raises(RunError, match=words):
            list(executor.run(fit, [fold_job(views)]))
