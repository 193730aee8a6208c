"""Views run backwards in time, for ensembles that score every star both ways round."""

from collections.abc import Callable, Sequence

import numpy as np

from kepler_keras.data.augmentation.augmentation import Batch
from kepler_keras.data.augmentation.mirrored import time_reversal
from kepler_keras.data.view_kind import ViewKind, curves_of, kinds_of
from kepler_keras.data.views import Array, Views
from kepler_keras.experiment import Choice


def mirror_of(views: Sequence[Choice], *, cadence: float | None) -> Callable[[Views], Views]:
    """What mirrors the curves among an entry's views; features stay as they are.

    The very transform that augments training, done to every row.

    Args:
        views: The entry's.
        cadence: Days between columns of the source's curves; None where they came folded.
    """
    curves = curves_of(kinds_of(views, cadence=cadence))

    def reversal(kind: ViewKind) -> Callable[[Array], Array]:
        def reverse(curve: Array) -> Array:
            blank, rng = np.zeros(len(curve), np.float32), np.random.default_rng(0)
            batch = Batch(curve, blank, blank, planet_share=0.0)
            return time_reversal(batch, rng, kind, probability=1.0).view

        return reverse

    return lambda given: given.changed({name: reversal(kind) for name, kind in curves.items()})
