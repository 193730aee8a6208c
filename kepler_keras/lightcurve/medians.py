"""Exact medians, several times faster than by partial sorting."""

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled

MAD_TO_SIGMA = 1.4826  # of a normal distribution
FEW = 40  # values that are sorted rather than halved once more
MOST_HALVINGS = 60


@compiled
def median(values: NDArray[np.floating]) -> float:
    """Median of at least one value, without NaN.

    Counting what lies below a pivot runs on whole vectors, partitioning does not: the range that
    holds the median is halved until few values are left in it, and only those are sorted.
    """
    n = len(values)
    low, high = values[0], values[0]
    for value in values:
        low = min(low, value)
        high = max(high, value)
    lower, upper = (n - 1) // 2, n // 2  # ranks of the middle, which are two if n is even
    below, inside = 0, n
    for _ in range(MOST_HALVINGS):
        pivot = low + (high - low) / 2
        if inside <= FEW or not low < pivot < high:
            break
        count = 0
        for i in range(n):
            if values[i] < pivot:
                count += 1
        if count > upper:
            high = pivot
            inside = count - below
        elif count <= lower:
            low = pivot
            inside += below - count
            below = count
        else:  # the pivot lies between the two
            break
    left = np.sort(values[(values >= low) & (values <= high)])
    return float((left[lower - below] + left[upper - below]) / 2)


@compiled
def median_deviation(values: NDArray[np.floating], centre: float) -> float:
    """Median of the absolute distances from `centre` of at least one value, without NaN."""
    return median(np.abs(values - centre))
