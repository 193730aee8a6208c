"""Real disks that are full or read-only: what ended is kept, and one sentence says the rest."""

import json
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from made_jobs import entry_of, fit, fold_job, runs, views_in
from main_job import ROOT, environment

from kepler_keras.disk import disk_errors
from kepler_keras.durable.room import durable_fits
from kepler_keras.errors import InputError, RunError
from kepler_keras.executors import LocalProcesses
from kepler_keras.tracking import RunFile

# Mounts of its own, so that a disk of any size can be had.
MOUNTS = ["unshare", "--user", "--map-root-user", "--mount"]
STORY = """
import json, subprocess, sys
from pathlib import Path
from test_disks import tried
disk, told = Path(sys.argv[1]), []
for options in ("size=40k", "remount,ro", "remount,rw,size=4m"):
    what = [disk] if "remount" in options else ["-t", "tmpfs", "none", disk]
    subprocess.run(["mount", "-o", options, *what], check=True)
    told.append(tried(disk))
print(json.dumps(told))
"""
FITS = 12


def tried(disk: Path) -> tuple[str, int, int]:
    """One more try: the sentence that ended it, fits that are kept, and fits that were run."""
    views, said = views_in(disk.parent), ""
    try:
        with durable_fits(disk / "out", LocalProcesses(1, 1), command="") as executor:
            list(executor.run(fit, [fold_job(views, 0, entry_of(f"e{i}")) for i in range(FITS)]))
    except InputError as error:
        said = str(error)
    return said, len(list(disk.glob("out/.folds/*.fit"))), len(runs(disk.parent))


def can_mount() -> bool:
    if shutil.which(MOUNTS[0]) is None:
        return False
    command = [*MOUNTS, "mount", "-t", "tmpfs", "none", "/mnt"]
    return not subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode


@pytest.mark.skipif(
    not can_mount(), reason="needs Linux that lets its user mount a disk (unshare, mount)"
)
def test_a_full_disk_and_a_read_only_one_lose_nothing(tmp_path: Path) -> None:
    (disk := tmp_path / "disk").mkdir()
    places = (ROOT, ROOT / "tests", ROOT / "tests" / "durable")
    done = subprocess.run(
        [*MOUNTS, sys.executable, "-c", STORY, str(disk)],
        env=environment(PYTHONPATH=":".join(map(str, places))),
        stdout=subprocess.PIPE,
        check=True,
    )
    full, read_only, room = json.loads(done.stdout)
    assert "out/.folds: cannot write there: No space left on device; the folds that" in full[0]
    assert 1 <= full[1] < FITS
    assert "out: cannot write there: Read-only file system; the folds that ended" in read_only[0]
    assert read_only[1:] == full[1:]
    assert room[:2] == ["", FITS]
    assert room[2] == FITS + full[2] - full[1]  # what had no room was run again, and no other


@pytest.fixture
def small_files() -> Iterator[None]:
    """No file grows beyond a page meanwhile; Python ignores the signal that tells so."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_no_room_for_views_models_or_the_noted_run_is_a_sentence_too(
    tmp_path: Path, small_files: None
) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "weights").symlink_to("/dev/zero")
    noted = RunFile(tmp_path / "run.json", "sqlite:///x", "same" * 2000)
    for write in (
        lambda: np.save(tmp_path / "view.npy", np.zeros(99999)),
        lambda: shutil.copytree(tmp_path / "model", tmp_path / "copy"),
        lambda: noted.note("r"),
    ):
        words = rf"{tmp_path}: cannot write there: (File too large|No space left on device); the "
        with pytest.raises(RunError, match=words), disk_errors(tmp_path):
            write()
    assert not noted.path.exists()
