"""What MLflow costs: folds that compute nothing, written into a new sqlite store.

Each fold has a run of its own with three learning curves of 30 epochs and twelve measures, below
the run of its entry; 20 entries share the folds. The time to make the store is given apart.

    python benchmarks/logged_folds.py
"""

import argparse
import tempfile
import time
from pathlib import Path

from kepler_keras.experiment import Experiment
from kepler_keras.record import FoldFit
from kepler_keras.tracking import start_comparison

ENTRIES, EPOCHS, MEASURES = 20, 30, 12


def experiment() -> Experiment:
    """Entries that are never fitted."""
    names = [f"e{number}" for number in range(ENTRIES)]
    return Experiment.model_validate(
        {
            "name": "nothing",
            "question": "What does it cost to write down?",
            "data": {"source": "simulated"},
            "baseline": names[0],
            "entries": [{"name": name, "model": "mlp", "view": "flux"} for name in names],
        }
    )


def fit_of(number: int) -> FoldFit:
    """A fold as a worker hands it back."""
    curves = ("loss", "val_loss", "val_average_precision")
    return FoldFit(
        entry=f"e{number % ENTRIES}",
        repeat=0,
        fold=number // ENTRIES,
        epochs=EPOCHS,
        n_parameters=1000,
        train_seconds=0.0,
        history={name: [0.5] * EPOCHS for name in curves},
    )


def main() -> None:
    """Prints seconds for the store, for all folds, and for one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=1000)
    asked = parser.parse_args()
    measures = {f"measure_{number}": 0.5 for number in range(MEASURES)}
    with tempfile.TemporaryDirectory() as name:
        address = f"sqlite:///{Path(name) / 'mlflow.db'}"
        start = time.perf_counter()
        with start_comparison(experiment(), address=address, environment={}) as tracker:
            made, cpu = time.perf_counter(), time.process_time()
            for number in range(asked.folds):
                tracker.log_fold(fit_of(number), measures)
        seconds, cpu = time.perf_counter() - made, time.process_time() - cpu
    print(f"store made in {made - start:.1f} s; {asked.folds} folds logged in {seconds:.1f} s")
    print(f"({1000 * seconds / asked.folds:.0f} ms a fold), {cpu:.1f} CPU seconds")


if __name__ == "__main__":
    main()
