"""A curve's stretches: what lies between its long gaps."""

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled


@compiled
def next_stretch(curve: NDArray[np.floating], begin: int, max_gap: int) -> tuple[int, int]:
    """First stretch at or after `begin`, as [start, stop); both ends are measured.

    Args:
        curve: Shape (n_cadences,), NaN where nothing was measured.
        begin: Where to look from.
        max_gap: Most cadences without flux that a stretch may hold in a row.

    Returns:
        Twice the number of cadences where none is left.
    """
    n = len(curve)
    start = begin
    while start < n and np.isnan(curve[start]):
        start += 1
    stop = start
    for cadence in range(start, n):
        if not np.isnan(curve[cadence]):
            if cadence - stop > max_gap:
                break
            stop = cadence + 1
    return start, stop
