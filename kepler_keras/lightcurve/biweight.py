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
    """Location of the first `n` values, which are sorted."""
    centre = middle(window, n)
    deviation = _deviation(window, n, centre)
    if deviation == 0:
        return centre
    cut = CUT * deviation
    return centre + cut * _root(window, n, centre, 1 / cut)


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
        return float(max(left, right))
    if left > right:
        return float((left + max(centre - window[first + 1], right)) / 2)
    return float((right + max(left, window[first + last - 1] - centre)) / 2)


@inlined
def _root(window: Vector, n: int, centre: float, scale: float) -> float:
    """Where the sum of (u - x) (1 - (u - x)^2)^2 over |u - x| < 1 vanishes, as a function of x.

    u = (value - centre) * scale. While the same values lie within the cut the sum is a polynomial
    of x, whose coefficients are sums of powers: one pass over the values mostly suffices.
    """
    root = 0.0
    first, last = 0, n
    for _ in range(MOST_STEPS):
        low, high = centre + (root - 1) / scale, centre + (root + 1) / scale
        before = first, last
        while first > 0 and window[first - 1] > low:
            first -= 1
        while first < n and window[first] <= low:
            first += 1
        while last < n and window[last] < high:
            last += 1
        while last > first and window[last - 1] >= high:
            last -= 1
        if root != 0 and before == (first, last):
            break
        s1 = s2 = s3 = s4 = s5 = 0.0
        for i in range(first, last):
            u = (window[i] - centre) * scale
            square = u * u
            s1 += u
            s2 += square
            s3 += square * u
            s4 += square * square
            s5 += square * square * u
        root = _polynomial_root(float(last - first), s1, s2, s3, s4, s5, root)
    return root


@inlined
def _polynomial_root(
    n: float, s1: float, s2: float, s3: float, s4: float, s5: float, x: float
) -> float:
    """Newton's steps from x on; `s1` to `s5` are sums of powers of n values."""
    c0, c1, c2 = s1 - 2 * s3 + s5, -n + 6 * s2 - 5 * s4, -6 * s1 + 10 * s3
    c3, c4 = 2 * n - 10 * s2, 5 * s1
    for _ in range(MOST_STEPS):
        value = c0 + x * (c1 + x * (c2 + x * (c3 + x * (c4 - x * n))))
        slope = c1 + x * (2 * c2 + x * (3 * c3 + x * (4 * c4 - x * 5 * n)))
        if slope >= 0:  # too few values about x: the median stands
            break
        step = value / slope
        x -= step
        if abs(step) < TOLERANCE / CUT:
            break
    return x
