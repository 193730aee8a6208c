"""The rows that a fit sees: training rows after the remedy, and nothing else."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.imbalance.registry import Remedy
from kepler_keras.data.imbalance.strategy import Labels, Plan, View

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class TrainingRows:
    """Real rows, and behind them the synthetic ones.

    Attributes:
        view: Views of all examples, often a memory map; only `real` rows are read.
        real: Rows of `view`, repeats allowed, shape (m,).
        synthetic: Shape (k, ...).
        labels: Of both in turn, shape (m + k,), int8.
        plan: Of which `sample_weight` and `redrawn` have length m + k.
    """

    view: View
    real: Rows
    synthetic: View
    labels: Labels
    plan: Plan

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, positions: NDArray[np.int64]) -> View:
        """Views at positions among real and synthetic rows, shape (len(positions), ...)."""
        measured = positions < len(self.real)
        if measured.all():
            return self.view[self.real[positions]]
        taken = np.empty((len(positions), *self.view.shape[1:]), np.float32)
        taken[measured] = self.view[self.real[positions[measured]]]
        taken[~measured] = self.synthetic[positions[~measured] - len(self.real)]
        return taken

    @property
    def planet_share(self) -> float:
        """Share of planets in an epoch, by weight."""
        if self.plan.planet_share is not None:
            return self.plan.planet_share
        weight = self.plan.sample_weight.astype(np.float64)
        return float(weight[self.labels == 1].sum() / weight.sum())


def gather_rows(
    view: View, labels: Labels, train: Rows, *, remedy: Remedy, seed: int
) -> TrainingRows:
    """Applies a remedy to the training rows; it is handed these rows and no other.

    Args:
        view: Of all examples, shape (n, ...).
        labels: Of all examples, shape (n,).
        train: The training rows.
        remedy: From `find_strategy`.
        seed: Of what the remedy draws.

    Raises:
        InputError: The remedy cannot be applied to these rows.
    """
    if remedy.strategy.resample is None:
        plan = remedy.plan(labels[train], seed)
        real = train[plan.indices]
        return TrainingRows(view, real, view[:0], labels[real], plan)
    made = remedy.resample(view[train], labels[train], seed)
    real = train[made.indices]
    both = np.concatenate([labels[real], made.synthetic_labels])
    every = Plan(np.arange(len(both)), np.ones(len(both), np.float32))
    return TrainingRows(view, real, made.synthetic, both, every)
