"""Jobs for any executor, in a module that workers of every kind can import."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from kepler_keras.errors import InputError


def square(job):
    time.sleep(0.05 * (job == 0))  # the first job ends last
    return job * job


def refuse(job):
    raise InputError(f"job {job} cannot be used")


def drawn(seed):
    return np.random.default_rng(seed).normal(size=100) @ np.arange(100.0)


def doubled(array):
    array *= 2  # a worker may write to what it is given
    return array


def threads_of(job):
    return os.environ["OMP_NUM_THREADS"], os.environ["TF_NUM_INTRAOP_THREADS"]


def begun_at(job):
    start = time.monotonic()
    time.sleep(0.3)
    return start, time.monotonic()


def die(job):
    if job == 1:
        os._exit(3)
    return job


@dataclass(frozen=True)
class Copying:
    """Copies a file, and a folder of files, into another folder."""

    file: Path
    shards: Path
    folder: Path
    name: str

    @property
    def reads(self) -> tuple[Path, ...]:
        return (self.file, self.shards)

    @property
    def writes(self) -> Path:
        return self.folder

    def at(self, places: Mapping[Path, Path]) -> "Copying":
        file, shards, folder = (places[one] for one in (self.file, self.shards, self.folder))
        return replace(self, file=file, shards=shards, folder=folder)


def copy(job):
    content = job.file.read_bytes()
    made = job.folder / f"{job.name}.model"
    (made / "below").mkdir(parents=True)
    (made / "below" / "part").write_bytes(content[::-1])
    (made / "shards").write_bytes(
        b"".join(one.read_bytes() for one in sorted(job.shards.rglob("*.npy")))
    )
    (job.folder / f"{job.name}.fit").write_bytes(content)
    return made


def where(job):
    """Of a file that a job was given: its place here, and when it came here."""
    time.sleep(0.3)
    return str(job.file), job.file.stat().st_mtime_ns


def process_id():
    """What no two workers have in common."""
    return str(os.getpid())
