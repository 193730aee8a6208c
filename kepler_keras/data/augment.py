"""Augmentation: label-preserving transforms of training batches, each with its physics."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from kepler_keras.errors import InputError, suggestion
from kepler_keras.experiment import Choice
from kepler_keras.options import check_options

Batch = NDArray[np.float32]
Probability = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True)
class Augmentation:
    """One transform.

    Attributes:
        apply: Takes a batch (n, n_cadences, 1), (n, bins, 1) or (n, rows, bins, 1), a random
            generator, whether the last axis before the channel is phase, and options, which are
            keyword-only; gives a new batch of the same shape.
        physics: Why the label survives, in a sentence.
        unfolded_only: Whether a phase axis, on which the transit has its place, forbids it.
    """

    name: str
    apply: Callable[..., Batch]
    physics: str
    unfolded_only: bool = False


def time_reversal(
    batch: Batch, rng: np.random.Generator, folded: bool, *, probability: Probability = 0.5
) -> Batch:
    """Runs each curve backwards with the given probability.

    The transit lies in bin ``bins // 2`` of a phase axis. With an even number of bins that bin is
    mirrored onto its left neighbour, so the mirrored curve is rolled by one bin to keep the
    transit where it was.
    """
    chosen = rng.random(len(batch)) < probability
    axes = tuple(range(1, batch.ndim - 1))
    mirrored = np.flip(batch[chosen], axis=axes)
    if folded and batch.shape[-2] % 2 == 0:
        mirrored = np.roll(mirrored, 1, axis=-2)
    result = batch.copy()
    result[chosen] = mirrored
    return result


def circular_shift(batch: Batch, rng: np.random.Generator, folded: bool) -> Batch:
    """Rolls each curve in time by a random number of cadences, end joined to beginning."""
    n, length = batch.shape[:2]
    shift = rng.integers(0, length, size=(n, 1))
    columns = (np.arange(length) - shift) % length
    return np.asarray(batch[np.arange(n)[:, None], columns])


AUGMENTATIONS: Mapping[str, Augmentation] = {
    augmentation.name: augmentation
    for augmentation in (
        Augmentation(
            "time_reversal",
            time_reversal,
            "A transit is nearly symmetric about its middle, so a curve run backwards shows the "
            "same planet.",
        ),
        Augmentation(
            "circular_shift",
            circular_shift,
            "When the observation began has nothing to do with whether the star has a planet.",
            unfolded_only=True,
        ),
    )
}


def find_augmentation(
    choice: Choice, *, view: str, view_is_folded: bool
) -> Callable[[Batch, np.random.Generator], Batch]:
    """The augmentation that an experiment names, ready to take a batch.

    Args:
        choice: Name and options.
        view: Name of the entry's view, for the error.
        view_is_folded: Whether that view has a phase axis.

    Raises:
        InputError: It is unknown, takes no such option, or does not suit the view.
    """
    if choice.name not in AUGMENTATIONS:
        hint = suggestion(choice.name, AUGMENTATIONS)
        raise InputError(f"augmentations: there is no {choice.name!r}; {hint}")
    augmentation = AUGMENTATIONS[choice.name]
    check_options(f"augmentation {choice.name!r}", augmentation.apply, choice.options)
    if augmentation.unfolded_only and view_is_folded:
        raise InputError(
            f"augmentation {choice.name!r} needs unfolded flux; on the view {view!r} it would move "
            "the transit away from phase 0"
        )
    return lambda batch, rng: augmentation.apply(batch, rng, view_is_folded, **choice.options)
