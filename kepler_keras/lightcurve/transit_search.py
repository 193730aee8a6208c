"""Finding the period of a transit: box least squares, ranked by signal-to-noise ratio.

Two stages. A coarse one runs astropy's search over all periods on a binned curve; a fine one runs
it again at full resolution around the best few (the box: Kovacs, Zucker & Mazeh 2002, A&A 391:369).
astropy's default objective, the likelihood of the points in the box alone, grows with the share of
the orbit that the box covers and so leans to the shortest periods; hence ``objective="snr"``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from astropy.timeseries import BoxLeastSquares
from numpy.typing import NDArray

from kepler_keras.errors import InputError
from kepler_keras.lightcurve.conditioning import robust_scale, robust_scatter
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.folding import cadence_times

HIGHEST = 3.0  # scatters; flares and cosmic rays above are cut down to this
BIN_WIDTH = 0.8  # of the shortest duration, at most, in the coarse stage
COARSE_DRIFT = 1.5  # of the shortest duration, over the whole span, between trial periods
COARSE_OVERSAMPLE = 3  # trial positions in the shortest duration
FINE_OVERSAMPLE = 6
FINE_STEPS = 15  # trial periods around each candidate, 1.2 coarse steps to either side
CANDIDATES = 8


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


def search_transits(
    flux: NDArray[np.floating],
    *,
    cadence: float,
    min_period: float,
    max_period: float | None = None,
    durations: Sequence[float],
) -> TransitSearch:
    """Searches each curve by itself, so the result does not depend on how curves are chunked.

    Args:
        flux: Detrended, shape (n, n_cadences), without NaN, dips negative.
        cadence: Days between columns.
        min_period: Shortest period in days, longer than the longest duration.
        max_period: Longest period in days; None means a third of the span, so that there are at
            least two transits and mostly three.
        durations: Trial durations in days.

    Raises:
        InputError: Periods or durations are not in order, or longer than the curve.
    """
    span = flux.shape[1] * cadence
    longest = span / 3 if max_period is None else max_period
    widths = sorted(durations)
    _check(widths, cadence, min_period, longest, span)
    step = COARSE_DRIFT * widths[0] / span
    periods = np.exp(np.arange(np.log(min_period), np.log(longest), step))
    found = np.empty((len(flux), 5))
    scatter = robust_scatter(flux)
    for row, curve in enumerate(robust_scale(flux)):
        clipped = np.minimum(curve, HIGHEST).astype(np.float64)
        candidates = _coarse(clipped, cadence, periods, widths)
        found[row] = _fine(clipped, cadence, candidates, (min_period, longest), step, widths)
    period, t0, duration, snr, depth = found.T
    ephemerides = Ephemerides(period.copy(), t0.copy(), duration.copy())
    return TransitSearch(ephemerides, snr.copy(), depth * scatter)


def _coarse(
    curve: NDArray[np.float64],
    cadence: float,
    periods: NDArray[np.float64],
    durations: list[float],
) -> NDArray[np.float64]:
    """The best periods on the binned curve, no two within a duration's drift of each other."""
    width = max(1, int(BIN_WIDTH * durations[0] / cadence))
    n = len(curve) // width
    binned = curve[: n * width].reshape(n, width).mean(axis=1)
    time = cadence_times(n, width * cadence)
    result = BoxLeastSquares(time, binned, width**-0.5).power(
        periods, durations, objective="snr", oversample=COARSE_OVERSAMPLE
    )
    power = np.array(result.power)
    apart = int(np.ceil(2 * durations[-1] / durations[0] / COARSE_DRIFT))
    best: list[int] = []
    for _ in range(min(CANDIDATES, len(periods))):
        best.append(int(np.argmax(power)))
        power[max(0, best[-1] - apart) : best[-1] + apart + 1] = -np.inf
    return periods[best]


def _fine(
    curve: NDArray[np.float64],
    cadence: float,
    candidates: NDArray[np.float64],
    bounds: tuple[float, float],
    step: float,
    durations: list[float],
) -> tuple[float, float, float, float, float]:
    """Period, t0, duration, snr and depth of the best box at full resolution."""
    around = np.exp(np.linspace(-1.2, 1.2, FINE_STEPS) * step)
    periods = np.clip(candidates[:, None] * around, *bounds).ravel()
    result = BoxLeastSquares(cadence_times(len(curve), cadence), curve, 1.0).power(
        periods, durations, objective="snr", oversample=FINE_OVERSAMPLE
    )
    best = int(np.argmax(result.power))
    period, depth = float(result.period[best]), float(result.depth[best])
    if not depth > 0:
        return bounds[1], 0.0, durations[0], 0.0, 0.0
    t0 = float(result.transit_time[best]) % period
    return period, t0, float(result.duration[best]), float(result.depth_snr[best]), depth


def _check(
    durations: list[float], cadence: float, min_period: float, max_period: float, span: float
) -> None:
    if not durations or durations[0] < cadence:
        raise InputError(
            f"durations must be at least one cadence ({cadence:.5f} d), got {durations}"
        )
    if durations[-1] >= min_period:
        raise InputError(
            f"durations must be shorter than min_period ({min_period} d), got {durations[-1]} d"
        )
    if not min_period < max_period <= span:
        raise InputError(
            f"min_period < max_period <= {span:.1f} d (the span) is needed, "
            f"got {min_period} d and {max_period:.1f} d"
        )
