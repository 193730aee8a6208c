"""Transforms that move curves along their axis."""

from dataclasses import replace

import numpy as np

from kepler_keras.data.augmentation.augmentation import Augmentation, Batch, unfolded_only
from kepler_keras.data.view_kind import ViewKind


def circular_shift(batch: Batch, rng: np.random.Generator, kind: ViewKind) -> Batch:
    """Rolls each curve in time by a random number of cadences, end joined to beginning."""
    n, length = batch.view.shape[:2]
    shift = rng.integers(0, length, size=(n, 1))
    columns = (np.arange(length) - shift) % length
    return replace(batch, view=batch.view[np.arange(n)[:, None], columns])


AUGMENTATIONS = (
    Augmentation(
        "circular_shift",
        circular_shift,
        "When the observation began has nothing to do with whether the star has a planet.",
        impossible=unfolded_only,
    ),
)
