"""Two workers of one thread against one worker of two threads, on folds of the zoo's plain CNN.

The network, its training and the number of rows are those of `conv1d` in
`experiments/kepler_zoo.yaml`; the curves are noise, and every fit goes on for as many epochs as it
is told. The two sides take turns, so that other work on the machine hits both; before each turn its
workers start, import and fit once, which is not counted. The wall seconds are those that a user
waits, the CPU seconds those that the fits used.

    python benchmarks/workers.py
"""

import argparse
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import numpy as np
import yaml

from kepler_keras.data.splits import Fold
from kepler_keras.entry import Entry
from kepler_keras.executors import LocalProcesses
from kepler_keras.training.cross_validation import FoldJob, ViewFiles, run_fold

ZOO = Path(__file__).resolve().parents[1] / "experiments" / "kepler_zoo.yaml"
STARS, BINS, FOLDS = 4399, 201, 4
SIDES = {
    "2 workers of 1 thread": LocalProcesses(2, 1),
    "1 worker of 2 threads": LocalProcesses(1, 2),
}


@dataclass(frozen=True)
class Turn:
    """What the folds took once; both in seconds."""

    wall: float
    cpu: float


def jobs_in(folder: Path, *, epochs: int) -> list[FoldJob]:
    """Folds of noise in which every tenth star has a dip."""
    rng = np.random.default_rng(0)
    labels = (np.arange(STARS) % 10 == 0).astype(np.int8)
    curves = rng.standard_normal((STARS, BINS, 1)).astype(np.float32)
    curves[labels == 1, 95:106] -= 0.7
    np.save(folder / "view.npy", curves)
    views = ViewFiles({"global_view": folder / "view.npy"}, labels)
    zoo = yaml.safe_load(ZOO.read_text(encoding="utf-8"))
    plain = next(one for one in zoo["entries"] if one["name"] == "conv1d")
    entry = Entry.model_validate({**plain, "training": {**plain["training"], "epochs": epochs}})
    parts = np.array_split(rng.permutation(STARS), 5)
    return [
        FoldJob(entry, Fold(0, i, np.concatenate(parts[:3]), parts[3], parts[4]), views, seed=i)
        for i in range(FOLDS)
    ]


def turn_of(workers: LocalProcesses, jobs: list[FoldJob]) -> Turn:
    """The time of all folds, after one short fit in each worker."""
    short = jobs[0].entry.model_copy(
        update={"training": jobs[0].entry.training.model_copy(update={"epochs": 1})}
    )
    list(workers.run(run_fold, [replace(job, entry=short) for job in jobs[: workers.jobs]]))
    start, cpu = time.perf_counter(), 0.0
    for _, outcome in workers.run(run_fold, jobs):
        assert not isinstance(outcome, str), outcome
        cpu += outcome.fit.cpu_seconds or 0.0
    return Turn(time.perf_counter() - start, cpu)


def main() -> None:
    """Prints every turn, and the median of what the pairs of turns say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=8)
    asked = parser.parse_args()
    faster, cheaper = [], []
    with tempfile.TemporaryDirectory() as name:
        jobs = jobs_in(Path(name), epochs=asked.epochs)
        for _ in range(asked.rounds):
            turns = {side: turn_of(workers, jobs) for side, workers in SIDES.items()}
            for side, turn in turns.items():
                print(f"{side}: {turn.wall:.1f} s, {turn.cpu:.1f} CPU s", flush=True)
            two, one = turns.values()
            faster.append(one.wall / two.wall)
            cheaper.append(one.cpu / two.cpu)
    print(f"{FOLDS} folds of {asked.epochs} epochs, {asked.rounds} turns a side, medians:")
    print(f"two workers of one thread are {median(faster):.2f} times as fast (wall),")
    print(f"and one worker of two threads takes {median(cheaper):.2f} times the CPU seconds")


if __name__ == "__main__":
    main()
