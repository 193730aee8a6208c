"""The values of a window that moves along a curve, always in order."""

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import inlined


@inlined
def add(window: NDArray[np.float64], n: int, value: float) -> int:
    """Puts a value among the first `n`, which are sorted; NaN is left out. Gives the new number."""
    if np.isnan(value):
        return n
    place = _below(window, n, value)
    for i in range(n, place, -1):
        window[i] = window[i - 1]
    window[place] = value
    return n + 1


@inlined
def remove(window: NDArray[np.float64], n: int, value: float) -> int:
    """Takes one such value out of the first `n`; NaN was never in. Gives the new number."""
    if np.isnan(value):
        return n
    for i in range(_below(window, n, value), n - 1):
        window[i] = window[i + 1]
    return n - 1


@inlined
def exchange(window: NDArray[np.float64], n: int, old: float, new: float) -> int:
    """Takes `old` out and puts `new` in, moving only what lies between. Gives the new number."""
    if np.isnan(old):
        return add(window, n, new)
    if np.isnan(new):
        return remove(window, n, old)
    hole, place = _below(window, n, old), _below(window, n, new)
    if new > old:
        place -= 1  # for `old` has gone
        for i in range(hole, place):
            window[i] = window[i + 1]
    else:
        for i in range(hole, place, -1):
            window[i] = window[i - 1]
    window[place] = new
    return n


@inlined
def _below(window: NDArray[np.float64], n: int, value: float) -> int:
    """How many of the first `n` are smaller than `value`."""
    count = 0
    for i in range(n):  # all of them: that runs on vectors, and guesses no branch wrongly
        if window[i] < value:
            count += 1
    return count


@inlined
def middle(window: NDArray[np.float64], n: int) -> float:
    """Median of the first `n`, at least one."""
    return float((window[(n - 1) // 2] + window[n // 2]) / 2)
