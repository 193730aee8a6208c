"""Transforms that turn curves round."""

from dataclasses import replace

import numpy as np

from kepler_keras.data.augmentation.augmentation import Augmentation, Batch, Floats
from kepler_keras.data.augmentation.measured import filled_rows, is_circle
from kepler_keras.data.augmentation.options import Probability
from kepler_keras.data.view_kind import ViewKind


def time_reversal(
    batch: Batch, rng: np.random.Generator, kind: ViewKind, *, probability: Probability = 0.5
) -> Batch:
    """Runs each curve backwards with the given probability.

    The transit lies in bin ``bins // 2`` of a phase axis. With an even number of bins that bin is
    mirrored onto its left neighbour, so the mirrored curve is rolled by one bin to keep the
    transit where it was. The bin that becomes free at the beginning takes the one that left at the
    end where the axis is a whole period; elsewhere it repeats its neighbour. Of an image the last
    cycle that holds flux comes first; the empty rows below it stay below.
    """
    chosen = rng.random(len(batch)) < probability
    mirrored = batch.view[chosen][..., ::-1, :]
    if mirrored.ndim == 4:
        mirrored = _last_cycle_first(mirrored)
    if kind.folded and batch.view.shape[-2] % 2 == 0:
        mirrored = np.roll(mirrored, 1, axis=-2)
        if not is_circle(kind):
            mirrored[..., 0, :] = mirrored[..., 1, :]
    view = batch.view.copy()
    view[chosen] = mirrored
    return replace(batch, view=view)


def _last_cycle_first(images: Floats) -> Floats:
    row, filled = np.arange(images.shape[1]), filled_rows(images)[:, None]
    order = np.where(row < filled, filled - 1 - row, row)
    return np.take_along_axis(images, order[..., None, None], axis=1)


AUGMENTATIONS = (
    Augmentation(
        "time_reversal",
        time_reversal,
        "A transit is nearly symmetric about its middle, so a curve run backwards shows the same "
        "planet.",
        of_several=True,
    ),
)
