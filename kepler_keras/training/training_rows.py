"""The rows that a fit sees: training rows after the remedy, and nothing else."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.imbalance.registry import Remedy
from kepler_keras.data.imbalance.strategy import Labels, Plan
from kepler_keras.data.views import Views, one_view
from kepler_keras.training.memory import RESAMPLER_COPIES, check_memory

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class TrainingRows:
    """Real rows, and behind them the synthetic ones.

    Attributes:
        views: Of all examples, often memory maps; only `real` rows are read.
        real: Rows of `views`, repeats allowed, shape (m,).
        synthetic: k rows.
        labels: Of both in turn, shape (m + k,), int8.
        plan: Of which `sample_weight` and `redrawn` have length m + k.
    """

    views: Views
    real: Rows
    synthetic: Views
    labels: Labels
    plan: Plan

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, positions: NDArray[np.int64]) -> Views:
        """Views at positions among real and synthetic rows."""
        measured = positions < len(self.real)
        if measured.all():
            return self.views[self.real[positions]]
        taken = {}
        for name, view in self.views.items():
            taken[name] = np.empty((len(positions), *view.shape[1:]), np.float32)
            taken[name][measured] = view[self.real[positions[measured]]]
            made = self.synthetic.arrays[name]
            taken[name][~measured] = made[positions[~measured] - len(self.real)]
        return Views(taken)

    @property
    def planet_share(self) -> float:
        """Share of planets in an epoch, by weight."""
        if self.plan.planet_share is not None:
            return self.plan.planet_share
        weight = self.plan.sample_weight.astype(np.float64)
        return float(weight[self.labels == 1].sum() / weight.sum())


def gather_rows(
    views: Views, labels: Labels, train: Rows, *, remedy: Remedy, seed: int
) -> TrainingRows:
    """Applies a remedy to the training rows; it is handed these rows and no other.

    Args:
        views: Of all examples.
        labels: Of all examples, shape (n,).
        train: The training rows.
        remedy: From `find_strategy`.
        seed: Of what the remedy draws.

    Raises:
        InputError: The remedy cannot be applied to these rows, or needs them all in a memory that
            is too small.
    """
    if remedy.strategy.resample is None:
        plan = remedy.plan(labels[train], seed)
        real = train[plan.indices]
        return TrainingRows(views, real, views[:0], labels[real], plan)
    check_memory(
        RESAMPLER_COPIES * len(train) * views.row_bytes,
        what=f"imbalance {remedy.strategy.name!r} takes all {len(train)} training rows",
        advice="take a remedy that weighs or repeats rows, or fewer stars",
    )
    ((name, view),) = views.items()
    made = remedy.resample(view[train], labels[train], seed)
    real = train[made.indices]
    both = np.concatenate([labels[real], made.synthetic_labels])
    every = Plan(np.arange(len(both)), np.ones(len(both), np.float32))
    return TrainingRows(views, real, one_view(made.synthetic, name), both, every)
