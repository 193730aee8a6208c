"""Rows moved along their axis: rolled, with ends made level, stretched, gaps drawn over."""

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled
from kepler_keras.lightcurve.medians import median_within

Rows = NDArray[np.float32]
Known = NDArray[np.bool_]
LEAST_SPAN = 0.5  # of a row; levels that lie closer say nothing of a trend


@compiled
def end_slopes(rows: Rows, known: Known, window: int) -> Rows:
    """Slope a column of the line through the levels of each row's two ends.

    A level is the median of the first or last `window` known values, at the mean of their columns.

    Returns:
        Shape (n,); 0 where the two levels lie closer than half the row.
    """
    n, length = rows.shape
    slopes = np.zeros(n, np.float32)
    values = np.empty(window, np.float32)
    levels, places = np.zeros(2), np.zeros(2)
    for row in range(n):
        for end in range(2):
            count, places[end], i = 0, 0.0, 0
            while count < window and i < length:
                column = i if end == 0 else length - 1 - i
                if known[row, column]:
                    values[count] = rows[row, column]
                    places[end] += column
                    count += 1
                i += 1
            if count == 0:
                break
            places[end] /= count
            levels[end] = median_within(values, 0, count)
        if count and places[1] - places[0] >= LEAST_SPAN * length:
            slopes[row] = (levels[1] - levels[0]) / (places[1] - places[0])
    return slopes


@compiled
def rolled(rows: Rows, known: Known, slopes: Rows, shifts: NDArray[np.int64]) -> tuple[Rows, Known]:
    """Rows without a line, rolled to the right by `shifts` columns; the line is 0 in the middle."""
    n, length = rows.shape
    moved, there = np.empty_like(rows), np.empty_like(known)
    middle = np.float32((length - 1) / 2)
    for row in range(n):
        shift = shifts[row]
        for i in range(length):
            line = slopes[row] * (np.float32(i) - middle)
            to = i + shift if i + shift < length else i + shift - length
            moved[row, to] = rows[row, i] - line
            there[row, to] = known[row, i]
    return moved, there


@compiled
def stretched(
    rows: Rows, known: Known, factors: NDArray[np.float64], middle: float
) -> tuple[Rows, Known]:
    """Rows made `factors` times as long about the column `middle`, by linear interpolation.

    What lies before the first or behind the last column is that column's value, and not known; nor
    is what lies beside a value that is not.

    Args:
        rows: Shape (n, lines, length).
        known: Same shape.
        factors: Shape (n,).
        middle: The column that stays.
    """
    n, lines, length = rows.shape
    moved, there = np.empty_like(rows), np.empty_like(known)
    for row in range(n):
        for i in range(length):
            place = middle + (i - middle) / factors[row]
            left = min(max(int(np.floor(place)), 0), length - 1)
            share = np.float32(min(max(place - left, 0.0), 1.0))
            right = min(left + 1, length - 1)
            inside = 0 <= place <= length - 1
            for line in range(lines):
                values, measured = rows[row, line], known[row, line]
                moved[row, line, i] = values[left] + share * (values[right] - values[left])
                both = measured[left] & (measured[right] | (share == 0))
                there[row, line, i] = inside & both
    return moved, there


@compiled
def lines_over_gaps(rows: Rows, known: Known) -> Rows:
    """Rows whose unknown values lie on the line between known neighbours, held to the ends.

    A row without any known value is 0.
    """
    n, length = rows.shape
    drawn = rows.copy()
    for row in range(n):
        last = -1
        for i in range(length + 1):
            if i < length and not known[row, i]:
                continue
            for gap in range(last + 1, i):
                if last < 0 and i == length:
                    drawn[row, gap] = 0
                elif last < 0:
                    drawn[row, gap] = rows[row, i]
                elif i == length:
                    drawn[row, gap] = rows[row, last]
                else:
                    step = (rows[row, i] - rows[row, last]) / np.float32(i - last)
                    drawn[row, gap] = rows[row, last] + step * np.float32(gap - last)
            last = i
    return drawn
