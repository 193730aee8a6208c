"""The exact median of many numbers, several times faster than by partial sorting."""

import numpy as np

from kepler_keras.compiled import compiled

CELLS = 1024
FEW = 64  # below, sorting is as fast


@compiled
def median_of(values):  # type: ignore[no-untyped-def]
    """Median of finite numbers, shape (n,), n >= 1; the mean of the middle two where n is even.

    The numbers are counted in equal cells about their mean, those beyond in the outermost; then only
    the cell that holds the middle is sorted. Whatever the distribution the result is exact.
    """
    n = len(values)
    if n < FEW:
        return _middle(np.sort(values), (n - 1) // 2, n // 2)
    total, spread = 0.0, 0.0
    for i in range(n):
        total += values[i]
    mean = total / n
    for i in range(n):
        spread += abs(values[i] - mean)
    if spread == 0 or not np.isfinite(spread):
        return _middle(np.sort(values), (n - 1) // 2, n // 2)
    scale = 0.25 * CELLS / (spread / n)
    offset = 0.5 * CELLS - mean * scale
    counts = np.zeros(CELLS, np.int64)
    cells = np.empty(n, np.int16)
    for i in range(n):
        cell = int(min(max(values[i] * scale + offset, 0.0), CELLS - 1.0))
        cells[i] = cell
        counts[cell] += 1
    low, high = (n - 1) // 2, n // 2
    before, first = 0, 0
    while before + counts[first] <= low:
        before += counts[first]
        first += 1
    last, upto = first, before + counts[first]
    while upto <= high:
        last += 1
        upto += counts[last]
    inside = np.empty(upto - before, values.dtype)
    place = 0
    for i in range(n):
        if first <= cells[i] <= last:
            inside[place] = values[i]
            place += 1
    return _middle(np.sort(inside), low - before, high - before)


@compiled
def _middle(ordered, low, high):  # type: ignore[no-untyped-def]
    return 0.5 * (np.float64(ordered[low]) + np.float64(ordered[high]))
