"""From a pair of CSV files of the Kaggle set's size to a table of candidates, cold and warm.

The pair is simulated: 5657 stars of 3197 cadences. Each run is a process of its own, imports and
all; the machine code is compiled before. Cold means that nothing is in the package's own cache,
warm that the cold run filled it; the files lie in the page cache for both.

    python benchmarks/candidates.py                        # about two minutes, most of it writing
    python benchmarks/candidates.py --out candidates.json  # and keep the figures
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from kaggle_files import FILES
from kaggle_pair import write_simulated

LIMITS = {"wall_s": 20.0, "peak_gb": 1.5}  # on two cores; 6 s would be better still
FEW_STARS = 40
POLL = 0.02  # s
SETTLED = 3.0  # s; a file that was written just now is not remembered yet


@dataclass(frozen=True)
class Run:
    """What one process took: CPU seconds with its children's, peak memory of its own."""

    wall_s: float
    cpu_s: float
    peak_gb: float
    said: str

    def within_limits(self) -> bool:
        """Whether both limits hold."""
        return self.wall_s <= LIMITS["wall_s"] and self.peak_gb <= LIMITS["peak_gb"]


def main() -> None:
    """Writes the files, searches them twice, prints and keeps the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="a JSON file for the figures")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="candidates-") as name:
        folder = Path(name)
        few, pair = folder / "few", folder / "kaggle"
        few.mkdir()
        pair.mkdir()
        write_simulated(few / "exoTrain.csv", rows=FEW_STARS, hosts=4, seed=asked.seed)
        for number, (file, (rows, hosts)) in enumerate(FILES.items()):
            write_simulated(pair / file, rows=rows, hosts=hosts, seed=asked.seed + number)
        search(few / "exoTrain.csv", cache=folder / "other", jobs=asked.jobs)
        time.sleep(SETTLED)
        runs = {}
        for step in ("cold", "warm"):
            runs[step] = search(pair, cache=folder / "cache", jobs=asked.jobs)
            report(step, runs[step])
    if asked.out:
        figures = {step: asdict(run) for step, run in runs.items()}
        asked.out.write_text(json.dumps({"limits": LIMITS, **figures}, indent=2) + "\n")
    if not all(run.within_limits() for run in runs.values()):
        sys.exit(f"over the limits: {LIMITS}")


def search(curves: Path, *, cache: Path, jobs: int) -> Run:
    """Runs the command on a file or folder and watches it."""
    table = cache.with_suffix(".csv")
    command = [sys.executable, "-m", "kepler_keras.cli", "search", str(curves)]
    command += ["--out", str(table), "--jobs", str(jobs)]
    environment = {**os.environ, "KEPLER_KERAS_CACHE": str(cache)}
    started = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        peak = 0.0
        while (ended := os.wait4(process.pid, os.WNOHANG))[0] == 0:
            peak = max(peak, peak_memory(process.pid))
            time.sleep(POLL)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(ended[1])
        said = process.stdout.read() if process.stdout else ""
    if process.returncode:
        sys.exit(process.returncode)
    if not table.exists():
        sys.exit(f"{' '.join(command)} wrote no table")
    return Run(wall, ended[2].ru_utime + ended[2].ru_stime, peak, said.strip())


def peak_memory(process: int) -> float:
    """Largest memory so far, GB; what `wait4` tells would count this process's own before exec."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    lines = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(lines[0].split()[1]) * 1024 / 1e9 if lines else 0.0  # none once it has ended


def report(step: str, run: Run) -> None:
    """Prints one run."""
    verdict = "within the limits" if run.within_limits() else "OVER THE LIMITS"
    print(
        f"{step}: {run.wall_s:.1f} s, {run.cpu_s:.1f} CPU s, peak {run.peak_gb:.2f} GB, {verdict}",
        flush=True,
    )
    print("  " + run.said.replace("\n", "\n  "), flush=True)


if __name__ == "__main__":
    main()
