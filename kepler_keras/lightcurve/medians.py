"""Exact medians of a few numbers and of many, inside compiled loops."""

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled, inlined

MAD_TO_SIGMA = 1.4826  # of a normal distribution
SMALL = 24  # values; sorting so few by insertion is quicker than selecting among them
LARGE = 200  # values; of more, those far from the middle are put aside first
SAMPLE, ASIDE = 64, 10  # of a sample, the values this many places from its middle


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


@inlined
def _narrowed(values: NDArray[np.floating], count: int, lower: int, upper: int) -> tuple[int, int]:
    """Keeps of values[:count] those near the middle, at its beginning.

    Two values of a sorted sample enclose the wanted ranks nearly always: Floyd & Rivest 1975,
    CACM 18:165. Counting and moving need no branch.

    Returns:
        How many were kept, and how many lower ones are gone; all and 0 if the guess was wrong.
    """
    sample = np.empty(SAMPLE, values.dtype)
    for i in range(SAMPLE):
        sample[i] = values[i * count // SAMPLE]
    _sort(sample, 0, SAMPLE)
    low, high = sample[SAMPLE // 2 - ASIDE], sample[SAMPLE // 2 + ASIDE]
    below = kept = 0
    for i in range(count):
        below += values[i] < low
        kept += (values[i] >= low) & (values[i] <= high)
    if lower < below or upper >= below + kept:
        return count, 0
    place = 0
    for i in range(count):
        value = values[i]
        values[place] = value
        place += (value >= low) & (value <= high)
    return kept, below


@compiled
def median_of_many(values: NDArray[np.floating]) -> float:
    """Median of values, one or more and none of them NaN, which it overwrites."""
    count = len(values)
    lower, upper = (count - 1) // 2, count // 2
    while count > LARGE:
        kept, below = _narrowed(values, count, lower, upper)
        if kept == count:
            break
        count, lower, upper = kept, lower - below, upper - below
    _select(values, 0, count, upper)
    if lower < upper:
        _select(values, 0, upper, lower)
    return (np.float64(values[lower]) + np.float64(values[upper])) / 2


@compiled
def median(values: NDArray[np.floating]) -> float:
    """Median of values, one or more and none of them NaN, which stay as they are."""
    copy = np.empty_like(values)
    for i in range(len(values)):
        copy[i] = values[i]
    return median_of_many(copy)


@compiled
def median_deviation(values: NDArray[np.floating], centre: float) -> float:
    """Median of the absolute distances from `centre` of at least one value, without NaN."""
    distances = np.empty_like(values)
    for i in range(len(values)):
        distances[i] = abs(values[i] - centre)
    return median_of_many(distances)


@inlined
def median_within(values: NDArray[np.floating], start: int, stop: int) -> float:
    """Median of values[start:stop], none of them NaN, which it overwrites; NaN if it is empty."""
    count = stop - start
    if count == 0:
        return np.nan
    if count > SMALL:
        return median_of_many(values[start:stop])
    _sort(values, start, stop)
    return (
        np.float64(values[start + (count - 1) // 2]) + np.float64(values[start + count // 2])
    ) / 2


@compiled
def sort_columns(table: NDArray[np.floating]) -> None:
    """Sorts each column in place by Batcher's network: Knuth, TAOCP 3, Sec. 5.2.2, Algorithm M."""
    n = len(table)
    run = 1
    while run < n:
        apart = run
        while apart > 0:
            for start in range(apart % run, n - apart, 2 * apart):
                for upper in range(start, min(start + apart, n - apart)):
                    lower = upper + apart
                    if upper // (2 * run) == lower // (2 * run):
                        _exchange(table[upper], table[lower])
            apart //= 2
        run *= 2


@inlined
def _exchange(upper: NDArray[np.floating], lower: NDArray[np.floating]) -> None:
    for column in range(len(upper)):
        one, other = upper[column], lower[column]
        upper[column] = one if one < other else other
        lower[column] = other if one < other else one
