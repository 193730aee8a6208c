"""Times every augmentation of a batch of 64 beside a training step of conv1d and of mlp.

Views of white noise, as long as those of the Kaggle set; the step is Keras's `train_on_batch` on
the same batch, in this process, on one thread; for images conv2d stands beside. CPU milliseconds,
the least of some rounds in which augmentations and steps take turns.

    python benchmarks/augmentation.py                 # about a minute
    python benchmarks/augmentation.py --out FILE.json # and keep the figures
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from kepler_keras.data.augmentation.augmentation import Batch
from kepler_keras.data.augmentation.registry import augmentations, bind
from kepler_keras.data.view_kind import ViewKind
from kepler_keras.experiment import Choice
from kepler_keras.lightcurve.simulate import KAGGLE_CADENCES, KEPLER_CADENCE
from kepler_keras.models.registry import find_builder
from kepler_keras.training.backend import load_tensorflow
from kepler_keras.training.seeding import seed_everything

BATCH, ROUNDS, CALLS = 64, 7, 5
LIMIT = 0.1  # of a step of the first model of a case


@dataclass(frozen=True)
class Case:
    """A view and the models that are trained on it; the first one's step is the measure."""

    kind: ViewKind
    shape: tuple[int, ...]
    models: tuple[str, ...]


CASES = {
    "flux": Case(
        ViewKind("flux", False, {}, KEPLER_CADENCE), (KAGGLE_CADENCES, 1), ("conv1d", "mlp")
    ),
    "flux with mask": Case(
        ViewKind("flux", False, {"mask": True}, KEPLER_CADENCE),
        (KAGGLE_CADENCES, 2),
        ("conv1d", "mlp"),
    ),
    "global_view": Case(ViewKind("global_view", True), (201, 1), ("conv1d", "mlp")),
    "folded_image": Case(ViewKind("folded_image", True), (32, 128, 1), ("conv2d", "mlp")),
}


def batch_of(case: Case, rng: np.random.Generator) -> Batch:
    """White noise; a twentieth of unfolded flux is gaps, an eighth of the rows are planets."""
    values = rng.standard_normal((BATCH, *case.shape[:-1]), dtype=np.float32)
    known = np.ones(values.shape, np.float32)
    if not case.kind.folded:
        known[rng.random(values.shape) < 0.05] = 0
    channels = [values * known, known][: case.shape[-1]]
    labels = (np.arange(BATCH) % 8 == 0).astype(np.float32)
    return Batch(np.stack(channels, axis=-1), labels, np.ones(BATCH, np.float32), 1 / 8)


def step_of(model: str, case: Case, batch: Batch) -> Callable[[], Any]:
    """A training step of a model of the zoo with its own options."""
    import keras

    network = find_builder(Choice(name=model))({"view": case.shape})
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    network.compile(optimizer="adam", loss=loss, jit_compile=False)
    labels = batch.labels[:, None]
    return partial(network.train_on_batch, batch.view, labels, sample_weight=batch.weight)


def transforms_of(case: Case, batch: Batch, seed: int) -> dict[str, Callable[[], Any]]:
    """Every augmentation that can be done on the view, ready to be called."""
    rng = np.random.default_rng(seed)
    made: dict[str, Callable[[], Any]] = {}
    for name, augmentation in augmentations().items():
        if augmentation.impossible(case.kind) is None:
            options = {} if augmentation.physical else {"force": True}
            transform = bind(augmentation, options, case.kind)
            made[name] = partial(transform, batch, rng)
    return made


def least_times(calls: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """CPU milliseconds a call, the least of some rounds; called once before, to compile."""
    for call in calls.values():
        call()
    best = dict.fromkeys(calls, np.inf)
    for _ in range(ROUNDS):
        for name, call in calls.items():
            start = time.process_time()
            for _ in range(CALLS):
                call()
            best[name] = min(best[name], 1000 * (time.process_time() - start) / CALLS)
    return best


def main() -> None:
    """Measures, prints and keeps the figures; ends with 1 where the limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="a JSON file for the figures")
    asked = parser.parse_args()
    load_tensorflow()
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    figures: dict[str, Any] = {}
    over = []
    for view, case in CASES.items():
        seed_everything(asked.seed)
        batch = batch_of(case, np.random.default_rng(asked.seed))
        steps = {f"step of {model}": step_of(model, case, batch) for model in case.models}
        transforms = transforms_of(case, batch, asked.seed)
        times = least_times({**steps, **transforms})
        figures[view] = times
        shown = ", ".join(f"{name} {times[name]:.2f} ms" for name in steps)
        print(f"{view} {case.shape}: {shown}", flush=True)
        for name in transforms:
            shares = [times[name] / times[step] for step in steps]
            beside = ", ".join(
                f"{share:.1%} of {model}" for share, model in zip(shares, case.models, strict=True)
            )
            print(f"  {name:18} {times[name]:6.2f} ms = {beside}", flush=True)
            if shares[0] > LIMIT:
                over.append(f"{name} on {view}")
    if asked.out:
        asked.out.write_text(json.dumps({"limit": LIMIT, **figures}, indent=2) + "\n")
    if over:
        sys.exit(f"over {LIMIT:.0%} of a step: {', '.join(over)}")


if __name__ == "__main__":
    main()
