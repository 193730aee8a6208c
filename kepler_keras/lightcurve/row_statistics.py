"""Level, reach and scatter of many rows at once, cadences without flux left out."""

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled
from kepler_keras.lightcurve.medians import MAD_TO_SIGMA, median_of_many

Rows = NDArray[np.float32]
Known = NDArray[np.bool_]


@compiled
def point_scatters(rows: Rows, known: Known) -> Rows:
    """Scatter of single values from third differences of neighbours, as `inject.point_scatter`.

    Where neighbours share noise, as bins do that overlap, it falls short: by half in a local view
    of the preset yu2019.

    Args:
        rows: Shape (n, lines, length); differences are taken along the last axis.
        known: Same shape; only differences of four known neighbours count.

    Returns:
        Shape (n,), in the unit of the rows; 0 where most neighbours are equal or none count.
    """
    n, lines, length = rows.shape
    scatters = np.zeros(n, np.float32)
    steps = np.empty(lines * length, np.float32)
    share = MAD_TO_SIGMA / np.sqrt(20.0)  # white noise of 1 gives the root of 1 + 9 + 9 + 1
    for row in range(n):
        count = 0
        for line in range(lines):
            values, there = rows[row, line], known[row, line]
            for i in range(length - 3):
                step = values[i + 3] - values[i] + np.float32(3) * (values[i + 1] - values[i + 2])
                steps[count] = abs(step)
                count += there[i] & there[i + 1] & there[i + 2] & there[i + 3]
        if count:
            scatters[row] = share * median_of_many(steps[:count])
    return scatters


@compiled
def middles_and_reaches(rows: Rows, known: Known) -> tuple[Rows, Rows]:
    """Median of the known values of each row, and the largest distance of one from it.

    Args:
        rows: Shape (n, length).
        known: Same shape.

    Returns:
        Both of shape (n,); 0 for rows without a known value.
    """
    n, length = rows.shape
    middles, reaches = np.zeros(n, np.float32), np.zeros(n, np.float32)
    values = np.empty(length + 1, np.float32)
    for row in range(n):
        count = 0
        for i in range(length):
            values[count] = rows[row, i]
            count += known[row, i]
        if count:
            middle = np.float32(median_of_many(values[:count]))
            reach = np.float32(0)
            for i in range(length):  # the median has overwritten the other values
                if known[row, i]:
                    reach = max(reach, abs(rows[row, i] - middle))
            middles[row], reaches[row] = middle, reach
    return middles, reaches
