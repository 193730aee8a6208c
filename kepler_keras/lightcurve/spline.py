"""A cubic spline fitted by least squares to everything but dips and flares.

Uniform knots and repeated clipping as in Vanderburg & Johnson 2014 (PASP 126, 948); here on means
of a few cadences, which show a shallow dip that single cadences hide, and cost less.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled
from kepler_keras.lightcurve.cubic_spline import (
    include,
    penalised,
    solved,
    spline_at,
    tabled,
    write_spline,
)
from kepler_keras.lightcurve.medians import MAD_TO_SIGMA, median
from kepler_keras.lightcurve.sorted_window import add, middle
from kepler_keras.lightcurve.stretches import next_stretch

Vector = NDArray[np.float64]

# Chosen so that residuals are as flat as a biweight's of the same window; see
# benchmarks/detrending.py.
KNOT_SPACING = 0.75  # windows
MEANS = 12  # a window; of 3 h at 1.5 d
LOW, HIGH = 2.0, 4.0  # scatters of the means below and above the trend that are still fitted
FAR = 8.0  # scatters of the means about medians: no first fit is made through those
LONGEST = 2.0  # knot spacings between what is fitted; no dip may span more
ROUNDS = 4
BRIDGE = 1e-2  # penalty on bends, in a mean's weight: it holds the spline where nothing is fitted
STIFF = 1e6  # enough to forbid them


class Means(NamedTuple):
    """Means of neighbouring cadences: their positions, flux, and how many were measured."""

    where: Vector
    flux: Vector
    number: Vector


@compiled
def spline_trend(curve: NDArray[np.floating], width: int, max_gap: int) -> Vector:
    """Spline through each stretch; a straight line where that is shorter than the window.

    Where it is shorter than half of it, the median of the stretch stands in. Clipping more below
    than above, the trend lies about 0.06 scatters above the middle of white noise.

    Args:
        curve: Shape (n_cadences,), NaN in gaps.
        width: Window in cadences.
        max_gap: Cadences; beyond a longer gap another fit begins.

    Returns:
        Shape (n_cadences,), NaN outside stretches.
    """
    trend = np.full(len(curve), np.nan)
    size = max(1, round(width / MEANS))
    stop = 0
    while True:
        start, stop = next_stretch(curve, stop, max_gap)
        if start == stop:
            return trend
        length = stop - start
        centre = float(curve[start])
        means = _means(curve[start:stop], centre, size)
        if length < width / 2:
            trend[start:stop] = centre + median(means.flux)
            continue
        pieces = max(1, round(length / (width * KNOT_SPACING)))
        stiffness = size * (BRIDGE if length >= width else STIFF)
        coefficients = _fit(means, length / pieces, pieces, stiffness, size * STIFF)
        write_spline(coefficients, length / pieces, centre, trend[start:stop])


@compiled
def _means(curve: NDArray[np.floating], centre: float, size: int) -> Means:
    """Means of `size` cadences, with `centre` taken off; those without flux are left out."""
    most = (len(curve) + size - 1) // size
    where, flux, count = np.empty(most), np.empty(most), np.empty(most)
    n = 0
    for first in range(0, len(curve), size):
        measured, total, place = 0, 0.0, 0.0
        for cadence in range(first, min(first + size, len(curve))):
            value = float(curve[cadence])
            if not np.isnan(value):
                measured += 1
                total += value - centre
                place += cadence
        if measured:
            where[n], flux[n], count[n] = place / measured, total / measured, measured
            n += 1
    return Means(where[:n], flux[:n], count[:n])


@compiled
def _fit(means: Means, spacing: float, pieces: int, stiffness: float, ends: float) -> Vector:
    """Coefficients of the spline after clipping.

    Its ends are kept straight: a dip there has flux on one side only, and would be followed.
    """
    n = len(means.flux)
    table = tabled(means.where, spacing, pieces)
    equations = penalised(pieces, stiffness, ends)
    fitted, wanted = np.zeros(n, np.bool_), _first_choice(means)
    _restore(means.where, LONGEST * spacing, wanted)
    root, distance = np.sqrt(means.number), np.empty(n)
    coefficients = equations.right
    for _ in range(ROUNDS):
        changed = False
        for i in range(n):
            if fitted[i] != wanted[i]:
                weight = means.number[i] if wanted[i] else -means.number[i]
                include(equations, table, i, means.flux[i], weight)
                fitted[i] = wanted[i]
                changed = True
        if not changed:
            break
        coefficients = solved(equations)
        for i in range(n):
            distance[i] = root[i] * (means.flux[i] - spline_at(coefficients, table, i))
        _want(distance, MAD_TO_SIGMA * median(np.abs(distance)), wanted)
        _restore(means.where, LONGEST * spacing, wanted)
        if 2 * wanted.sum() <= n:  # no trend stands out from its dips
            break
    return coefficients


@compiled
def _first_choice(means: Means) -> NDArray[np.bool_]:
    """What does not stand far out from medians of a window, joined by straight lines.

    An eclipse as deep as hundreds of scatters would otherwise make the first spline swing, and its
    swings be clipped in place of the eclipse.
    """
    n = len(means.flux)
    blocks = n // MEANS
    if blocks < 2:
        return np.ones(n, np.bool_)
    medians, window = np.empty(blocks), np.empty(2 * MEANS)
    for block in range(blocks):
        size = 0
        for i in range(block * n // blocks, (block + 1) * n // blocks):
            size = add(window, size, means.flux[i])
        medians[block] = middle(window, size)
    distance, share = np.empty(n), blocks / n
    for i in range(n):
        place = (i + 0.5) * share - 0.5
        left = min(max(int(place), 0), blocks - 2)
        step = medians[left + 1] - medians[left]
        distance[i] = means.flux[i] - medians[left] - (place - left) * step
    far = FAR * MAD_TO_SIGMA * median(np.abs(distance))
    return np.abs(distance) <= far


@compiled
def _want(distance: Vector, scatter: float, wanted: NDArray[np.bool_]) -> None:
    """Marks what is to be fitted; beside a dip or flare its neighbours, partly in it, go too."""
    last = len(distance) - 1
    for i in range(last + 1):
        left, right = distance[max(i - 1, 0)], distance[min(i + 1, last)]
        wanted[i] = (
            min(left, distance[i], right) >= -LOW * scatter
            and max(left, distance[i], right) <= HIGH * scatter
        )


@compiled
def _restore(where: Vector, longest: float, wanted: NDArray[np.bool_]) -> None:
    """Takes back in what spans more than `longest`.

    No transit lasts so long, and nothing else would hold the spline there.
    """
    n = len(where)
    before = 0  # the last one that stays in, or the first of all
    for i in range(1, n):
        if wanted[i] or i == n - 1:
            if where[i] - where[before] > longest:
                wanted[before : i + 1] = True
            before = i
