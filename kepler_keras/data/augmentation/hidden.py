"""Cadences hidden where the mission loses them."""

import numpy as np

from kepler_keras.data.augmentation.augmentation import Augmentation, Batch, unfolded_only
from kepler_keras.data.augmentation.draws import log_uniform
from kepler_keras.data.augmentation.measured import flux_of, measured, with_flux
from kepler_keras.data.view_kind import ViewKind
from kepler_keras.lightcurve.hiding_combs import COMBS, CombName, hide


def gap_masks(
    batch: Batch, rng: np.random.Generator, kind: ViewKind, *, comb: CombName = "kepler"
) -> Batch:
    """Hides cadences on the comb of a mission, its phase drawn for each row.

    ``kepler`` hides a cadence every three days, on which the reaction wheels were unloaded, and 0.6
    to 1.5 d every 31 d for the downlink. ``k2`` hides every twelfth cadence of 29.4 min, on which
    the thrusters fired. Hidden cadences become what the view makes of gaps.
    """
    known = measured(batch, kind).copy()
    teeth, cadence = COMBS[comb], kind.cadence
    assert cadence is not None
    phases = rng.random((2, len(batch)))
    hide(known, phases[0], teeth.tooth / cadence, np.ones(len(batch)))
    if teeth.gap is not None:
        days = log_uniform(rng, teeth.gap, (len(batch),))
        hide(known, phases[1], teeth.downlink / cadence, days / cadence)
    return with_flux(batch, kind, flux_of(batch), known)


AUGMENTATIONS = (
    Augmentation(
        "gap_masks",
        gap_masks,
        "The spacecraft loses cadences whether or not a planet circles the star, and which ones is "
        "chance.",
        impossible=unfolded_only,
    ),
)
