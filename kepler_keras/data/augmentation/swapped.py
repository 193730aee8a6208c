"""Cycles of an image that change places."""

from dataclasses import replace

import numpy as np

from kepler_keras.data.augmentation.augmentation import Augmentation, Batch
from kepler_keras.data.augmentation.measured import filled_rows
from kepler_keras.data.augmentation.options import Probability
from kepler_keras.data.view_kind import ViewKind


def odd_even_swap(
    batch: Batch, rng: np.random.Generator, kind: ViewKind, *, probability: Probability = 0.5
) -> Batch:
    """Swaps rows 0 and 1, 2 and 3, and so on, of each image with the given probability.

    An odd last cycle that holds flux stays, as do the empty rows below it. Where one cycle fills
    several rows (``grouping: spread`` of few cycles) only the borders between cycles move.
    """
    chosen = rng.random(len(batch)) < probability
    images = batch.view[chosen]
    row = np.arange(images.shape[1])
    other = row ^ 1
    both = np.maximum(row, other) < filled_rows(images)[:, None]
    order = np.where(both, other, row)
    view = batch.view.copy()
    view[chosen] = np.take_along_axis(images, order[..., None, None], axis=1)
    return replace(batch, view=view)


def _images_only(kind: ViewKind) -> str | None:
    if kind.name == "folded_image":
        return None
    return "it needs an image of cycles, which only the view folded_image is"


AUGMENTATIONS = (
    Augmentation(
        "odd_even_swap",
        odd_even_swap,
        "Odd and even transits of a planet are alike, and those of a binary differ in whatever "
        "order they come.",
        impossible=_images_only,
    ),
)
