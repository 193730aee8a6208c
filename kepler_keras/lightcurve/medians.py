"""The median of a few numbers inside a compiled loop."""

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled, inlined

SMALL = 24  # values; sorting so few by insertion is quicker than selecting among them


@inlined
def _sort(values: NDArray[np.floating], start: int, stop: int) -> None:
    for place in range(start + 1, stop):
        value = values[place]
        while place > start and values[place - 1] > value:
            values[place] = values[place - 1]
            place -= 1
        values[place] = value


@inlined
def _select(values: NDArray[np.floating], start: int, stop: int, place: int) -> None:
    """Moves the value that sorting would put at `place` there, no greater ones before it.

    Hoare 1961, CACM 4:321, "Find", with the middle of three values as the pivot.
    """
    left, right = start, stop - 1
    while left < right:
        low, middle, high = values[left], values[(left + right) // 2], values[right]
        pivot = max(min(low, middle), min(max(low, middle), high))
        i, j = left, right
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if place <= j:
            right = j
        elif place >= i:
            left = i
        else:
            return


@compiled
def median_within(values: NDArray[np.floating], start: int, stop: int) -> float:
    """Median of values[start:stop], none of them NaN; reorders them; NaN where there are none."""
    count = stop - start
    if count <= 0:
        return np.nan
    upper = start + count // 2
    if count <= SMALL:
        _sort(values, start, stop)
        lower_value = values[start + (count - 1) // 2]
    else:
        _select(values, start, stop, upper)
        lower_value = values[upper]
        if count % 2 == 0:
            lower_value = values[start]
            for place in range(start + 1, upper):
                lower_value = max(lower_value, values[place])
    return (np.float64(lower_value) + np.float64(values[upper])) / 2
