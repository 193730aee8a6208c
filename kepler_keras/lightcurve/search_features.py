"""What a period search says of a star, as a row of numbers: the cheap baseline's view.

Everything is measured on the curve that the view gets, at the ephemeris that it gets, with the
loops of the search itself (`vetting`, `boxed_cadences`).
"""

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled
from kepler_keras.lightcurve.block_search import running_sums
from kepler_keras.lightcurve.box_fit import noise_at, ratio
from kepler_keras.lightcurve.boxed_cadences import in_transit, steadiness, without_deeper_dips
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.row_statistics import point_scatters
from kepler_keras.lightcurve.search_layout import DURATIONS
from kepler_keras.lightcurve.standard_star import noise_of_boxes, standardise
from kepler_keras.lightcurve.trial_periods import SOLAR_DURATION, SOLAR_PERIOD
from kepler_keras.lightcurve.vetting import odd_even, secondary
from kepler_keras.lightcurve.view_options import (
    Flux,
    Tensor,
    known_ephemerides,
    refuses_unknown_options,
)

SEARCH_FEATURES = (
    "snr",
    "depth",
    "depth_in_scatters",
    "log_period",
    "duration_share",
    "duration_in_solar",
    "n_transits",
    "odd_even",
    "secondary",
    "secondary_share",
    "steadiness",
    "scatter",
    "point_share",
    "box_noise",
)
DIGITS = 9  # of a cadence: days and back must not push an edge over a cadence


@refuses_unknown_options("search_features")
def search_features(flux: Flux, *, cadence: float, ephemerides: Ephemerides) -> Tensor:
    """Numbers of the box at each ephemeris, in the order of `SEARCH_FEATURES`.

    - `snr`: depth over its error for the noise of the star's own boxes of that duration; 0 where
      the box holds no flux. That of `search_transits` on the same detrended flux with its usual
      trial durations, to 1 %, as the search cuts deeper dips elsewhere before it moves the box for
      the last time; the search of an experiment detrends with a window of its own.
    - `depth` in the unit of the flux, and in scatters.
    - `log_period`: log10 of days; duration as a share of the period, and in central transits of the
      Sun at that period.
    - `n_transits` with flux; `odd_even` depths apart, in sigma.
    - `secondary`: the deepest other box, in sigma, and as a share of `snr`, which is that of the
      depths where both hold as many cadences.
    - `steadiness`: the depth without the strongest transit as a share of the depth with it.
    - `scatter` of the curve in the unit of the flux; the share of it that neighbouring cadences do
      not have in common; `box_noise`, how much more boxes scatter than in white noise.

    Args:
        flux: Shape (n, n_cadences), detrended, NaN where it was not measured.
        cadence: Days between columns.
        ephemerides: Of every row.

    Returns:
        Shape (n, 14); NaN where a number is not defined, as all but `snr` for a row without flux,
        or at a period of less than two cadences or no longer than the duration.

    Raises:
        InputError: An ephemeris cannot be used.
    """
    known = known_ephemerides(ephemerides, len(flux))
    curves = np.ascontiguousarray(flux, np.float32)
    widths = np.array([max(1, round(duration / cadence)) for duration in DURATIONS], np.int64)
    boxes = np.column_stack([known.period, known.t0, known.duration]) / cadence
    rows = _boxes(curves, np.round(boxes, DIGITS), widths)
    snr, depth, n_transits, differ, other, steady, noise, scatter = rows.T
    there = np.isfinite(curves)
    points = point_scatters(np.where(there, curves, 0)[:, None], there[:, None])
    solar = SOLAR_DURATION * np.cbrt(known.period / SOLAR_PERIOD)
    columns = {
        "snr": snr,
        "depth": depth * scatter,
        "depth_in_scatters": depth,
        "log_period": np.log10(known.period),
        "duration_share": known.duration / known.period,
        "duration_in_solar": known.duration / solar,
        "n_transits": n_transits,
        "odd_even": differ,
        "secondary": other,
        "secondary_share": np.where(snr > 0, other / np.where(snr > 0, snr, 1), np.nan),
        "steadiness": steady,
        "scatter": scatter,
        "point_share": points / scatter,
        "box_noise": noise,
    }
    return np.column_stack([columns[name] for name in SEARCH_FEATURES]).astype(np.float32)


@compiled
def _boxes(
    flux: NDArray[np.float32], boxes: NDArray[np.float64], widths: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Measures each star's box, given in cadences.

    Returns:
        Shape (n, 8): snr, depth in scatters, transits, odd against even and secondary in sigma,
        steadiness, noise of boxes, the star's scatter.
    """
    n, n_cadences = flux.shape
    out = np.full((n, 8), np.nan)
    y, clipped = np.empty(n_cadences, np.float32), np.empty(n_cadences, np.float32)
    measured, noise = np.empty(n_cadences, np.float32), np.ones(widths[-1] + 1)
    for star in range(n):
        period, t0, duration = boxes[star]
        row = out[star]
        row[0] = 0.0
        scatter = standardise(flux[star], y, clipped, measured)
        if scatter == 0:
            continue
        row[7] = scatter
        if period < 2 or duration >= period:
            continue
        box = (period, t0 - np.floor(t0 / period) * period, duration)
        noise_of_boxes(clipped, measured, widths, noise)
        own = without_deeper_dips(y, clipped, measured, box)
        sums, counts = running_sums(own), running_sums(measured)
        n_measured = float(counts[n_cadences])
        total, inside, transits = in_transit(sums, counts, period, box[1], duration)
        row[2], row[6] = transits, noise_at(noise, duration)
        if inside < 1 or inside >= n_measured:
            continue
        row[0] = ratio(total, inside, n_measured) / row[6]
        row[1] = total / inside + total / (n_measured - inside)  # the curve's mean is 0
        row[3] = abs(odd_even(sums, counts, noise, box))
        if period <= n_cadences:
            row[4] = secondary(own, measured, n_measured, noise, box)
        row[5] = steadiness(sums, counts, box)
    return out
