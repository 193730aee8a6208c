"""`kepler-keras prepare` on flux several times larger than the memory that it and its workers get.

The set is simulated, long and many: by default 12,000 stars of 65,000 cadences, 3.1 GB, under a
limit of 1 GB for the command and all its workers together. They are conditioned, searched (over a
narrow range of periods, so that the benchmark ends) and made into two views: the flux itself, which
is as large again, and a folded one. The limit is a control group where one can be made (Linux, as
root), which counts the pages of files as well; else `RLIMIT_DATA` of each process, which does not.

    python benchmarks/larger_than_memory.py [--stars N] [--cadences N] [--limit BYTES] [--jobs N]
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup/memory")  # version 1
EXPERIMENT = """
name: larger_than_memory
question: Do data that do not fit memory go through?
data:
  source: simulated
  options: {{n_stars: {stars}, n_cadences: {cadences}, max_impact: 0.5}}
search: {{min_period: 1.0, max_period: 1.3, durations: [0.3]}}
entries:
  - {{name: whole, model: mlp, view: flux}}
  - {{name: folded, model: mlp, view: global_view}}
baseline: whole
"""


@contextmanager
def control_group(limit: int) -> Iterator[Path | None]:
    """A group of processes that share so much memory; None where none can be made."""
    group = GROUPS / f"prepared-{os.getpid()}"
    try:
        group.mkdir()
        (group / "memory.limit_in_bytes").write_text(str(limit), encoding="ascii")
    except OSError:
        yield None
        return
    try:
        yield group
    finally:
        for _ in range(100):  # a process of the command may take a moment to end
            with suppress(OSError):
                group.rmdir()
                break
            time.sleep(0.1)


def command(file: Path, out: Path, *, jobs: int) -> list[str]:
    """The command whose memory is limited."""
    words = ["prepare", str(file), "--out", str(out), "--jobs", str(jobs)]
    return [sys.executable, "-m", "kepler_keras.cli", *words]


def processes_of(first: int) -> list[int]:
    """A process and all that it started."""
    found = [first]
    for parent in found:
        with suppress(OSError):
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii")
            found += map(int, children.split())
    return found


def anonymous(process: int) -> int:
    """Bytes of a process that are no file's; 0 where it is gone."""
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
        return 1024 * int(next(line for line in lines if line.startswith("RssAnon")).split()[1])
    return 0


class Watch:
    """Looks at the memory of a command while it runs."""

    def __init__(self, process: int) -> None:
        self.one = self.all = 0  # bytes, at most
        self._process, self._ended = process, threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def _look(self) -> None:
        while not self._ended.wait(0.1):
            sizes = [anonymous(one) for one in processes_of(self._process)]
            self.one, self.all = max(self.one, *sizes), max(self.all, sum(sizes))

    def end(self) -> None:
        """Stops looking."""
        self._ended.set()
        self._thread.join()


def run(asked: argparse.Namespace, folder: Path) -> int:
    """Prepares the set under the limit and prints what it took."""
    file, out = folder / "long.yaml", folder / "prepared"
    file.write_text(EXPERIMENT.format(stars=asked.stars, cadences=asked.cadences), encoding="utf-8")
    flux, start = 4 * asked.stars * asked.cadences, time.perf_counter()
    with control_group(asked.limit) as group:

        def enter() -> None:
            if group is not None:
                (group / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")
            else:
                resource.setrlimit(resource.RLIMIT_DATA, (asked.limit, resource.RLIM_INFINITY))

        running = subprocess.Popen(
            command(file, out, jobs=asked.jobs),
            env={**os.environ, "KEPLER_KERAS_CACHE": str(folder / "cache")},
            preexec_fn=enter,
        )
        watch = Watch(running.pid)
        code = running.wait()
        watch.end()
        used = (group / "memory.max_usage_in_bytes").read_text(encoding="ascii") if group else ""
    written = sum(path.stat().st_size for path in out.rglob("*.npy"))
    how = "for all processes and their files' pages" if group else "of data for each process"
    print(f"exit code {code} after {time.perf_counter() - start:.0f} s with {asked.jobs} workers")
    print(f"flux {flux / 1e9:.2f} GB, written {written / 1e9:.2f} GB")
    print(f"limit {asked.limit / 1e9:.2f} GB {how}; flux is {flux / asked.limit:.1f} times that")
    one, every = watch.one / 1e9, watch.all / 1e9
    print(f"peak of anonymous memory: one process {one:.2f} GB, all of them {every:.2f} GB")
    if used:
        print(f"peak of the group, pages of files included: {int(used) / 1e9:.2f} GB")
    return code


def main() -> int:
    """Parses what was typed and runs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stars", type=int, default=12_000)
    parser.add_argument("--cadences", type=int, default=65_000)
    parser.add_argument("--limit", type=int, default=1_000_000_000)
    parser.add_argument("--jobs", type=int, default=2)
    with tempfile.TemporaryDirectory(prefix="larger_than_memory-") as name:
        return run(parser.parse_args(), Path(name))


if __name__ == "__main__":
    sys.exit(main())
