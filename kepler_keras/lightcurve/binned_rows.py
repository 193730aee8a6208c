"""Filled medians of the bins of many stars, each row centred on its median."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.folding import cadence_times, fill_empty
from kepler_keras.lightcurve.median_bins import ALL, median_bins
from kepler_keras.lightcurve.medians import median_within
from kepler_keras.lightcurve.view_options import Flux, contiguous, known_ephemerides


@dataclass(frozen=True)
class LocalBins:
    """The bins of a local view: their number, their width and reach in transit durations."""

    bins: int
    width: float
    reach: float

    def rows(
        self,
        flux: Flux,
        cadence: float,
        ephemerides: Ephemerides,
        *,
        cycles: int = ALL,
    ) -> NDArray[np.float64]:
        """Filled medians around each `t0`, median 0, shape (n, bins)."""
        known = known_ephemerides(ephemerides, len(flux))
        return local_rows(
            contiguous(flux),
            cadence_times(flux.shape[1], cadence),
            known.period,
            known.t0,
            known.duration,
            self.bins,
            self.width,
            self.reach,
            cycles,
        )


def depths(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far the deepest bin of each row of median 0 lies below it, shape (n, 1)."""
    deepest: NDArray[np.float64] = -rows.min(axis=1, keepdims=True)
    return deepest


@compiled
def global_rows(
    flux: NDArray[np.floating],
    time: NDArray[np.float64],
    period: NDArray[np.float64],
    t0: NDArray[np.float64],
    bins: int,
    half_width: float,
) -> NDArray[np.float64]:
    """Filled medians of the whole orbit, median 0, shape (n, bins)."""
    rows = np.empty((len(flux), bins))
    for star in range(len(flux)):
        medians, _ = median_bins(
            flux[star], time, period[star], t0[star], float(bins), half_width, bins, True, ALL
        )
        rows[star] = centred(fill_empty(medians, True))
    return rows


@compiled
def local_rows(
    flux: NDArray[np.floating],
    time: NDArray[np.float64],
    period: NDArray[np.float64],
    t0: NDArray[np.float64],
    duration: NDArray[np.float64],
    bins: int,
    width: float,
    reach: float,
    cycles: int,
) -> NDArray[np.float64]:
    """See `LocalBins.rows`; bins never get wider than half the window."""
    rows = np.empty((len(flux), bins))
    for star in range(len(flux)):
        window = min(reach * duration[star], period[star] / 2)
        half = min(width * duration[star] / 2, window / 2)
        distance = (window - half) / (bins // 2)
        per_cycle = period[star] / distance
        medians, _ = median_bins(
            flux[star],
            time,
            period[star],
            t0[star],
            per_cycle,
            half / distance,
            bins,
            False,
            cycles,
        )
        rows[star] = centred(fill_empty(medians, False))
    return rows


@compiled
def centred(row: NDArray[np.float64]) -> NDArray[np.float64]:
    """The row minus its median."""
    return row - median_within(row.copy(), 0, len(row))
