"""Trains our fcn and aeon's FCNClassifier on the same curves in one process, on one thread.

    python benchmarks/fcn_against_aeon.py [--length 201] [--curves 512] [--seed 0] [--out FILE]

aeon 1.6 must be installed. Both sides get the same curves, batch size, epochs, Adam and one pass
over the curves an epoch, without validation. Each is compiled as its package does it, which on a
CPU is plain TensorFlow for both. The layers are the same but for aeon's biases before batch
normalisation, which are idle, and its second logit. aeon's saving of the best epoch is not counted,
its accuracy is. The sides take turns. Printed: CPU milliseconds per example and epoch, the least of
all rounds' epochs after the first, which compiles; and their ratio to aeon's.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.experiment import Choice
from kepler_keras.models.registry import find_builder
from kepler_keras.training.backend import load_tensorflow

load_tensorflow()

import keras  # noqa: E402
from aeon.classification.deep_learning import FCNClassifier  # noqa: E402

LEARNING_RATE = 1e-3
Curves = NDArray[np.float32]
Labels = NDArray[np.int64]


class EpochTimes(keras.callbacks.Callback):  # type: ignore[misc]
    """CPU seconds of each epoch; callbacks that come after it are not counted."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Starts the clock."""
        self.begun = time.process_time()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Stops it."""
        self.seconds.append(time.process_time() - self.begun)


def simulated(n: int, length: int, seed: int) -> tuple[Curves, Labels]:
    """Noise, every second curve with a dip three deep and a tenth of the curve wide."""
    rng = np.random.default_rng(seed)
    curves = rng.standard_normal((n, length, 1), dtype=np.float32)
    labels = np.arange(n) % 2
    for row in np.flatnonzero(labels):
        start = rng.integers(0, 9 * length // 10)
        curves[row, start : start + length // 10] -= 3
    return curves, labels


def ours(preset: str, *, epochs: int, batch_size: int, seed: int) -> Callable[..., Any]:
    """Our network under our settings."""

    def fit(curves: Curves, labels: Labels, times: EpochTimes) -> Any:
        keras.utils.set_random_seed(seed)
        model = find_builder(Choice(name="fcn", options={"preset": preset}))(
            {"curve": curves.shape[1:]}
        )
        model.compile(
            optimizer=keras.optimizers.Adam(LEARNING_RATE),
            loss=keras.losses.BinaryCrossentropy(from_logits=True),
            jit_compile=False,
        )
        targets = labels[:, None].astype(np.float32)
        model.fit(
            curves, targets, batch_size=batch_size, epochs=epochs, callbacks=[times], verbose=0
        )
        return model

    return fit


def aeons(*, epochs: int, batch_size: int, seed: int) -> Callable[..., Any]:
    """The network of aeon by its own classifier, which takes channels before places."""

    def fit(curves: Curves, labels: Labels, times: EpochTimes) -> Any:
        with tempfile.TemporaryDirectory() as folder:
            classifier = FCNClassifier(
                n_epochs=epochs,
                batch_size=batch_size,
                random_state=seed,
                callbacks=[times],
                optimizer=keras.optimizers.Adam(LEARNING_RATE),
                file_path=f"{folder}/",
            )
            classifier.fit(curves.transpose(0, 2, 1), labels)
        return classifier.training_model_

    return fit


def main() -> None:
    """Measures, prints and keeps the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--length", type=int, default=201, help="bins or cadences of a curve")
    parser.add_argument("--curves", type=int, default=512)
    parser.add_argument("--epochs", type=int, default=3, help="the first does not count")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="a JSON file for the figures")
    asked = parser.parse_args()
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    settings = {"epochs": asked.epochs, "batch_size": asked.batch_size, "seed": asked.seed}
    sides = {
        "aeon": aeons(**settings),
        "paper": ours("paper", **settings),
        "strided": ours("strided", **settings),
    }
    data = simulated(asked.curves, asked.length, asked.seed)
    figures: dict[str, Any] = {"length": asked.length, "curves": asked.curves, **settings}
    seconds: dict[str, list[float]] = {side: [] for side in sides}
    parameters = {}
    for _ in range(asked.rounds):
        for side, fit in sides.items():
            times = EpochTimes()
            parameters[side] = int(fit(*data, times).count_params())
            seconds[side] += times.seconds[1:]
    for side in sides:
        cost = 1000 * min(seconds[side]) / asked.curves
        ratio = min(seconds[side]) / min(seconds["aeon"])
        figures[side] = {"cpu_ms": cost, "of_aeon": ratio, "parameters": parameters[side]}
        print(
            f"{side:8} {parameters[side]} parameters: {cost:.3f} ms of CPU per example and epoch, "
            f"{ratio:.2f} of aeon's"
        )
    if asked.out:
        asked.out.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
