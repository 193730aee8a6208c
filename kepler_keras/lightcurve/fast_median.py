"""The exact median of many numbers, several times faster than by partial sorting."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled

CELLS = 1024
FEW = 64  # below, sorting is as fast


@compiled
def median_of(values: NDArray[np.floating]) -> float:
    """Median of finite numbers, shape (n,), n >= 1; the mean of the middle two where n is even.

    The numbers are counted in equal cells about their mean, those beyond in the outermost; then
    only the cell that holds the middle is sorted. Whatever the distribution the result is exact.
    """
    n = len(values)
    if n < FEW:
        return _middle(values.copy(), (n - 1) // 2, n // 2)
    total, spread = 0.0, 0.0
    for i in range(n):
        total += values[i]
    mean = total / n
    for i in range(n):
        spread += abs(values[i] - mean)
    if spread == 0 or not np.isfinite(spread):
        return _middle(values.copy(), (n - 1) // 2, n // 2)
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
    return _middle(inside, low - before, high - before)


@compiled
def _middle(values: NDArray[Any], low: int, high: int) -> float:
    """Mean of the values that stand at `low` and `high` once they are in order; reorders them."""
    result: float = 0.5 * (np.float64(_ordered(values, low)) + np.float64(_ordered(values, high)))
    return result


@compiled
def _ordered(values: NDArray[Any], place: int) -> float:
    """What stands at a place once values are in order: Hoare's selection (1961, CACM 4:321)."""
    first, last = 0, len(values) - 1
    while first < last:
        pivot = values[place]
        i, j = first, last
        while i <= j:
            while values[i] < pivot:
                i += 1
            while pivot < values[j]:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if j < place:
            first = i
        if place < i:
            last = j
    result: float = values[place]
    return result
