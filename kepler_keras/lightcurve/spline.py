"""A cubic spline fitted by least squares to everything but dips and flares.

Uniform knots and repeated clipping as in Vanderburg & Johnson 2014 (PASP 126, 948), Sec. 2.3; here
on means of a few cadences, which show a shallow dip that single cadences hide, and cost less.
"""

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled, inlined
from kepler_keras.lightcurve.medians import MAD_TO_SIGMA, median
from kepler_keras.lightcurve.stretches import next_stretch

Vector = NDArray[np.float64]

KNOT_SPACING = 1.0  # windows
BIN = 24  # means a window
LOW, HIGH = 2.5, 4.0  # scatters of the means below and above the trend that are still fitted
ROUNDS = 6
TINY = 1e-6  # of a mean's weight: a penalty that bridges what has no flux
STIFF = 1e6  # the same for a stretch too short to bend


@compiled
def spline_trend(curve: NDArray[np.floating], width: int, max_gap: int) -> Vector:
    """Trend of one curve, NaN outside its stretches.

    Args:
        curve: Shape (n_cadences,), NaN in gaps.
        width: Window in cadences.
        max_gap: Cadences; beyond a longer gap another fit begins.
    """
    trend = np.full(len(curve), np.nan)
    size = max(1, round(width / BIN))
    stop = 0
    while True:
        start, stop = next_stretch(curve, stop, max_gap)
        if start == stop:
            return trend
        length = stop - start
        centre = float(curve[start])
        where, mean, weight = _means(curve[start:stop], centre, size)
        pieces = max(1, round(length / (width * KNOT_SPACING)))
        if length < width // 2:
            trend[start:stop] = centre + median(mean)
            continue
        stiffness = (TINY if length >= width else STIFF) * size
        coefficients = _fit(where, mean, weight, length / pieces, pieces, stiffness)
        _evaluate(coefficients, length / pieces, centre, trend[start:stop])


@compiled
def _means(curve: NDArray[np.floating], centre: float, size: int) -> tuple[Vector, Vector, Vector]:
    """Means of `size` cadences about `centre`: mean position, flux and number of those measured."""
    most = (len(curve) + size - 1) // size
    where, mean, weight = np.empty(most), np.empty(most), np.empty(most)
    n = 0
    for first in range(0, len(curve), size):
        count, total, place = 0, 0.0, 0.0
        for cadence in range(first, min(first + size, len(curve))):
            value = float(curve[cadence])
            if not np.isnan(value):
                count += 1
                total += value - centre
                place += cadence
        if count:
            where[n], mean[n], weight[n] = place / count, total / count, count
            n += 1
    return where[:n], mean[:n], weight[:n]


@inlined
def _basis(u: float) -> tuple[float, float, float, float]:
    """The four cubic B-splines that are not 0 at the share `u` of an interval between knots."""
    v = 1 - u
    return v * v * v / 6, (4 - 3 * u * u * (1 + v)) / 6, (4 - 3 * v * v * (1 + u)) / 6, u * u * u / 6


@compiled
def _fit(
    where: Vector, mean: Vector, weight: Vector, spacing: float, pieces: int, stiffness: float
) -> Vector:
    """Coefficients of the spline, shape (pieces + 3,), after clipping."""
    n = len(where)
    basis, first = np.empty((n, 4)), np.empty(n, np.int64)
    for i in range(n):
        first[i] = min(int(where[i] / spacing), pieces - 1)
        basis[i] = _basis(where[i] / spacing - first[i])
    bands, right = np.zeros((pieces + 3, 4)), np.zeros(pieces + 3)
    _penalise(bands, stiffness)
    fitted, wanted = np.zeros(n, np.bool_), np.ones(n, np.bool_)
    distance = np.empty(n)
    for _ in range(ROUNDS):
        changed = 0
        for i in range(n):
            if fitted[i] != wanted[i]:
                changed += 1
                sign = weight[i] if wanted[i] else -weight[i]
                k = first[i]
                for a in range(4):
                    share = sign * basis[i, a]
                    right[k + a] += share * mean[i]
                    for b in range(4 - a):
                        bands[k + a, b] += share * basis[i, a + b]
                fitted[i] = wanted[i]
        if changed == 0:
            break
        coefficients = _solve(bands, right)
        for i in range(n):
            k = first[i]
            value = mean[i]
            for a in range(4):
                value -= basis[i, a] * coefficients[k + a]
            distance[i] = value * np.sqrt(weight[i])
        scatter = MAD_TO_SIGMA * median(np.abs(distance))
        _want(distance, scatter, wanted)
    return coefficients


@compiled
def _want(distance: Vector, scatter: float, wanted: NDArray[np.bool_]) -> None:
    """Marks what is to be fitted; beside a dip its neighbours, which may be partly dimmed, go."""
    n = len(distance)
    for i in range(n):
        lowest = min(distance[max(i - 1, 0)], distance[i], distance[min(i + 1, n - 1)])
        wanted[i] = lowest >= -LOW * scatter and distance[i] <= HIGH * scatter


@compiled
def _penalise(bands: Vector, stiffness: float) -> None:
    """Adds the squares of the coefficients' second differences: a straight line costs nothing."""
    weights = (1.0, -2.0, 1.0)
    for i in range(len(bands) - 2):
        for a in range(3):
            for b in range(3 - a):
                bands[i + a, b] += stiffness * weights[a] * weights[a + b]


@compiled
def _solve(bands: Vector, right: Vector) -> Vector:
    """Solves a symmetric banded system by Cholesky; `bands[i, b]` is its element (i, i + b)."""
    n = len(right)
    factor, x = bands.copy(), right.copy()
    for i in range(n):
        pivot = 1 / factor[i, 0]
        for a in range(1, min(4, n - i)):
            share = factor[i, a] * pivot
            for b in range(a, min(4, n - i)):
                factor[i + a, b - a] -= share * factor[i, b]
            x[i + a] -= share * x[i]
    for i in range(n - 1, -1, -1):
        for b in range(1, min(4, n - i)):
            x[i] -= factor[i, b] * x[i + b]
        x[i] /= factor[i, 0]
    return x


@compiled
def _evaluate(coefficients: Vector, spacing: float, centre: float, trend: Vector) -> None:
    pieces = len(coefficients) - 3
    for i in range(len(trend)):
        k = min(int(i / spacing), pieces - 1)
        a, b, c, d = _basis(i / spacing - k)
        trend[i] = (
            centre
            + a * coefficients[k]
            + b * coefficients[k + 1]
            + c * coefficients[k + 2]
            + d * coefficients[k + 3]
        )
