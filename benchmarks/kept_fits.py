"""What keeping a fit costs: folds that compute nothing, through workers with and without the store.

python benchmarks/kept_fits.py
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from kepler_keras.data.splits import Fold
from kepler_keras.durable.executor import DurableExecutor
from kepler_keras.durable.room import durable_fits
from kepler_keras.executors import LocalProcesses
from kepler_keras.experiment import Entry
from kepler_keras.record import MemberFit
from kepler_keras.training.cross_validation import FoldJob, FoldOutcome, ViewFiles
from kepler_keras.training.scoring import PartScores

STARS, COLUMNS, EPOCHS = 5087, 3197, 30  # the set that everybody uses


def nothing(job: FoldJob) -> FoldOutcome | str:
    """A fold's outcome of real size, at no cost."""
    history = {name: [0.1] * EPOCHS for name in ("loss", "val_loss", "val_average_precision")}
    fit = MemberFit(seed=job.seed, epochs=1, train_seconds=0.0, history=history)
    validation, test = (
        PartScores(np.float64(0.1) * rows, np.float64(0.2) * rows)
        for rows in (job.fold.validation, job.fold.test)
    )
    return FoldOutcome(fit, 1, "probability", validation, test)


def jobs_in(folder: Path, number: int) -> list[FoldJob]:
    """Folds over curves of real size."""
    path = folder / "view.npy"
    rng = np.random.default_rng(0)
    np.save(path, rng.normal(size=(STARS, COLUMNS, 1)).astype(np.float32))
    views = ViewFiles({"flux": path}, np.zeros(STARS, np.int8), 0.02)
    entry = Entry.model_validate({"name": "nothing", "model": "mlp", "view": "flux"})
    parts = np.split(rng.permutation(STARS), [STARS * 16 // 25, STARS * 4 // 5])
    return [FoldJob(entry, Fold(0, fold, *parts), views, seed=0) for fold in range(number)]


def seconds(executor: DurableExecutor | LocalProcesses, jobs: list[FoldJob]) -> float:
    """Wall seconds of a fold."""
    start = time.perf_counter()
    assert all(not isinstance(one, str) for _, one in executor.run(nothing, jobs))
    return (time.perf_counter() - start) / len(jobs)


def main() -> None:
    """Prints seconds a fold: without the store, with it, and where all is kept already."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=600)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        workers, jobs = LocalProcesses(2, 1), jobs_in(Path(name), asked.folds)
        seconds(workers, jobs[:8])  # workers start and import
        plain = seconds(workers, jobs)
        with durable_fits(Path(name) / "out", workers, command="") as executor:
            kept = seconds(executor, jobs)
        with durable_fits(Path(name) / "out", workers, command="") as executor:
            again = seconds(executor, jobs)
        files = list((Path(name) / "out" / ".folds").glob("[!.]*.fit"))
        size = sum(path.stat().st_size for path in files) / len(files)
    print(f"{len(files)} folds of {STARS} stars in 2 workers, seconds a fold:")
    print(f"without the store {plain:.4f}, with it {kept:.4f} (so it costs {kept - plain:.4f})")
    print(f"read back instead of fitted {again:.4f}; {size / 1000:.0f} kB a fold on the disk")


if __name__ == "__main__":
    main()
