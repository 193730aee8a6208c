"""The box that fits a curve best near a given period, at full resolution and with exact counts.

All times here are in cadences. A star is its standardised curve `y` (dips positive, unit scatter,
level 0, 0 in gaps) and `measured`, 1 where there is flux and 0 in gaps; `noise` is how much more
boxes of 0, 1, 2, ... cadences scatter than in white noise.
"""

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled, inlined
from kepler_keras.lightcurve.trial_periods import WIDEST_BOX

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Box = tuple[float, float, float, float]  # signal-to-noise ratio, period, t0, duration

WIDER, NARROWER = 1.45, 0.7  # durations tried about a coarse one
DRIFT = 1.2  # bins of the coarse search that a period may be off over the whole curve, either way
OVERSAMPLE = 6  # drifts tried in a duration


@inlined
def ratio(total: float, n: float, n_measured: float) -> float:
    """Signal-to-noise ratio in white noise of a sum over n of the star's measured cadences."""
    if n < 1 or n >= n_measured:
        return 0.0
    result: float = total * np.sqrt(n_measured / (n * (n_measured - n)))
    return result


@inlined
def noise_at(noise: Doubles, width: float) -> float:
    """Noise of boxes of a width, which need not be whole; that of the widest known beyond it."""
    result: float = noise[min(int(width + 0.5), len(noise) - 1)]
    return result


@compiled
def fold(y: Floats, measured: Floats, period: float, sums: Floats, counts: Floats) -> None:
    """Adds a curve up by cadence in its cycle; each cycle begins at the nearest whole cadence.

    `sums` gets what was added up to each cadence of the cycle, around the circle and on; its length
    is at least int(period) + 1. `counts` gets the same of measured cadences.
    """
    n_cadences, length = len(y), int(period)
    sums[:], counts[:] = 0, 0
    cycle = 0
    while True:
        first = int(cycle * period + 0.5)
        if first >= n_cadences:
            break
        n = min(length, n_cadences - first)
        for i in range(n):
            sums[i + 1] += y[first + i]
        for i in range(n):
            counts[i + 1] += measured[first + i]
        cycle += 1
    for i in range(length + 1, len(sums)):
        sums[i], counts[i] = sums[i - length], counts[i - length]
    for i in range(1, len(sums)):
        sums[i] += sums[i - 1]
        counts[i] += counts[i - 1]


@compiled
def best_box(
    sums: Floats,
    counts: Floats,
    length: int,
    stride: int,
    widths: NDArray[np.int64],
    n_widths: int,
    noise: Doubles,
    n_measured: float,
) -> tuple[float, float, int]:
    """The strongest box of a curve that `fold` added up, begun at every `stride` cadences.

    The widths stand in the first column of `widths`, in strides; `length` is the cycle's.

    Returns:
        Signal-to-noise ratio, middle of the box in [0, 2 * length), width in cadences.
    """
    best, best_middle, best_width = -1.0, 0.0, widths[0, 0] * stride
    for k in range(n_widths):
        width = min(widths[k, 0] * stride, length - 1)
        of_boxes = noise_at(noise, width)
        for start in range(0, length, stride):
            total = np.float64(sums[start + width] - sums[start])
            if total > 0:
                n = np.float64(counts[start + width] - counts[start])
                found = ratio(total, n, n_measured) / of_boxes
                if found > best:
                    best, best_middle, best_width = found, start + 0.5 * width, width
    return best, best_middle, best_width


@compiled
def refine(
    y: Floats,
    measured: Floats,
    n_measured: float,
    noise: Doubles,
    period: float,
    t0: float,
    width: int,
    slack: int,
    bounds: Doubles,
    room: Doubles,
) -> Box:
    """Tries periods, phases and durations about a coarse box.

    The period turns about the transit next to the middle of the curve, which keeps its place.

    Args:
        y: The star.
        measured: Its cadences with flux,
        n_measured: and their number.
        noise: The star's.
        period: Of the coarse box.
        t0: Of the coarse box.
        width: Of the coarse box.
        slack: Cadences in a bin of the coarse search.
        bounds: Shortest and longest period, shortest and longest duration, cadences.
        room: Shape (2, n), for what is added up about the transits; at most n cadences of it.

    """
    n_cadences = len(y)
    longest = min(bounds[3], int(WIDEST_BOX * period))
    narrow = min(max(bounds[2], int(NARROWER * width)), longest)
    wide = max(narrow, min(longest, int(np.ceil(WIDER * width))))
    n_bins = int(min(wide + 2 * (slack + 1), int(period), room.shape[1]))
    narrow, wide = int(min(narrow, n_bins)), int(min(wide, n_bins))
    middle = t0 + np.round((0.5 * n_cadences - t0) / period) * period
    step = max(0.5, width / OVERSAMPLE)
    n_steps = int(np.ceil(DRIFT * slack / step))
    best, best_period, best_start, best_width = -1.0, period, 0, width
    for k in range(-n_steps, n_steps + 1):
        trial = period * (1 + k * step / n_cadences)
        if trial < bounds[0] or trial > bounds[1]:
            continue
        _add_about(y, measured, trial, middle, n_bins, room)
        for tried in range(narrow, wide + 1):
            of_boxes = noise_at(noise, tried)
            total, n = 0.0, 0.0
            for i in range(tried):
                total += room[0, i]
                n += room[1, i]
            for start in range(n_bins - tried + 1):
                if total > 0:
                    found = ratio(total, n, n_measured) / of_boxes
                    if found > best:
                        best, best_period = found, trial
                        best_start, best_width = start, tried
                if start + tried < n_bins:
                    total += room[0, start + tried] - room[0, start]
                    n += room[1, start + tried] - room[1, start]
    return best, best_period, middle + best_start + 0.5 * (best_width - n_bins), best_width


@inlined
def _add_about(
    y: Floats, measured: Floats, period: float, middle: float, n_bins: int, room: Doubles
) -> None:
    """Adds up the cadences about every transit by their distance from it."""
    n_cadences = len(y)
    room[:, :n_bins] = 0
    number = np.ceil((-0.5 * n_bins - middle) / period)
    while True:
        first = int(np.ceil(middle + number * period - 0.5 * n_bins))
        if first >= n_cadences:
            break
        for i in range(max(0, -first), min(n_bins, n_cadences - first)):
            room[0, i] += y[first + i]
            room[1, i] += measured[first + i]
        number += 1
