"""Finding the period of a transit: box least squares, ranked by signal-to-noise ratio.

Two stages. A coarse one runs astropy's search over all periods on a binned curve; a fine one runs
it again at full resolution around the best few. Ranking by astropy's default likelihood finds the
wrong period on such curves, hence ``objective="snr"`` (Kovacs, Zucker & Mazeh 2002, for the box).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepler_keras.lightcurve.ephemeris import Ephemerides

HIGHEST = 3.0  # scatters; flares and cosmic rays above are cut down to this
CADENCES_A_BIN = 3
COARSE_DRIFT = 1.0  # of the shortest duration, over the whole span, between trial periods
CANDIDATES = 5
OVERSAMPLE = 3  # trial positions in the shortest duration


@dataclass(frozen=True)
class TransitSearch:
    """The best box of each of n curves.

    Attributes:
        ephemerides: Period, t0 in [0, period) from the first cadence, and duration, in days. Never
            NaN: a curve without any dip gets the longest period and an snr of 0.
        snr: Depth over its error for white noise of the curve's robust scatter, shape (n,).
        depth: Mean out of the box minus mean inside, in the unit of the flux, shape (n,).
    """

    ephemerides: Ephemerides
    snr: NDArray[np.float64]
    depth: NDArray[np.float64]
