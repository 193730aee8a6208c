"""What a transit search gives: up to k signals of each star, in the order they were found."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from kepler_keras.lightcurve.ephemeris import Ephemerides


@dataclass(frozen=True)
class TransitSignals:
    """Up to k signals of each of n stars in the order they were found; NaN where a star has fewer.

    Each is the best of what those before it left, judged with dips clipped and by how alike the
    transits are: a later one may have a higher `snr`.

    Every column has shape (n, k), float64.

    Attributes:
        period: Days.
        t0: First mid-transit at or after the first cadence, days from the first cadence.
        duration: Width of the best box, days.
        depth: Mean out of transit minus mean inside, in the unit of the flux.
        snr: Depth over its error, for the noise of the star's own boxes of that duration.
        sde: How far the peak stands above the star's whole spectrum, in its standard deviations
            (Kovacs, Zucker & Mazeh 2002, A&A 391:369, eq. 6); both with dips cut at 3 scatters.
        odd_even: Difference between the depths of odd and even transits, in sigma; NaN where one
            of them was never seen.
        secondary: Depth of the deepest other box at that period, in sigma.
        n_transits: Transits with flux in at least one of their cadences.
    """

    period: NDArray[np.float64]
    t0: NDArray[np.float64]
    duration: NDArray[np.float64]
    depth: NDArray[np.float64]
    snr: NDArray[np.float64]
    sde: NDArray[np.float64]
    odd_even: NDArray[np.float64]
    secondary: NDArray[np.float64]
    n_transits: NDArray[np.float64]

    def __post_init__(self) -> None:
        shapes = {getattr(self, item.name).shape for item in fields(self)}
        if len(shapes) != 1 or len(next(iter(shapes))) != 2:
            raise ValueError(f"every column must have one shape (n, k), got {sorted(shapes)}")

    def first(self) -> Ephemerides:
        """Ephemerides of the signal found first in each star."""
        return Ephemerides(self.period[:, 0], self.t0[:, 0], self.duration[:, 0])
