"""What an augmentation is, and the batch it changes."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.view_kind import ViewKind

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Batch:
    """Training rows on their way into a network.

    Attributes:
        view: Shape (n, n_cadences, channels), (n, bins, channels) or (n, rows, bins, channels);
            in the view's own unit, before scaling. A second channel of unfolded flux is the mask
            of measured cadences.
        labels: Shape (n,); 0 and 1, in between where two stars were mixed.
        weight: Weight in the loss, shape (n,).
        planet_share: Share of planets, by weight, among all rows of an epoch.
    """

    view: Floats
    labels: Floats
    weight: Floats
    planet_share: float

    def __len__(self) -> int:
        return len(self.view)


# apply(batch, rng, kind, *, option, ...) -> Batch: a new batch of as many rows; what it was given
# stays as it is. What stands behind the star is an option of the experiment file.
Apply = Callable[..., Batch]


@dataclass(frozen=True)
class Augmentation:
    """One transform, registered by standing in `AUGMENTATIONS` of a module of this package.

    Attributes:
        name: In the experiment file.
        apply: The transform.
        physics: Why the label survives, or why it does not, in a sentence.
        physical: Whether it does. What is not physical is refused unless the option `force` is
            true.
        relabels: Whether it changes labels and weights.
        mixes_rows: Whether a row's result depends on other rows of the batch.
        of_several: Whether several views of a star may each be changed under the same draws and
            still show the same star, as when all are mirrored.
        impossible: Why it cannot be done on a kind of view (the end of a sentence), or None.
        unsuited: Why it breaks the label on a kind of view, or None where it keeps it. Such a use
            is refused like what is not physical.
    """

    name: str
    apply: Apply
    physics: str
    physical: bool = True
    relabels: bool = False
    mixes_rows: bool = False
    of_several: bool = False
    impossible: Callable[[ViewKind], str | None] = lambda kind: None
    unsuited: Callable[[ViewKind], str | None] = lambda kind: None


def unfolded_only(kind: ViewKind) -> str | None:
    """Why a transform that moves transits in time cannot be done on a phase axis."""
    if not kind.folded:
        return None
    return "it needs unfolded flux; on this view it would move the transit away from phase 0"


def folded_only(kind: ViewKind) -> str | None:
    """Why a transform of phase cannot be done on unfolded flux."""
    return None if kind.folded else "it needs a folded view; unfolded flux has no phase axis"
