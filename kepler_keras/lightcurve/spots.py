"""Starlight that spots take away as they rotate in and out of sight, grow and decay."""

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

ALIVE = 6.0  # spot groups on the star at a time, on average
MOST_SPOTS = 40
GRID = 8  # cadences between computed points; spots change over days
GROWTH = 0.3  # of the lifetime; the decay takes the rest
SHEAR = 0.15  # lag of the poles' rotation, relative; the Sun's is about 0.2
HIGHEST_LATITUDE = np.radians(45.0)


def spot_flux(
    random: np.random.Generator,
    time: NDArray[np.float64],
    *,
    size: float,
    rotation_period: float,
    lifetime: float,
) -> NDArray[np.float64]:
    """One realisation: point-like spots, darker by their projected area.

    Unlike a sine, the light has flat maxima where no spot is in sight, and a spot that has gone
    comes back at another longitude.

    Args:
        random: Source of randomness.
        time: Days, equally spaced, shape (n,).
        size: Mean depth of a spot in the disc's centre, any unit.
        rotation_period: Of the equator, days.
        lifetime: Of a spot, days.

    Returns:
        Shape (n,), 0 or negative, in the unit of `size`.
    """
    margin = 2 * lifetime
    n_spots = round(ALIVE * (time[-1] - time[0] + 2 * margin) / lifetime)
    n_spots = min(max(n_spots, int(ALIVE)), MOST_SPOTS)
    peak = random.uniform(time[0] - margin, time[-1] + margin, n_spots)
    depth = size * random.exponential(1.0, n_spots)
    longitude = random.uniform(0, 2 * np.pi, n_spots)
    latitude = random.uniform(-HIGHEST_LATITUDE, HIGHEST_LATITUDE, n_spots)
    inclination = np.arccos(random.uniform(0, 1))  # of the spin axis: directions are isotropic
    grid = np.append(time[::GRID], time[-1]) if (len(time) - 1) % GRID else time[::GRID]
    since = grid[:, None] - peak
    age = since / np.where(since < 0, GROWTH * lifetime, (1 - GROWTH) * lifetime)
    rate = 2 * np.pi / rotation_period * (1 - SHEAR * np.sin(latitude) ** 2)
    towards = np.cos(inclination) * np.sin(latitude) + np.sin(inclination) * np.cos(
        latitude
    ) * np.cos(rate * grid[:, None] + longitude)
    dark = (np.exp(-2 * age**2) * np.maximum(towards, 0)) @ depth
    result: NDArray[np.float64] = -CubicSpline(grid, dark)(time)
    return np.minimum(result, 0.0)
