"""Folding a curve on a period: phases and cycles.

Times may come in any order and any number. The arithmetic of a phase stands once, in `_cycles` and
`_nearest`, for arrays of NumPy and for compiled loops alike: both round a time to the same bin.
"""

from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepler_keras.compiled import compiled, inlined

Real = TypeVar("Real", bound=np.floating)


def cadence_times(n_cadences: int, cadence: float) -> NDArray[np.float64]:
    """Days from the first cadence, shape (n_cadences,)."""
    return np.arange(n_cadences, dtype=np.float64) * np.float64(cadence)


def _cycles(time: Any, period: Any, t0: Any) -> Any:  # arrays, or numbers in compiled loops
    return np.divide(time - t0, period)


def _nearest(cycles: Any) -> Any:
    return np.floor(cycles + 0.5)


cycles_since = inlined(_cycles)
nearest_transit = inlined(_nearest)


def phase(time: ArrayLike, *, period: ArrayLike, t0: ArrayLike) -> NDArray[np.float64]:
    """Orbital phase of each time, in [-0.5, 0.5), 0 at mid-transit.

    Args:
        time: Days, any shape.
        period: Days, a number or one for each time, as is t0.
        t0: A mid-transit time in days on the same axis.
    """
    cycles = _cycles(np.asarray(time, dtype=np.float64), period, t0)
    result: NDArray[np.float64] = cycles - _nearest(cycles)
    return result


def cycle(time: ArrayLike, *, period: ArrayLike, t0: ArrayLike) -> NDArray[np.int64]:
    """Number of the orbit that each time belongs to; orbit 0 has its mid-transit at `t0`."""
    cycles = _cycles(np.asarray(time, dtype=np.float64), period, t0)
    result: NDArray[np.int64] = _nearest(cycles).astype(np.int64)
    return result


@inlined
def _line(row: NDArray[Any], left: int, right: int) -> None:
    """Draws a line between two places; those behind the end of the row are its first ones."""
    start, end = row[left], row[right % len(row)]
    for place in range(left + 1, right):
        share = (place - left) / (right - left)
        row[place % len(row)] = start + share * (end - start)


@compiled
def fill_empty(row: NDArray[Real], circular: bool) -> NDArray[Real]:
    """Fills NaN linearly between neighbours.

    Args:
        row: Shape (n,).
        circular: Whether the last place neighbours the first; otherwise the first and the last
            value are held to the ends.

    Returns:
        A copy without NaN; 0 throughout where there is no value at all.
    """
    filled = row.copy()
    first, last = -1, -1
    for place in range(len(row)):
        if np.isnan(row[place]):
            continue
        if first < 0:
            first = place
        elif place - last > 1:
            _line(filled, last, place)
        last = place
    if first < 0:
        filled[:] = 0.0
    elif circular:
        _line(filled, last, first + len(row))
    else:
        filled[:first] = row[first]
        filled[last + 1 :] = row[last]
    return filled
