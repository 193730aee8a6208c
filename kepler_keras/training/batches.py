"""Training batches: planned rows, shuffled by epoch, scaled, augmented."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.augment import Batch
from kepler_keras.data.imbalance import Plan
from kepler_keras.data.scaling import Scaler
from kepler_keras.training.seeding import job_seed

Transform = Callable[[Batch, np.random.Generator], Batch]


class TrainingBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """The batches of one fit.

    The order of rows and every augmentation is drawn from (seed, epoch, batch), so that the same
    seed gives the same batches whoever asks for them.
    """

    def __init__(
        self,
        view: NDArray[np.float32],
        labels: NDArray[np.int8],
        rows: NDArray[np.int64],
        *,
        plan: Plan,
        scaler: Scaler,
        transforms: Sequence[Transform],
        batch_size: int,
        seed: int,
    ) -> None:
        super().__init__()
        self._view, self._labels = view, labels
        self._rows = rows[plan.indices]
        self._weight = plan.sample_weight
        self._scaler, self._transforms = scaler, tuple(transforms)
        self._batch_size, self._seed = batch_size, seed
        self._epoch = 0
        self._order = self._shuffled()

    def _shuffled(self) -> NDArray[np.int64]:
        rng = np.random.default_rng(job_seed(self._seed, self._epoch))
        return rng.permutation(len(self._rows))

    def __len__(self) -> int:
        return -(-len(self._rows) // self._batch_size)

    def __getitem__(self, index: int) -> tuple[Any, Any, Any]:
        picked = self._order[index * self._batch_size : (index + 1) * self._batch_size]
        rows = self._rows[picked]
        batch = self._scaler(self._view[rows])
        rng = np.random.default_rng(job_seed(self._seed, self._epoch, index))
        for transform in self._transforms:
            batch = transform(batch, rng)
        return batch, self._labels[rows].astype(np.float32)[:, None], self._weight[picked]

    def on_epoch_end(self) -> None:
        """Draws the order of the next epoch."""
        self._epoch += 1
        self._order = self._shuffled()
