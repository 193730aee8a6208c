"""A fold fitted and scored on views several times larger than the memory that its process may take.

Curves of noise, every tenth with box-shaped dips, are written to a `.npy` part by part. A worker of
its own then trains the zoo's `conv1d`, preset `strided`, for one epoch on three fifths of the rows,
and scores the rest, twice: free, and under a limit. The limit is a control group where one can be
made (Linux, as root), which counts the pages of the file as well; else `RLIMIT_DATA`, which does
not. Each worker starts with the file out of the page cache. Scores must be equal.

    python benchmarks/training_larger_than_memory.py
"""

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from kepler_keras.data.splits import Fold
from kepler_keras.entry import Entry
from kepler_keras.training.cross_validation import FoldJob, ViewFiles, load_libraries, run_fold
from kepler_keras.training.memory import free_memory

COLUMNS, PART, GB = 3197, 4000, 1e9
V1, V2 = Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup")


def write_views(path: Path, *, size: float) -> None:
    """A `.npy` of about `size` bytes, then put out of the page cache."""
    rng, n = np.random.default_rng(0), round(size / 4 / COLUMNS)
    with path.open("wb") as file:
        head = {"descr": "<f4", "fortran_order": False, "shape": (n, COLUMNS, 1)}
        np.lib.format.write_array_header_1_0(file, head)  # type: ignore[no-untyped-call]
        for start in range(0, n, PART):
            curves = rng.standard_normal((min(PART, n - start), COLUMNS), np.float32)
            for row in range(-start % 10, len(curves), 10):
                first, period = rng.integers(50, 400), rng.integers(200, 700)
                for place in range(first, COLUMNS - 8, period):
                    curves[row, place : place + 8] -= 3
            file.write(curves.tobytes())
    forget(path)


def forget(path: Path) -> None:
    """Makes the file's pages leave the memory, so that whoever reads it again pays for them."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def job_on(path: Path) -> FoldJob:
    """Three fifths are trained on, a fifth is watched, a fifth tested."""
    n = len(np.load(path, mmap_mode="r"))
    labels = (np.arange(n) % 10 == 0).astype(np.int8)
    fifths = np.array_split(np.random.default_rng(1).permutation(n), 5)
    train, validation, test = (
        np.sort(rows) for rows in (np.concatenate(fifths[:3]), fifths[3], fifths[4])
    )
    entry = Entry.model_validate(
        {
            "name": "conv1d",
            "model": {"name": "conv1d", "preset": "strided"},
            "view": "flux",
            "training": {"epochs": 1},
        }
    )
    fold = Fold(0, 0, train, validation, test)
    return FoldJob(entry, fold, ViewFiles({"flux": path}, labels, 0.02), seed=0)


def anonymous() -> int:
    """Bytes of this process that are no file's."""
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return 1024 * int(next(line for line in status if line.startswith("RssAnon")).split()[1])


def worker(path: Path, limit: float | None, group: Path | None) -> dict[str, Any]:
    """Fits and scores the fold, and says what that took."""
    if group is not None:
        (group / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")
    elif limit is not None:
        resource.setrlimit(resource.RLIMIT_DATA, (int(limit), resource.RLIM_INFINITY))
    job = job_on(path)
    load_libraries(job.entry)
    peak, done, start = [anonymous()], threading.Event(), time.perf_counter()
    free = free_memory()

    def watch() -> None:
        while not done.wait(0.02):
            peak[0] = max(peak[0], anonymous())

    watching = threading.Thread(target=watch)
    watching.start()
    outcome = run_fold(job)
    done.set()
    watching.join()
    assert not isinstance(outcome, str), outcome
    scores = np.concatenate([outcome.validation.alone, outcome.test.alone])
    return {
        "seconds": time.perf_counter() - start,
        "train_seconds": outcome.fit.train_seconds,
        "cpu_seconds": outcome.fit.cpu_seconds,
        "peak": peak[0],
        "free": free,
        "average_precision": outcome.fit.history["val_average_precision"][-1],
        "scores": hashlib.sha256(scores.tobytes()).hexdigest()[:16],
    }


@contextmanager
def limited_group(limit: float) -> Iterator[Path | None]:
    """A control group that may hold `limit` bytes, files' pages included; None where none can be.

    It has no swap, for what is swapped out would be no memory.
    """
    v1 = (V1 / "memory.limit_in_bytes").exists()
    group = (V1 if v1 else V2) / f"larger-than-memory-{os.getpid()}"
    try:
        group.mkdir()
        (group / ("memory.limit_in_bytes" if v1 else "memory.max")).write_text(str(int(limit)))
        (group / ("memory.memsw.limit_in_bytes" if v1 else "memory.swap.max")).write_text(
            str(int(limit)) if v1 else "0"
        )
    except OSError as error:
        print(f"no control group can be made ({error}): RLIMIT_DATA instead")
        if group.is_dir():
            group.rmdir()
        yield None
        return
    try:
        yield group
    finally:
        group.rmdir()


def peak_of(group: Path) -> int:
    """The most bytes that a group has held, files' pages included."""
    files = ("memory.max_usage_in_bytes", "memory.peak")
    return int(next((group / name).read_text() for name in files if (group / name).exists()))


def fitted(path: Path, *, limit: float | None = None, group: Path | None = None) -> dict[str, Any]:
    """What a worker says."""
    forget(path)
    command = [sys.executable, __file__, "--worker", str(path)]
    command += ["--limit", str(limit)] if limit is not None else []
    command += ["--group", str(group)] if group is not None else []
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if ended.returncode:
        raise SystemExit(f"the worker ended with {ended.returncode}")
    said: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return said


def print_side(name: str, said: dict[str, Any]) -> None:
    """One line of figures."""
    print(
        f"{name}: {said['seconds']:.1f} s, of which fitting {said['train_seconds']:.1f} s "
        f"({said['cpu_seconds']:.1f} CPU s); anonymous memory at most {said['peak'] / GB:.2f} GB; "
        f"free at the start {said['free'] / GB:.2f} GB; validation average precision "
        f"{said['average_precision']:.4f}; scores {said['scores']}",
        flush=True,
    )


def main() -> None:
    """Prints size, limit, memory, seconds and whether the scores are the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=float, default=4.0, help="of the views, GB")
    parser.add_argument("--limit", type=float, default=1e9, help="bytes of the limited worker")
    parser.add_argument("--folder", type=Path, help="where the views are written for a while")
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--group", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        limit = asked.limit if "--limit" in sys.argv else None
        print(json.dumps(worker(asked.worker, limit, asked.group)))
        return
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        path = Path(name) / "view.npy"
        start = time.perf_counter()
        write_views(path, size=asked.size * GB)
        size = path.stat().st_size
        print(f"views of {size / GB:.2f} GB, written in {time.perf_counter() - start:.0f} s")
        with limited_group(asked.limit) as group:
            bound = fitted(path, limit=asked.limit, group=group)
            print_side(f"limit of {asked.limit / GB:.2f} GB", bound)
            if group is not None:
                print(f"the group held {peak_of(group) / GB:.2f} GB at most, file pages included")
        free = fitted(path)
        print_side("without a limit", free)
    print(f"data {size / asked.limit:.1f} times the limit; ", end="")
    print(
        f"{bound['seconds'] / free['seconds']:.2f} times the seconds of the free worker; ", end=""
    )
    print("the same scores" if bound["scores"] == free["scores"] else "DIFFERENT SCORES")


if __name__ == "__main__":
    main()
