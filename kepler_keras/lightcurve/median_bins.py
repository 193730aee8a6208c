"""Medians of phase bins, of any width, in compiled code.

Bins have numbers 0 to bins - 1 and equal distances; phase 0 is the middle of bin ``bins // 2``. The
place of a cadence is its phase, counted in distances between bins, on the axis of these numbers::

    place = phase * per_cycle + bins // 2

A cadence belongs to every bin k with ``place - half_width < k <= place + half_width``, in 64-bit
arithmetic as written here: the half-open interval of one width around the middle of the bin. Bins
wider than their distance overlap, narrower ones leave spaces.
"""

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled, inlined
from kepler_keras.lightcurve.folding import cycles_since, nearest_transit
from kepler_keras.lightcurve.medians import median_within, sort_columns

ALL, EVEN, ODD = -1, 0, 1  # cycles
FEW = 128  # values a bin; where one has more, bins are taken one by one


@compiled
def median_bins(
    flux: NDArray[np.floating],
    time: NDArray[np.float64],
    period: float,
    t0: float,
    per_cycle: float,
    half_width: float,
    bins: int,
    circular: bool,
    cycles: int,
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Folds one star and takes the median of each bin.

    Args:
        flux: Shape (n_cadences,), NaN where it was not measured.
        time: Days, shape (n_cadences,), in any order.
        period: Days.
        t0: A mid-transit time in days.
        per_cycle: Distances between bins that a period holds.
        half_width: Half the width of a bin in distances between bins.
        bins: Number of bins.
        circular: Whether bin 0 follows the last bin; then `per_cycle` equals `bins`.
        cycles: `ALL`, or those with an `EVEN` or `ODD` number, counted from `t0`.

    Returns:
        Medians, NaN where a bin has no value, and numbers of values, both of shape (bins,).
    """
    first, last, most = _bins_of(
        flux, time, period, t0, per_cycle, half_width, bins, circular, cycles
    )
    counts = _counts(first, last, bins)
    if counts.max() <= FEW:
        return _side_by_side(flux, first, last, most, counts), counts
    return _one_by_one(flux, first, last, counts), counts


@compiled
def _counts(first: NDArray[np.int32], last: NDArray[np.int32], bins: int) -> NDArray[np.int32]:
    """Number of values of each bin: from where cadences begin and cease to count."""
    change = np.zeros(3 * bins + 1, np.int32)  # from bin -bins on
    for cadence in range(len(first)):
        if first[cadence] <= last[cadence]:
            change[first[cadence] + bins] += 1
            change[last[cadence] + bins + 1] -= 1
    counts = np.zeros(bins, np.int32)
    running = np.int32(0)
    for circle in range(3):
        for k in range(bins):
            running += change[circle * bins + k]
            counts[k] += running
    return counts


@inlined
def _bin(k: int, last: int, bins: int) -> int:
    """The bin on the circle, and one of its own for what lies beyond the last."""
    around = k + bins if k < 0 else (k - bins if k >= bins else k)
    return around if k <= last else bins


@compiled
def _side_by_side(
    flux: NDArray[np.floating],
    first: NDArray[np.int32],
    last: NDArray[np.int32],
    most: int,
    counts: NDArray[np.int32],
) -> NDArray[np.float64]:
    """Medians of bins of few values: a column a bin, and all columns are sorted together.

    The comparisons of Batcher's network do not depend on the values (Knuth, The Art of Computer
    Programming 3, Sec. 5.2.2, Algorithm M), so one instruction does them for several bins.
    """
    bins, rows = len(counts), counts.max()
    columns = np.full((rows + 1, bins + 1), np.inf, flux.dtype)
    height = np.zeros(bins + 1, np.int32)
    for cadence in range(len(flux)):
        if first[cadence] > last[cadence]:
            continue
        for step in range(most):  # as often for each: cheaper than guessing when to stop
            k = _bin(first[cadence] + step, last[cadence], bins)
            columns[height[k], k] = flux[cadence]
            height[k] += k < bins
    sort_columns(columns[:rows])
    medians = np.full(bins, np.nan)
    for k in range(bins):
        if counts[k]:
            lower, upper = columns[(counts[k] - 1) // 2, k], columns[counts[k] // 2, k]
            medians[k] = (np.float64(lower) + np.float64(upper)) / 2
    return medians


@compiled
def _one_by_one(
    flux: NDArray[np.floating],
    first: NDArray[np.int32],
    last: NDArray[np.int32],
    counts: NDArray[np.int32],
) -> NDArray[np.float64]:
    """Medians of bins of many values, which are put behind one another."""
    bins = len(counts)
    start = np.cumsum(counts) - counts
    end = start.copy()
    values = np.empty(counts.sum(), flux.dtype)
    for cadence in range(len(flux)):
        for k in range(first[cadence], last[cadence] + 1):
            place = _bin(k, k, bins)
            values[end[place]] = flux[cadence]
            end[place] += 1
    medians = np.empty(bins)
    for k in range(bins):
        medians[k] = median_within(values, start[k], end[k])
    return medians


@compiled
def _bins_of(
    flux: NDArray[np.floating],
    time: NDArray[np.float64],
    period: float,
    t0: float,
    per_cycle: float,
    half_width: float,
    bins: int,
    circular: bool,
    cycles: int,
) -> tuple[NDArray[np.int32], NDArray[np.int32], int]:
    """First and last bin of each cadence, the last one below where there is none; most bins."""
    first, last = np.empty(len(flux), np.int32), np.empty(len(flux), np.int32)
    # No bin is as wide as the circle: bins before 0 and from `bins` on are met once at most.
    lowest, highest = (1.0 - bins, 2.0 * bins - 1) if circular else (0.0, bins - 1.0)
    most = np.int32(0)
    for cadence in range(len(flux)):
        count = cycles_since(time[cadence], period, t0)
        number = nearest_transit(count)
        place = (count - number) * per_cycle + bins // 2
        wanted = cycles < 0 or number - 2 * np.floor(number / 2) == cycles
        low = max(np.floor(place - half_width) + 1, lowest)
        high = min(np.floor(place + half_width), highest)
        seen = wanted and not np.isnan(flux[cadence])
        first[cadence] = np.int32(min(low, highest + 1))
        last[cadence] = np.int32(max(high, lowest - 1)) if seen else np.int32(lowest - 1)
        most = max(most, last[cadence] - first[cadence] + np.int32(1))
    return first, last, int(most)
