"""Which settings of `training` make an epoch cheaper on this machine, and which do not.

Each network is trained by the package itself, its own batches and augmentation included, for one
epoch and for three; half of the difference is an epoch without compilation. On one thread, in this
process; a ratio below 1 is cheaper than the defaults. XLA (`jit_compile`) is no setting of the
package, for Keras does not combine it with repeatable kernels; with `--xla` it is timed by `fit` on
the bare arrays, against the same without, and no repeatable kernels are asked for.

    python benchmarks/training_settings.py                 # some minutes
    python benchmarks/training_settings.py --out FILE.json # and keep the figures
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

os.environ.update(TF_NUM_INTRAOP_THREADS="1", TF_NUM_INTEROP_THREADS="1", OMP_NUM_THREADS="1")

import numpy as np

from kepler_keras.data.imbalance.strategy import Plan
from kepler_keras.data.scaling import UNSCALED
from kepler_keras.data.views import Views
from kepler_keras.experiment import Entry
from kepler_keras.models.registry import find_builder
from kepler_keras.training.backend import load_tensorflow
from kepler_keras.training.building import build
from kepler_keras.training.seeding import seed_everything
from kepler_keras.training.training_rows import TrainingRows

Figures = dict[str, dict[str, float]]

LONG = 3  # epochs of the longer run
SETTINGS: dict[str, dict[str, Any]] = {
    "defaults": {},
    "steps_per_execution 8": {"steps_per_execution": 8},
    "mixed_bfloat16": {"precision": "mixed_bfloat16"},
}
CASES: dict[str, tuple[dict[str, Any], dict[str, tuple[int, ...]], int]] = {
    "mlp on flux 3197": ({"name": "mlp"}, {"flux": (3197, 1)}, 1024),
    "conv1d on folded 201": (
        {"name": "conv1d", "preset": "folded"},
        {"global_view": (201, 1)},
        1024,
    ),
    "fcn on folded 201": ({"name": "fcn"}, {"global_view": (201, 1)}, 256),
    "astronet on 201 + 61": (
        {"name": "astronet", "preset": "yu2019"},
        {"global_view": (201, 1), "local_view": (61, 1)},
        512,
    ),
}


def rows_of(shapes: dict[str, tuple[int, ...]], n: int, seed: int) -> TrainingRows:
    """White noise, every third row a planet."""
    rng = np.random.default_rng(seed)
    views = Views(
        {k: rng.standard_normal((n, *shape), dtype=np.float32) for k, shape in shapes.items()}
    )
    labels = (np.arange(n) % 3 == 0).astype(np.int8)
    plan = Plan(np.arange(n), np.ones(n, np.float32))
    return TrainingRows(views, np.arange(n), views[:0], labels, plan)


def cpu_seconds(entry: Entry, rows: TrainingRows, *, epochs: int, seed: int) -> float:
    """CPU time of building and training for so many epochs."""
    from kepler_keras.training.network import train

    seed_everything(seed)
    model = build(entry, rows.views.shapes)
    start = time.process_time()
    train(
        model,
        entry,
        rows,
        scaler=UNSCALED,
        watched=None,
        epochs=epochs,
        cadence=0.02,
        seed=seed,
    )
    return time.process_time() - start


def an_epoch(entry: Entry, rows: TrainingRows, *, rounds: int, seed: int) -> float:
    """The least CPU time of an epoch without compilation."""
    short, long = (
        min(cpu_seconds(entry, rows, epochs=epochs, seed=seed) for _ in range(rounds))
        for epochs in (1, LONG)
    )
    return (long - short) / (LONG - 1)


def xla_ratio(entry: Entry, rows: TrainingRows, *, rounds: int) -> float:
    """CPU time of an epoch with XLA against one without; compilation is not counted."""
    import keras

    given, labels = rows.views.as_input(), rows.labels.astype(np.float32)[:, None]
    least = {}
    for jit in (False, True):
        model = find_builder(entry.model)(rows.views.shapes)
        loss = keras.losses.BinaryCrossentropy(from_logits=True)
        model.compile(optimizer="adam", loss=loss, jit_compile=jit)
        model.fit(given, labels, batch_size=64, verbose=0)
        times = []
        for _ in range(rounds):
            start = time.process_time()
            model.fit(given, labels, batch_size=64, verbose=0)
            times.append(time.process_time() - start)
        least[jit] = min(times)
    return least[True] / least[False]


def main() -> None:
    """Prints a table of ratios, and writes the figures if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--xla", action="store_true", help="time XLA instead of the settings")
    parser.add_argument("--out", type=Path, help="a JSON file for the figures")
    arguments = parser.parse_args()
    load_tensorflow()
    figures = xla(arguments) if arguments.xla else settings(arguments)
    if arguments.out:
        kept = {"python": sys.version.split()[0], "figures": figures}
        arguments.out.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def xla(arguments: argparse.Namespace) -> Figures:
    """The ratio of XLA, a line a network."""
    figures: Figures = {}
    for case, (model, shapes, n) in CASES.items():
        entry = entry_of(model, shapes, {})
        ratio = xla_ratio(entry, rows_of(shapes, n, arguments.seed), rounds=arguments.rounds)
        figures[case] = {"jit_compile": ratio}
        print(f"{case:24} jit_compile {ratio:.2f}", flush=True)
    return figures


def settings(arguments: argparse.Namespace) -> Figures:
    """CPU milliseconds an example under each setting, a line of ratios a network."""
    figures: Figures = {}
    print(f"{'network':24}{'ms an example':>14}" + "".join(f"{s:>24}" for s in SETTINGS))
    for case, (model, shapes, n) in CASES.items():
        rows, figures[case] = rows_of(shapes, n, arguments.seed), {}
        for setting, changes in SETTINGS.items():
            entry = entry_of(model, shapes, changes)
            seconds = an_epoch(entry, rows, rounds=arguments.rounds, seed=arguments.seed)
            figures[case][setting] = 1e3 * seconds / n
        base = figures[case]["defaults"]
        ratios = "".join(f"{value / base:24.2f}" for value in figures[case].values())
        print(f"{case:24}{base:14.3f}{ratios}", flush=True)
    return figures


def entry_of(
    model: dict[str, Any], shapes: dict[str, tuple[int, ...]], changes: dict[str, Any]
) -> Entry:
    """An entry of a network with some settings of its training."""
    return Entry.model_validate(
        {"name": "timed", "model": model, "views": list(shapes), "training": changes}
    )


if __name__ == "__main__":
    main()
