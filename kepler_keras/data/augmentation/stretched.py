"""Curves that run slower or faster."""

import numpy as np

from kepler_keras.data.augmentation.augmentation import Augmentation, Batch
from kepler_keras.data.augmentation.measured import flux_of, gaps_known_only, measured, with_flux
from kepler_keras.data.view_kind import ViewKind
from kepler_keras.lightcurve.moved_rows import stretched

FACTORS = (0.7, 1.4)


def time_stretch(batch: Batch, rng: np.random.Generator, kind: ViewKind) -> Batch:
    """Makes each curve 0.7 to 1.4 times as long about its middle, by linear interpolation.

    The middle of a folded view is the bin of the transit, so that the transit stays there. What a
    shortened curve lacks at its ends is a gap on unfolded flux; on folded views the value at the
    end is repeated. A value between a measured one and a gap is a gap.
    """
    flux, known = flux_of(batch), measured(batch, kind)
    length = flux.shape[-1]
    lines = (len(flux), int(np.prod(flux.shape[1:-1])), length)
    middle = length // 2 if kind.folded else (length - 1) / 2
    factors = rng.uniform(*FACTORS, len(flux))
    moved, there = stretched(flux.reshape(lines), known.reshape(lines), factors, float(middle))
    if kind.folded:
        there = np.ones_like(there)
    return with_flux(batch, kind, moved.reshape(flux.shape), there.reshape(flux.shape))


AUGMENTATIONS = (
    Augmentation(
        "time_stretch",
        time_stretch,
        "Time stretched by a factor lengthens period and duration alike, but by Kepler's third law "
        "the duration grows as the cube root of the period only.",
        physical=False,
        impossible=gaps_known_only,
    ),
)
