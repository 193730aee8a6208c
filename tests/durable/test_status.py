"""How far a comparison is, from its folder."""

import os
import re

import pytest

from kepler_keras.durable import lock
from kepler_keras.durable.plan import Fit, Plan
from kepler_keras.durable.status import as_text, status_of
from kepler_keras.durable.store import FitStore
from kepler_keras.errors import InputError


@pytest.fixture
def made(tmp_path):
    """Of entry a two of four fits are kept, of 2 and 4 seconds, one runs; that of b failed."""
    folder = tmp_path / ".folds"
    folder.mkdir()
    store, plan = FitStore(folder), Plan("kepler-keras compare x.yaml", 2)
    plan.fits = [Fit(f"a{n}", "a", f"repeat 1, fold {n + 1}") for n in range(4)]
    plan.fits.append(Fit("b0", "b", "repeat 1, fold 1"))
    plan.write(folder)
    store.keep("a0", "x", str, seconds=2.0)
    store.keep("a1", "x", str, seconds=4.0)
    store.fail("b0", "it diverged")
    store.begin("a2")
    return tmp_path


def counts(status):
    return {one.entry: (one.done, one.running, one.failed, one.total) for one in status.entries}


def test_while_it_runs(made):
    with lock.hold(made / ".folds"):
        found = status_of(made)
    assert (found.state, found.pid) == ("running", os.getpid())
    assert counts(found) == {"a": (2, 1, 0, 4), "b": (0, 0, 1, 1)}
    assert found.seconds_left == 3.0  # two fits of 3 s in two workers
    text = as_text(found)
    assert f"state: running, process {os.getpid()}" in text
    assert re.search(r"^all +2 +1 +1 +5$", text, re.M)
    assert "about 3 s left" in text
    assert "failed: it diverged" in text
    assert "to go on" not in text


def test_after_it_was_killed_nothing_runs(made):
    found = status_of(made)
    assert found.state == "killed"
    assert counts(found)["a"] == (2, 0, 0, 4)
    assert as_text(found).splitlines()[-1] == "to go on: kepler-keras compare x.yaml"


def test_a_folder_without_kept_fits_is_refused(tmp_path):
    with pytest.raises(InputError, match="no comparison has kept fits there"):
        status_of(tmp_path)
