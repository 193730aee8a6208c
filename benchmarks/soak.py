"""Whether memory grows where one process compares, predicts and reports again and again.

Each round runs three commands in this process, as a notebook or a server would: a comparison with
worker processes and a store, a prediction with its registered model, and a report rebuilt from the
store. Resident memory is taken after each round, of this process and of all its workers, and the
growth between the second and the last third of the rounds is told; the first third warms up.
"""

import argparse
import contextlib
import io
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray
from scipy.stats import bootstrap, theilslopes

from kepler_keras import cli

MIB = 1 << 20
EXPERIMENT = """\
name: soak
question: Does memory grow?
data: {source: simulated, options: {n_stars: 60, prevalence: 0.4, n_cadences: 1000, seed: 1}}
conditioning: {detrend: none}
protocol: {folds: 2, threads: 1, canaries: false}
entries:
  - {name: dense, model: {name: mlp, units: [8]}, view: flux, training: {epochs: 2}}
  - {name: conv, model: {name: conv1d, filters: [4]}, view: flux, training: {epochs: 2}}
baseline: dense
"""


def main() -> None:
    """Repeats the round, and says how memory went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=15.0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--most", type=float, default=20.0, help="MiB that may be gained a third")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kepler_keras-soak-") as folder:
        os.chdir(folder)
        Path("soak.yaml").write_text(EXPERIMENT)
        os.environ["MLFLOW_TRACKING_URI"] = "sqlite:///mlflow.db"
        samples = np.array(list(_samples(60 * asked.minutes, jobs=asked.jobs)))
        os.chdir("/")
    hours, own, whole = samples.T
    print(f"{len(hours)} rounds in {60 * hours[-1]:.1f} min")
    gained = [_tell("this process", hours, own), _tell("with its workers", hours, whole)]
    sys.exit(max(gained) > asked.most)


def _samples(seconds: float, *, jobs: int) -> Iterator[tuple[float, float, float]]:
    """Hours since the start, and MiB of this process alone and with its workers, a round each."""
    start, process, number = time.monotonic(), psutil.Process(), 0
    while time.monotonic() - start < seconds:
        _round(f"round-{number}", jobs=jobs)
        own = process.memory_info().rss / MIB
        workers = sum(_resident(child) for child in process.children(recursive=True))
        number += 1
        hours = (time.monotonic() - start) / 3600
        print(f"{3600 * hours:6.0f} s  {own:7.1f} MiB  {own + workers:7.1f} MiB", flush=True)
        yield hours, own, own + workers


def _resident(process: psutil.Process) -> float:
    try:
        return float(process.memory_info().rss / MIB)
    except psutil.NoSuchProcess:
        return 0.0


def _round(name: str, *, jobs: int) -> None:
    _command("compare", "soak.yaml", "--out", name, "--jobs", str(jobs), "--register", "soak")
    _command("predict", "soak.yaml", "--model", "models:/soak@champion", "--out", "scores.csv")
    _command("report", "--experiment", "soak", "--out", f"{name}-again")


def _command(*arguments: str) -> None:
    """Runs a command in this process; what it says is shown only if it fails."""
    said = io.StringIO()
    sys.argv = ["kepler-keras", *arguments]
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            cli.main()
    except SystemExit as stopped:
        if stopped.code:
            raise RuntimeError(
                f"{arguments} ended with {stopped.code}: {said.getvalue()}"
            ) from None


def _tell(what: str, hours: NDArray[np.float64], memory: NDArray[np.float64]) -> float:
    """Prints the growth after warm-up; returns MiB between the medians of its two thirds."""
    second, last = np.array_split(memory, 3)[1:]
    gained = float(np.median(last) - np.median(second))
    warm = slice(len(memory) - len(second) - len(last), None)
    slope, _, low, high = theilslopes(memory[warm], hours[warm], 0.95)
    print(
        f"{what}: median {np.median(second):.1f} MiB in the second third, {np.median(last):.1f} "
        f"MiB in the last, {gained:+.1f} MiB {_interval((last, second))}; "
        f"slope {slope:+.0f} MiB an hour [{low:+.0f}, {high:+.0f}]"
    )
    return gained


def _interval(parts: Sequence[NDArray[np.float64]]) -> str:
    """The 95 % interval of a difference of medians, by bootstrap."""

    def difference(
        last: NDArray[np.float64], second: NDArray[np.float64], axis: int
    ) -> NDArray[np.float64]:
        return np.asarray(np.median(last, axis=axis) - np.median(second, axis=axis))

    found = bootstrap(parts, difference, method="percentile", rng=0).confidence_interval
    return f"[{found.low:+.1f}, {found.high:+.1f}]"


if __name__ == "__main__":
    main()
