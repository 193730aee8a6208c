"""Some hundred damaged files; `python -m tests.fuzz` takes ten thousand."""

import os
import subprocess
import sys
from random import Random

import pytest

from kepler_keras.errors import InputError
from tests.fuzz.blind import GOOD, outcomes
from tests.fuzz.commands import ROOT
from tests.fuzz.damage import damaged
from tests.fuzz.judging import READ, REFUSED, judged
from tests.fuzz.readers import READERS
from tests.fuzz.saved import SAVED
from tests.fuzz.sound import SOUND

QUICK = [kind for kind in SOUND if kind not in SAVED] + ["record.json", "predictions.parquet"]


@pytest.mark.parametrize("kind", QUICK)
def test_damaged_files_are_read_or_refused(kind):
    counts = outcomes(kind, 20, start=1)
    assert set(counts) <= set(GOOD)
    assert counts[REFUSED] > 0


def test_sound_files_are_read(tmp_path):
    """Else every damaged one would be refused for what is wrong with all."""
    for kind in QUICK:
        (tmp_path / kind).mkdir()
        file = tmp_path / kind / kind
        file.write_bytes(SOUND[kind]())
        assert READ in [judged(read, file) for read in READERS[kind]], kind


def test_damage_is_the_same_for_the_same_seed():
    for kind in QUICK:
        content = SOUND[kind]()
        assert damaged(Random(3), content, kind) == damaged(Random(3), content, kind)


def test_every_kind_of_fault_is_told(tmp_path):
    def broken(file):
        raise KeyError("x")

    def hidden(file):
        error = InputError("x")
        error.args = ("a.csv: got \x1b[2J",)
        raise error

    def long(file):
        error = InputError("x")
        error.args = ("x" * 9000,)
        raise error

    def two_lines(file):
        raise InputError("a.csv: is", "nothing")

    assert judged(broken, tmp_path).startswith("KeyError at test_fuzzed_input.py")
    assert judged(hidden, tmp_path).startswith("a sentence that is no plain line")
    assert judged(two_lines, tmp_path).startswith("a sentence that is no plain line")
    assert judged(long, tmp_path).startswith("a sentence of 9000 characters")
    assert judged(lambda file: None, tmp_path) == READ


def test_a_file_that_is_written_elsewhere_is_noted(tmp_path):
    code = (
        "import sys, pathlib; from tests.fuzz.watching import escapes, watch_files\n"
        "here, there = map(pathlib.Path, sys.argv[1:]); watch_files([here])\n"
        "(here / 'a').write_text(''); assert escapes() == []\n"
        "(there / 'b').write_text(''); (there / 'c').mkdir(); print(escapes())"
    )
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", code, here, there],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{[str(there / 'b'), str(there / 'c')]}\n"
