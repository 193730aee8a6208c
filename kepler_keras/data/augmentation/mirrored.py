"""Transforms that turn curves round."""

from dataclasses import replace

import numpy as np

from kepler_keras.data.augmentation.augmentation import Augmentation, Batch
from kepler_keras.data.augmentation.measured import is_circle
from kepler_keras.data.augmentation.options import Probability
from kepler_keras.data.view_kind import ViewKind


def time_reversal(
    batch: Batch, rng: np.random.Generator, kind: ViewKind, *, probability: Probability = 0.5
) -> Batch:
    """Runs each curve backwards with the given probability.

    The transit lies in bin ``bins // 2`` of a phase axis. With an even number of bins that bin is
    mirrored onto its left neighbour, so the mirrored curve is rolled by one bin to keep the
    transit where it was. The bin that becomes free at the beginning takes the one that left at the
    end where the axis is a whole period; elsewhere it repeats its neighbour.
    """
    chosen = rng.random(len(batch)) < probability
    axes = tuple(range(1, batch.view.ndim - 1))
    mirrored = np.flip(batch.view[chosen], axis=axes)
    if kind.folded and batch.view.shape[-2] % 2 == 0:
        mirrored = np.roll(mirrored, 1, axis=-2)
        if not is_circle(kind):
            mirrored[..., 0, :] = mirrored[..., 1, :]
    view = batch.view.copy()
    view[chosen] = mirrored
    return replace(batch, view=view)


AUGMENTATIONS = (
    Augmentation(
        "time_reversal",
        time_reversal,
        "A transit is nearly symmetric about its middle, so a curve run backwards shows the same "
        "planet.",
    ),
)
