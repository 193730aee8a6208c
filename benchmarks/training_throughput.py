"""Training throughput of every network of the zoo, as a share of the machine's matrix products.

A network is trained by Keras's `fit` on random curves of its own views, in this process, on one
thread. Its arithmetic is counted layer by layer (a multiply-add is two operations; a step backward
costs twice a step forward, or once where nothing lies below) and divided by the CPU seconds of an
epoch. The peak is that of a float32 product of two square matrices in TensorFlow, on the same
thread, measured between the networks.

    python benchmarks/training_throughput.py                 # some minutes
    python benchmarks/training_throughput.py --out FILE.json # and keep the figures
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

os.environ.update(TF_NUM_INTRAOP_THREADS="1", TF_NUM_INTEROP_THREADS="1", OMP_NUM_THREADS="1")

import numpy as np

from kepler_keras.experiment import Choice
from kepler_keras.models.anatomy.describe import describe
from kepler_keras.models.registry import find_builder
from kepler_keras.models.shapes import Shapes
from kepler_keras.training.backend import load_tensorflow
from kepler_keras.training.seeding import seed_everything

BATCH, STEPS, SIDE = 64, 8, 2048
FOLDED: Shapes = {"global_view": (201, 1)}
BOTH: Shapes = {"global_view": (201, 1), "local_view": (61, 1)}
FLUX: Shapes = {"flux": (3197, 1)}
IMAGE: Shapes = {"folded_image": (32, 128, 1)}


@dataclass(frozen=True)
class Case:
    """A network on views."""

    model: str
    preset: str | None
    shapes: Shapes

    @property
    def label(self) -> str:
        """`fcn(strided) on global_view 201`."""
        sizes = " + ".join(
            f"{name} {'x'.join(map(str, shape[:-1]))}" for name, shape in self.shapes.items()
        )
        return f"{self.model}{f'({self.preset})' if self.preset else ''} on {sizes}"


CASES = (
    Case("mlp", None, FOLDED),
    Case("conv1d", "folded", FOLDED),
    Case("fcn", "paper", FOLDED),
    Case("fcn", "strided", FOLDED),
    Case("resnet1d", "paper", FOLDED),
    Case("resnet1d", "small", FOLDED),
    Case("inception_time", "paper", FOLDED),
    Case("inception_time", "small", FOLDED),
    Case("astronet", "yu2019", BOTH),
    Case("exonet_xs", "wide", BOTH),
    Case("cnn_lstm", None, FOLDED),
    Case("transformer", None, FOLDED),
    Case("mlp", None, FLUX),
    Case("conv1d", "plain", FLUX),
    Case("conv1d", "strided", FLUX),
    Case("fcn", "strided", FLUX),
    Case("cnn_lstm", None, FLUX),
    Case("transformer", None, FLUX),
    Case("conv2d", None, IMAGE),
)


@dataclass(frozen=True)
class Figure:
    """One network: operations and CPU time of training on an example."""

    case: str
    n_parameters: int
    mflop_an_example: float
    cpu_ms_an_example: float

    def share_of(self, peak: float) -> float:
        """The share of a peak in operations a CPU second."""
        return 1e9 * self.mflop_an_example / self.cpu_ms_an_example / peak


def training_flop(model: Any) -> float:
    """Operations of one training step on one example, from the multiply-adds of the model's card.

    Forward, backward to the kernels, and backward to what came in, which a layer that reads the
    views themselves has no need of.
    """
    card = describe(model)
    views, flop = set(card.views), 0.0
    for layer in card.layers:
        reads_views = bool(layer.sources) and views.issuperset(layer.sources)
        if reads_views and layer.kind == "Flatten":
            views.add(layer.name)
        flop += (2 if reads_views else 3) * 2 * (layer.multiply_adds or 0)
    return flop


def cpu_seconds_of_epoch(model: Any, shapes: Shapes, *, rounds: int, seed: int) -> float:
    """The least CPU time of an epoch of `STEPS` batches, after one that compiles."""
    import keras

    rng = np.random.default_rng(seed)
    views = {
        name: rng.standard_normal((BATCH * STEPS, *shape), dtype=np.float32)
        for name, shape in shapes.items()
    }
    labels = (np.arange(BATCH * STEPS) % 2).astype(np.float32)[:, None]
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss, jit_compile=False)
    given = views if len(views) > 1 else next(iter(views.values()))
    model.fit(given, labels, batch_size=BATCH, verbose=0)
    times = []
    for _ in range(rounds):
        start = time.process_time()
        model.fit(given, labels, batch_size=BATCH, verbose=0)
        times.append(time.process_time() - start)
    return min(times)


def peak_flop_a_second(rounds: int) -> float:
    """Operations a CPU second of one large float32 product."""
    import tensorflow as tf

    a = tf.random.normal((SIDE, SIDE))
    times = []
    for _ in range(rounds + 1):
        start = time.process_time()
        tf.matmul(a, a).numpy()
        times.append(time.process_time() - start)
    return float(2 * SIDE**3 / min(times))


def measured(case: Case, *, rounds: int, seed: int, peaks: list[float]) -> Figure:
    """Builds, counts and trains one network; the peak is measured anew beside it."""
    seed_everything(seed)
    options = {"preset": case.preset} if case.preset else {}
    model = find_builder(Choice(name=case.model, options=options))(case.shapes)
    flop = training_flop(model)
    seconds = cpu_seconds_of_epoch(model, case.shapes, rounds=rounds, seed=seed)
    peaks.append(peak_flop_a_second(rounds))
    an_example = seconds / (BATCH * STEPS)
    return Figure(case.label, int(model.count_params()), flop / 1e6, 1e3 * an_example)


def main() -> None:
    """Prints a line for each network, and writes the figures if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="cases whose name holds this text")
    parser.add_argument("--out", type=Path, help="a JSON file for the figures")
    arguments = parser.parse_args()
    load_tensorflow()
    peaks = [peak_flop_a_second(arguments.rounds)]
    figures = []
    for case in CASES:
        if arguments.only not in case.label:
            continue
        one = measured(case, rounds=arguments.rounds, seed=arguments.seed, peaks=peaks)
        figures.append(one)
        print(f"measured: {one.case}", file=sys.stderr, flush=True)
    peak = max(peaks)
    print(f"{'network':58}{'weights':>10}{'MFLOP':>9}{'CPU ms':>9}{'of peak':>9}")
    for one in figures:
        print(
            f"{one.case:58}{one.n_parameters:10d}{one.mflop_an_example:9.1f}"
            f"{one.cpu_ms_an_example:9.2f}{one.share_of(peak):9.1%}"
        )
    print(f"peak: {peak / 1e9:.0f} GFLOP a CPU second (float32 product of {SIDE} x {SIDE})")
    if arguments.out:
        kept: Mapping[str, Any] = {
            "peak_gflop_a_second": peak / 1e9,
            "seed": arguments.seed,
            "python": sys.version.split()[0],
            "networks": [{**asdict(one), "share_of_peak": one.share_of(peak)} for one in figures],
        }
        arguments.out.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
