"""What a found box is: its depth and its error, its alias, odd against even, a secondary.

Times are in cadences, stars as in `box_fit`.
"""

import numpy as np

from kepler_keras.compiled import compiled
from kepler_keras.lightcurve.box_fit import Box, Doubles, Floats, fold, noise_at, ratio
from kepler_keras.lightcurve.boxed_cadences import Place, in_transit
from kepler_keras.lightcurve.trial_periods import WIDEST_BOX

ODD_EVEN = 5.0  # sigma, from which alternate transits are not of one planet
EDGES = 0.4  # cadences, scatter of two edges that each fall anywhere in a cadence: (2 / 12) ** 0.5
AWAY = 1.5  # durations from the transit, from which a dip counts as another one


@compiled
def polish(
    sums: Doubles, counts: Doubles, noise: Doubles, box: Place, drift: float, bounds: Doubles
) -> Box:
    """Moves a box by fractions of a cadence to where its signal-to-noise ratio is highest.

    Args:
        sums: See `in_transit`.
        counts: See `in_transit`.
        noise: The star's.
        box: Where to begin.
        drift: Cadences over the whole curve that the period may be off.
        bounds: Shortest and longest period, shortest and longest duration.
    """
    n_cadences = len(sums) - 1
    n_measured = counts[n_cadences]
    period, t0, duration = box
    middle = t0 + np.round((0.5 * n_cadences - t0) / period) * period
    best, best_period, best_t0, best_duration = -1.0, period, t0, duration
    for k in range(-2, 3):
        trial = min(max(period * (1 + 0.5 * k * drift / n_cadences), bounds[0]), bounds[1])
        for j in range(-2, 3):
            for i in range(-2, 3):
                width = min(max(duration + 0.5 * i, bounds[2]), bounds[3], WIDEST_BOX * trial)
                place = middle + 0.25 * j
                total, n, _ = in_transit(sums, counts, trial, place, width)
                found = ratio(total, n, n_measured) / noise_at(noise, width)
                if found > best:
                    best, best_period, best_t0, best_duration = found, trial, place, width
    return best, best_period, best_t0, best_duration


@compiled
def odd_even(sums: Doubles, counts: Doubles, noise: Doubles, box: Place) -> float:
    """How far the depths of even and odd transits differ in sigma, even ones being deeper if > 0.

    The transit at t0 is even. A box of a few cadences cuts each transit's edges elsewhere, which is
    part of the error. NaN where either has no measured cadence.
    """
    period, t0, duration = box
    even, n_even, seen_even = in_transit(sums, counts, 2 * period, t0, duration)
    odd, n_odd, seen_odd = in_transit(sums, counts, 2 * period, t0 + period, duration)
    if n_even == 0 or n_odd == 0:
        return np.nan
    depth = (even + odd) / (n_even + n_odd)
    random = noise_at(noise, duration) * np.sqrt(1 / n_even + 1 / n_odd)
    edges = EDGES * depth / duration * np.sqrt(1 / seen_even + 1 / seen_odd)
    difference: float = (even / n_even - odd / n_odd) / np.sqrt(random**2 + edges**2)
    return difference


@compiled
def true_period(
    sums: Doubles, counts: Doubles, noise: Doubles, box: Place, bounds: Doubles
) -> Place:
    """The same box at a half, a third, twice or three times its period, where that is its own.

    That with the highest signal-to-noise ratio is taken. Where alternate transits differ by more
    than `ODD_EVEN` sigma and the deeper ones alone have a higher ratio, they are the transits:
    eclipses of a binary of twice the period. That is judged by the middle half of the box, where
    eclipses without a flat bottom are deepest.
    """
    n_measured = counts[len(counts) - 1]
    period, t0, duration = box
    best, best_period, best_t0 = -1.0, period, t0
    for factor in (1.0, 0.5, 1 / 3, 2.0, 3.0):
        trial = factor * period
        fits = bounds[0] <= trial <= bounds[1] and duration <= WIDEST_BOX * trial
        if factor != 1 and not fits:
            continue
        for turn in range(max(1, int(factor + 0.5))):
            total, n, transits = in_transit(sums, counts, trial, t0 + turn * period, duration)
            found = ratio(total, n, n_measured)
            if found > best and (transits >= 2 or factor <= 1):
                best, best_period, best_t0 = found, trial, t0 + turn * period
    middle = 0.5 * duration
    difference = odd_even(sums, counts, noise, (best_period, best_t0, middle))
    if abs(difference) > ODD_EVEN and 2 * best_period <= bounds[1]:
        deeper = best_t0 if difference > 0 else best_t0 + best_period
        total, n, _ = in_transit(sums, counts, best_period, best_t0, middle)
        of_all = ratio(total, n, n_measured)
        total, n, transits = in_transit(sums, counts, 2 * best_period, deeper, middle)
        if transits >= 2 and ratio(total, n, n_measured) > of_all:
            return 2 * best_period, deeper, duration
    return best_period, best_t0, duration


@compiled
def secondary(y: Floats, measured: Floats, n_measured: float, noise: Doubles, box: Place) -> float:
    """The deepest box of the same duration away from the transit, in sigma; at least 0."""
    period, t0, duration = box
    length = int(period)
    width = min(max(1, int(duration + 0.5)), length - 1)
    sums = np.empty(length + width + 1, np.float32)
    counts = np.empty_like(sums)
    fold(y, measured, period, sums, counts)
    place = t0 - np.floor(t0 / period) * period
    best = 0.0
    for start in range(length):
        off = abs(start + 0.5 * width - place)
        if min(off % length, length - off % length) < AWAY * duration:
            continue
        total = np.float64(sums[start + width] - sums[start])
        found = ratio(total, np.float64(counts[start + width] - counts[start]), n_measured)
        best = max(best, found)
    result: float = best / noise_at(noise, width)
    return result
