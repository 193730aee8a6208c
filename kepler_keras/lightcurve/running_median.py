"""A running median."""

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled, inlined
from kepler_keras.lightcurve.sorted_window import add, exchange, middle
from kepler_keras.lightcurve.stretches import next_stretch


@compiled
def median_trend(curve: NDArray[np.floating], width: int, max_gap: int) -> NDArray[np.float64]:
    """Median of what was measured in a window about each cadence; stretches are mirrored at ends.

    Args:
        curve: Shape (n_cadences,), NaN in gaps.
        width: Window in cadences, odd.
        max_gap: Cadences; no window reaches across a longer gap.

    Returns:
        Shape (n_cadences,), NaN where a window holds nothing and outside stretches.
    """
    trend = np.full(len(curve), np.nan)
    window = np.empty(width)
    half = width // 2
    stop = 0
    while True:
        start, stop = next_stretch(curve, stop, max_gap)
        if start == stop:
            return trend
        stretch = curve[start:stop]
        n = 0
        for i in range(-half, half + 1):
            n = add(window, n, _mirrored(stretch, i))
        for i in range(len(stretch)):
            if n:
                trend[start + i] = middle(window, n)
            n = exchange(window, n, _mirrored(stretch, i - half), _mirrored(stretch, i + half + 1))


@inlined
def _mirrored(curve: NDArray[np.floating], i: int) -> float:
    """The curve read on beyond its ends: d c b a | a b c d | d c b a, as often as needed."""
    n = len(curve)
    if 0 <= i < n:
        return float(curve[i])
    i = i % (2 * n)
    return float(curve[i if i < n else 2 * n - 1 - i])
