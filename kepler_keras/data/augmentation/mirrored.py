"""Transforms that turn curves round."""

from dataclasses import replace
from typing import Annotated

import numpy as np
from pydantic import Field

from kepler_keras.data.augmentation.augmentation import Augmentation, Batch
from kepler_keras.data.view_kind import ViewKind

Probability = Annotated[float, Field(ge=0, le=1)]


def time_reversal(
    batch: Batch, rng: np.random.Generator, kind: ViewKind, *, probability: Probability = 0.5
) -> Batch:
    """Runs each curve backwards with the given probability.

    The transit lies in bin ``bins // 2`` of a phase axis. With an even number of bins that bin is
    mirrored onto its left neighbour, so the mirrored curve is rolled by one bin to keep the
    transit where it was.
    """
    chosen = rng.random(len(batch)) < probability
    axes = tuple(range(1, batch.view.ndim - 1))
    mirrored = np.flip(batch.view[chosen], axis=axes)
    if kind.folded and batch.view.shape[-2] % 2 == 0:
        mirrored = np.roll(mirrored, 1, axis=-2)
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
