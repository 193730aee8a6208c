"""A box on the curve: which cadences its transits hold, and what lies in them.

Times are in cadences, stars as in `box_fit`. A transit is half-open: [t0 - d / 2, t0 + d / 2).
"""

import numpy as np

from kepler_keras.compiled import compiled, inlined
from kepler_keras.lightcurve.box_fit import Doubles, Floats

Place = tuple[float, float, float]  # period, t0, duration


@inlined
def _cadences(middle: float, duration: float, n_cadences: int) -> tuple[int, int]:
    """First cadence of a transit, and the first after it."""
    start = int(np.ceil(middle - 0.5 * duration))
    stop = int(np.ceil(middle + 0.5 * duration))
    return max(start, 0), min(max(stop, 0), n_cadences)


@compiled
def in_transit(
    sums: Doubles, counts: Doubles, period: float, t0: float, duration: float
) -> tuple[float, float, int]:
    """What lies in transit: sum, number of measured cadences, number of transits with any.

    `sums` are those of the curve up to each cadence, shape (n_cadences + 1,), `counts` those of its
    measured cadences.
    """
    n_cadences = len(sums) - 1
    total, n, transits = 0.0, 0.0, 0
    number = np.ceil((-0.5 * duration - t0) / period)
    while True:
        start, stop = _cadences(t0 + number * period, duration, n_cadences)
        if start >= n_cadences:
            break
        seen = counts[stop] - counts[start]
        if seen > 0:
            total += sums[stop] - sums[start]
            n += seen
            transits += 1
        number += 1
    return total, n, transits


@compiled
def steadiness(sums: Doubles, counts: Doubles, box: Place) -> float:
    """Depth without the strongest transit, as a share of the depth with it, from 0 to 1.

    Near 1 where all transits are alike; near 0 where a single one, as a glitch, makes the box, or
    where there is but one.
    """
    n_cadences = len(sums) - 1
    period, t0, duration = box
    total, n, top, n_top = 0.0, 0.0, 0.0, 0.0
    number = np.ceil((-0.5 * duration - t0) / period)
    while True:
        start, stop = _cadences(t0 + number * period, duration, n_cadences)
        if start >= n_cadences:
            break
        one, seen = sums[stop] - sums[start], counts[stop] - counts[start]
        total += one
        n += seen
        if seen > 0 and one > top:
            top, n_top = one, seen
        number += 1
    if total <= 0 or n == n_top:
        return 0.0
    share: float = (total - top) / (n - n_top) / (total / n)
    return min(max(share, 0.0), 1.0)


@compiled
def without_deeper_dips(y: Floats, clipped: Floats, measured: Floats, box: Place) -> Floats:
    """The curve `y` with dips elsewhere cut to those of the box, mean 0.

    One deep dip, as a single eclipse, would otherwise move the level that a shallow box is measured
    from. `clipped` is the curve with all dips cut, and counts from the same level as `y`.
    """
    period, t0, duration = box
    deepest = np.float32(0)
    number = np.ceil((-0.5 * duration - t0) / period)
    while True:
        start, stop = _cadences(t0 + number * period, duration, len(y))
        if start >= len(y):
            break
        for i in range(start, stop):
            deepest = max(deepest, y[i] - clipped[i])
        number += 1
    own: Floats = clipped + np.minimum(y - clipped, deepest)
    own -= np.float32(own.sum() / measured.sum()) * measured
    return own


@compiled
def mask_transits(flux: Floats, box: Place, widen: float) -> None:
    """Makes gaps of a star's transits, each `widen` times its duration long."""
    period, t0, duration = box
    half = 0.5 * widen * duration
    number = np.ceil((-half - t0) / period)
    while t0 + number * period - half < len(flux):
        middle = t0 + number * period
        start = max(0, int(np.ceil(middle - half)))
        stop = min(len(flux), max(0, int(np.ceil(middle + half))))
        flux[start:stop] = np.nan
        number += 1
