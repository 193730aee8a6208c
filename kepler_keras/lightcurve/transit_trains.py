"""Trains of transits for many rows at once, simple ones: trapezoids, no limb darkening.

`transits.Transit` is the exact curve of one body. The duration is that of a body on a circular
orbit about a star of given density, ingress that of its radius (Winn 2010, arXiv:1001.2010, Eqs. 14
and 19); the exposure lengthens ingress to a cadence at least, as it does for a box.
"""

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled
from kepler_keras.lightcurve.transits import GRAVITY_TIMES_SUN

Numbers = NDArray[np.float64]


def transit_times(
    period: Numbers, *, density: Numbers, impact: Numbers, radius_ratio: Numbers
) -> tuple[Numbers, Numbers]:
    """Days between the middles of ingress and egress, and days of ingress.

    Args:
        period: Days, any shape, as all others.
        density: Of the star, in solar ones.
        impact: Below 1.
        radius_ratio: Of the body in stellar radii.
    """
    separation = np.cbrt(GRAVITY_TIMES_SUN * density * period**2 / (4 * np.pi**2))
    chord = np.sqrt(1 - impact**2)
    duration: Numbers = period / np.pi * np.arcsin(np.minimum(1.0, chord / separation))
    ingress: Numbers = period / (np.pi * separation) * radius_ratio / chord
    return duration, ingress


@compiled
def first_orbit_seen(
    known: NDArray[np.bool_], period: Numbers, t0: Numbers, cadence: float, transits: int
) -> NDArray[np.int64]:
    """Of several orbits a row, the first with enough mid-transits in cadences with flux.

    Args:
        known: Where there is flux, shape (n, n_cadences).
        period: Days, shape (n, orbits).
        t0: Days from the first cadence, shape (n, orbits).
        cadence: Days between columns.
        transits: How many are enough.

    Returns:
        Shape (n,); -1 where no orbit has them.
    """
    n, length = known.shape
    found = np.full(n, -1, np.int64)
    for row in range(n):
        for orbit in range(period.shape[1]):
            seen, number = 0, 0
            column = int(np.floor(t0[row, orbit] / cadence + 0.5))
            while column < length:
                seen += known[row, column]
                number += 1
                time = t0[row, orbit] + number * period[row, orbit]
                column = int(np.floor(time / cadence + 0.5))
            if seen >= transits:
                found[row] = orbit
                break
    return found


@compiled
def trapezoid_trains(
    period: Numbers,
    t0: Numbers,
    duration: Numbers,
    ingress: Numbers,
    depth: Numbers,
    cadence: float,
    length: int,
) -> NDArray[np.float32]:
    """What each train takes from the flux, shape (n, length), 0 or above.

    Args:
        period: Days, shape (n,), as all others.
        t0: Days from the first cadence.
        duration: Days between the middles of ingress and egress.
        ingress: Days; a cadence at least is taken.
        depth: In the unit of the flux.
        cadence: Days between columns.
        length: Number of columns.
    """
    n = len(period)
    dips = np.zeros((n, length), np.float32)
    for row in range(n):
        if depth[row] == 0:
            continue
        ramp = max(ingress[row], cadence)
        height = depth[row] * min(1.0, duration[row] / ramp)  # a box shorter than the exposure
        half, slope = (duration[row] + ramp) / 2, min(duration[row], ramp)
        number = -1  # the transit before t0 may reach into the first cadences
        while t0[row] + number * period[row] - half < length * cadence:
            middle = t0[row] + number * period[row]
            first = max(int(np.ceil((middle - half) / cadence)), 0)
            last = min(int(np.floor((middle + half) / cadence)), length - 1)
            for i in range(first, last + 1):
                inside = max(half - abs(i * cadence - middle), 0.0)
                dips[row, i] = height * min(1.0, inside / slope)
            number += 1
    return dips
