"""Training batches: planned rows, shuffled by epoch, augmented, scaled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.augmentation.augmentation import Batch, Floats
from kepler_keras.data.augmentation.registry import Transform
from kepler_keras.data.scaling import Scaler
from kepler_keras.data.views import Views
from kepler_keras.training.seeding import job_seed
from kepler_keras.training.training_rows import TrainingRows


@dataclass(frozen=True)
class Drawn:
    """A batch with all its views; attributes as of `Batch`."""

    views: Views
    labels: Floats
    weight: Floats
    planet_share: float


class TrainingBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """The batches of one fit.

    The order of rows and every augmentation is drawn from (seed, epoch, batch), so that the same
    seed gives the same batches whoever asks for them.
    """

    def __init__(
        self,
        rows: TrainingRows,
        *,
        scaler: Scaler,
        transforms: Sequence[Mapping[str, Transform]],
        redrawing: Sequence[Mapping[str, Transform]] = (),
        batch_size: int,
        label_smoothing: float = 0.0,
        seed: int,
    ) -> None:
        super().__init__()
        self._rows, self._scaler = rows, scaler
        self._transforms, self._redrawing = tuple(transforms), tuple(redrawing)
        self._batch_size, self._seed = batch_size, seed
        self._smoothing = label_smoothing
        self._epoch = 0
        self._batches = self._dealt()

    def _dealt(self) -> list[NDArray[np.int64]]:
        """The rows of each batch of this epoch."""
        rng = np.random.default_rng(job_seed(self._seed, self._epoch))
        share = self._rows.plan.planet_share
        if share is None:
            return _cut(rng.permutation(len(self._rows)), self._batch_size)
        return _balanced(self._rows.labels == 1, share, self._batch_size, rng)

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: int) -> tuple[Any, Any, Any]:
        positions = self._batches[index]
        rows, rng = self._rows, np.random.default_rng(job_seed(self._seed, self._epoch, index))
        labels, weight = rows.labels[positions], rows.plan.sample_weight[positions]
        if rows.plan.planet_share is not None:
            weight = weight * _to_share(labels == 1, rows.plan.planet_share)
        drawn = Drawn(rows.take(positions), labels.astype(np.float32), weight, rows.planet_share)
        if self._redrawing and rows.plan.redrawn is not None:
            drawn = _redrawn(drawn, rows.plan.redrawn[positions], self._redrawing, rng)
        for transform in self._transforms:
            drawn = _transformed(drawn, transform, rng)
        smooth = drawn.labels + np.float32(self._smoothing) * (np.float32(0.5) - drawn.labels)
        return self._scaler(drawn.views).as_input(), smooth[:, None], drawn.weight

    def on_epoch_end(self) -> None:
        """Draws the order of the next epoch."""
        self._epoch += 1
        self._batches = self._dealt()


def _cut(order: NDArray[np.int64], size: int) -> list[NDArray[np.int64]]:
    return [order[start : start + size] for start in range(0, len(order), size)]


def _balanced(
    is_planet: NDArray[np.bool_], share: float, size: int, rng: np.random.Generator
) -> list[NDArray[np.int64]]:
    """Every other row once, and in each batch `share` of planets, all used before one comes again.

    At least one of each stands in a batch.
    """
    planets, others = np.flatnonzero(is_planet), np.flatnonzero(~is_planet)
    n_others = min(max(round((1 - share) * size), 1), size - 1)
    dealt = _cut(rng.permutation(others), n_others)
    counts = [max(round(len(part) * (size - n_others) / n_others), 1) for part in dealt]
    rounds = -(-sum(counts) // len(planets))
    drawn = np.concatenate([rng.permutation(planets) for _ in range(rounds)])
    stops = np.cumsum([0, *counts])
    return [
        rng.permutation(np.concatenate([part, drawn[start:stop]]))
        for part, start, stop in zip(dealt, stops[:-1], stops[1:], strict=True)
    ]


def _to_share(is_planet: NDArray[np.bool_], share: float) -> NDArray[np.float32]:
    """Weights that make up for rounding to whole rows: planets weigh exactly `share` of a batch."""
    n, n_planets = len(is_planet), np.count_nonzero(is_planet)
    planet, other = share * n / n_planets, (1 - share) * n / (n - n_planets)
    return np.where(is_planet, planet, other).astype(np.float32)


def _redrawn(
    drawn: Drawn,
    chosen: NDArray[np.bool_],
    redrawing: Sequence[Mapping[str, Transform]],
    rng: np.random.Generator,
) -> Drawn:
    """Changes the chosen rows of a batch."""
    if not chosen.any():
        return drawn
    part = replace(
        drawn, views=drawn.views[chosen], labels=drawn.labels[chosen], weight=drawn.weight[chosen]
    )
    for transform in redrawing:
        part = _transformed(part, transform, rng)
    arrays = {}
    for name, view in drawn.views.items():
        arrays[name] = view.copy()
        arrays[name][chosen] = part.views.arrays[name]
    return replace(drawn, views=Views(arrays))


def _transformed(
    drawn: Drawn, transform: Mapping[str, Transform], rng: np.random.Generator
) -> Drawn:
    """Changes each curve of a batch, all of them under the same draws.

    Labels and weights are those that the last curve's transform gives; only transforms of a single
    view change them.
    """
    before = rng.bit_generator.state
    arrays, labels, weight = dict(drawn.views.items()), drawn.labels, drawn.weight
    for name, change in transform.items():
        rng.bit_generator.state = before
        changed = change(Batch(arrays[name], drawn.labels, drawn.weight, drawn.planet_share), rng)
        arrays[name], labels, weight = changed.view, changed.labels, changed.weight
    return replace(drawn, views=Views(arrays), labels=labels, weight=weight)
