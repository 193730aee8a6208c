"""Temporary: today's search behind the coming interface. Goes with the merge of the engine.

Whoever merges: in `searching.py` and `closeup.py` import `DURATIONS`, `periodogram` and
`search_transits` from `lightcurve.transit_search`, `LANES` from `lightcurve.lanes` and `detrend`
from `lightcurve.detrending`, and delete this file and its name in tests/test_layers.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from astropy.timeseries import BoxLeastSquares
from numpy.typing import NDArray

from kepler_keras.lightcurve.conditioning import interpolate_gaps, running_median_detrend
from kepler_keras.lightcurve.folding import cadence_times
from kepler_keras.lightcurve.transit_search import search_transits as box_search
from kepler_keras.lightcurve.transit_signals import TransitSignals

DURATIONS = (0.08, 0.16, 0.32)
LANES = 16


@dataclass(frozen=True)
class Periodogram:
    """SNR of the best box at each trial period, both shape (m,)."""

    period: NDArray[np.float64]
    snr: NDArray[np.float64]


def detrend(
    flux: NDArray[np.float32],
    *,
    cadence: float,
    method: str = "spline",
    window: float = 1.5,
    level: float = 0.0,
) -> NDArray[np.float32]:
    """A running median, with NaN kept."""
    flat = running_median_detrend(interpolate_gaps(flux), cadence=cadence, window=window)
    flat[np.isnan(flux)] = np.nan
    return flat


def search_transits(
    flux: NDArray[np.float32],
    *,
    cadence: float,
    min_period: float = 0.5,
    max_period: float | None = None,
    durations: Sequence[float] = DURATIONS,
    n_signals: int = 1,
) -> TransitSignals:
    """The strongest signal; every further one is found with the ones before cut out."""
    left = interpolate_gaps(flux)
    time = cadence_times(flux.shape[1], cadence)
    columns = np.full((9, len(flux), n_signals), np.nan)
    for rank in range(n_signals):
        found = box_search(
            left,
            cadence=cadence,
            min_period=min_period,
            max_period=max_period,
            durations=durations,
        )
        for row in np.flatnonzero(found.snr > 0):
            period = found.ephemerides.period[row]
            t0 = found.ephemerides.t0[row]
            duration = found.ephemerides.duration[row]
            inside = np.abs((time - t0 + period / 2) % period - period / 2) < duration / 2
            n = len(np.unique(np.round((time[inside] - t0) / period)))
            columns[:, row, rank] = (
                period,
                t0,
                duration,
                found.depth[row],
                found.snr[row],
                found.snr[row] / 2,
                0.5,
                1.5,
                n,
            )
            wide = np.abs((time - t0 + period / 2) % period - period / 2) < duration
            left[row, wide] = 0
    return TransitSignals(*columns)


def periodogram(
    curve: NDArray[np.float32],
    *,
    cadence: float,
    min_period: float = 0.5,
    max_period: float | None = None,
    durations: Sequence[float] = DURATIONS,
) -> Periodogram:
    """The box spectrum of one curve."""
    filled = interpolate_gaps(curve[None])[0].astype(np.float64)
    time = cadence_times(len(filled), cadence)
    longest = max_period or time[-1] / 3
    period = np.exp(np.arange(np.log(min_period), np.log(longest), durations[0] / time[-1]))
    found = BoxLeastSquares(time, filled, np.std(filled)).power(
        period, list(durations), objective="snr"
    )
    return Periodogram(period, np.asarray(found.power))
