"""Tukey's biweight in a sliding window (Hippke et al. 2019, AJ 158, 143, Sec. 2.2)."""

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled, inlined
from kepler_keras.lightcurve.sorted_window import add, exchange, middle
from kepler_keras.lightcurve.stretches import next_stretch

Vector = NDArray[np.float64]

CUT = 5.0  # median absolute deviations beyond which a value has no weight (ibid.)
TOLERANCE = 1e-6  # the same unit
MOST_STEPS = 100


@compiled
def biweight_trend(curve: NDArray[np.floating], width: int, max_gap: int) -> Vector:
    """Biweight location of what was measured in a window about each cadence.

    At the ends of a stretch the window is cut off, on one side only.

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
        n = 0
        for i in range(start, min(start + half, stop)):
            n = add(window, n, float(curve[i]))
        for i in range(start, stop):
            old = float(curve[i - half - 1]) if i - half > start else np.nan
            new = float(curve[i + half]) if i + half < stop else np.nan
            n = exchange(window, n, old, new)
            if n:
                trend[i] = _location(window, n)


@inlined
def _location(window: Vector, n: int) -> float:
    """Location of the first `n` values, which are sorted: steps of reweighted means' equation."""
    centre = middle(window, n)
    deviation = _deviation(window, n, centre)
    if deviation == 0:
        return centre
    return centre + CUT * deviation * _root(window, n, centre, 1 / (CUT * deviation))


@inlined
def _deviation(window: Vector, n: int, centre: float) -> float:
    """Median absolute deviation of sorted values from their median.

    The n // 2 + 1 values nearest to the median stand side by side; the farthest of them is the
    upper middle deviation, the next one the lower.
    """
    last = n // 2
    first, end = 0, n - 1 - last
    while first < end:  # the first that is not farther than the value beyond the other end
        half = (first + end) // 2
        if centre - window[half] > window[half + last + 1] - centre:
            first = half + 1
        else:
            end = half
    left, right = centre - window[first], window[first + last] - centre
    if n % 2:
        return max(left, right)
    if left > right:
        return (left + max(centre - window[first + 1], right)) / 2
    return (right + max(left, window[first + last - 1] - centre)) / 2


@inlined
def _root(window: Vector, n: int, centre: float, scale: float) -> float:
    """Where the sum of u (1 - u^2)^2 over |u| < 1 vanishes, by Newton's steps from 0.

    u is the distance in units of the cut, less the root. As long as the same values lie within the
    cut, the sum is a polynomial of the root, whose coefficients are sums of powers.
    """
    root = 0.0
    first, last = 0, n
    for _ in range(MOST_STEPS):
        while first > 0 and (window[first-1] - centre) * scale - root > -1:
            first -= 1
        while first < n and (window[first] - centre) * scale - root <= -1:
            first += 1
        while last < n and (window[last] - centre) * scale - root < 1:
            last += 1
        while last > 0 and (window[last - 1] - centre) * scale - root >= 1:
            last -= 1
        s1 = s2 = s3 = s4 = s5 = 0.0
        for i in range(first, last):
            u = (window[i] - centre) * scale - root
            square = u * u
            s1 += u
            s2 += square
            s3 += square * u
            s4 += square * square
            s5 += square * square * u
        step = _polynomial_root(float(last - first), s1, s2, s3, s4, s5)
        root += step
        if abs(step) < TOLERANCE / CUT:
            break
    return root


@inlined
def _polynomial_root(n: float, s1: float, s2: float, s3: float, s4: float, s5: float) -> float:
    # sum (u-r) - 2 (u-r)^3 + (u-r)^5
    c0 = s1 - 2 * s3 + s5
    c1 = -n + 6 * s2 - 5 * s4
    c2 = -6 * s1 + 10 * s3
    c3 = 2 * n - 10 * s2
    c4 = 5 * s1
    c5 = -n
    r = 0.0
    for _ in range(8):
        value = c0 + r * (c1 + r * (c2 + r * (c3 + r * (c4 + r * c5))))
        slope = c1 + r * (2 * c2 + r * (3 * c3 + r * (4 * c4 + r * 5 * c5)))
        if slope >= 0:
            break
        step = value / slope
        r -= step
        if abs(step) < 1e-8:
            break
    return r
