"""What was put into each curve, as columns: for judging a search, never for a model."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kepler_keras.lightcurve.companions import Companion

# In this order; NaN where a star has no companion. Times are days from the first cadence.
TRANSIT_COLUMNS = (
    "period",
    "t0",
    "duration",
    "full_duration",
    "depth_ppm",
    "impact",
    "radius_ratio",
    "separation",
    "limb_darkening_1",
    "limb_darkening_2",
    "secondary_depth_ppm",
    "secondary_phase",
    "dilution",
)


def transit_truth(companions: Sequence[Companion | None]) -> dict[str, NDArray[np.generic]]:
    """Every parameter of every companion, a column (n,) by name.

    The depth is that at mid-transit, as seen: foreign light is already in it, the exposure is not.
    """
    table = np.full((len(companions), len(TRANSIT_COLUMNS)), np.nan)
    for row, companion in enumerate(companions):
        if companion is not None:
            table[row] = _parameters(companion)
    return {name: table[:, column].copy() for column, name in enumerate(TRANSIT_COLUMNS)}


def _parameters(companion: Companion) -> tuple[float, ...]:
    transit = companion.transit
    return (
        transit.period,
        transit.t0,
        transit.duration,
        transit.full_duration,
        companion.depth,
        transit.impact,
        transit.radius_ratio,
        transit.separation,
        *transit.limb_darkening,
        companion.secondary_depth,
        companion.secondary_phase,
        companion.dilution,
    )
