"""Transit and eclipse curves of bodies on circular orbits, averaged over the exposure."""

from dataclasses import dataclass

import numpy as np
from exoplanet_core import quad_limbdark_light_curve
from numpy.typing import NDArray

from kepler_keras.lightcurve.exposure import ExposedProfile
from kepler_keras.lightcurve.folding import phase

GRAVITY_TIMES_SUN = 2942.206218  # G M_sun / R_sun^3 in 1/d^2, so densities are in solar ones
SUBEXPOSURES = 15  # midpoints; the error is below 0.5 % of the depth, see the test


@dataclass(frozen=True)
class Transit:
    """One body before one star.

    Attributes:
        period: Days.
        t0: A mid-transit time in days.
        radius_ratio: Radius of the body in stellar radii.
        impact: Distance from the disc's centre at mid-transit in stellar radii.
        separation: Orbital radius in stellar radii.
        limb_darkening: Quadratic coefficients u1, u2.
    """

    period: float
    t0: float
    radius_ratio: float
    impact: float
    separation: float
    limb_darkening: tuple[float, float]

    @property
    def duration(self) -> float:
        """First to last contact in days (Winn 2010, arXiv:1001.2010, Eq. 14)."""
        return self._between(1 + self.radius_ratio)

    @property
    def full_duration(self) -> float:
        """Second to third contact in days; 0 where the body never lies wholly before the disc."""
        inner = abs(1 - self.radius_ratio)
        return self._between(inner) if self.impact < inner else 0.0

    def _between(self, distance: float) -> float:
        """Days that the centres are closer than `distance` stellar radii, once an orbit."""
        chord = np.sqrt(distance**2 - self.impact**2)
        sine = chord / np.sqrt(self.separation**2 - self.impact**2)
        return float(self.period / np.pi * np.arcsin(min(1.0, sine)))

    def flux(self, time: NDArray[np.float64], *, exposure: float) -> NDArray[np.float64]:
        """Relative flux minus 1, averaged over exposures centred on each time.

        Args:
            time: Days, shape (n,).
            exposure: Days; 0 gives the instantaneous flux.

        Returns:
            Shape (n,), 0 out of transit, negative inside.
        """
        orbit = phase(time, period=self.period, t0=self.t0) * self.period
        near = np.flatnonzero(np.abs(orbit) < (self.duration + exposure) / 2)
        steps = (np.arange(SUBEXPOSURES) + 0.5) / SUBEXPOSURES - 0.5
        result = np.zeros(len(time))
        result[near] = self._instantaneous(orbit[near, None] + exposure * steps).mean(axis=1)
        return result

    def mean_flux(self, time: NDArray[np.float64], *, exposure: float) -> NDArray[np.float64]:
        """As `flux`, but integrated between the contacts: within 1e-7 for a planet.

        Args:
            time: Days, shape (n,).
            exposure: Days, above 0.
        """
        contacts = (self.full_duration / 2, self.duration / 2)
        profile = ExposedProfile.of(self._instantaneous, contacts)
        orbit = phase(time, period=self.period, t0=self.t0) * self.period
        return profile.means(orbit, exposure=exposure)

    def _instantaneous(self, orbit: NDArray[np.float64]) -> NDArray[np.float64]:
        """Relative flux minus 1 at times from the nearest mid-transit, days, any shape."""
        angle = 2 * np.pi / self.period * orbit
        tilt = self.impact / self.separation  # cosine of the inclination
        distance = self.separation * np.hypot(np.sin(angle), tilt * np.cos(angle))
        return disc_flux(distance, self.radius_ratio, self.limb_darkening)


def disc_flux(
    distance: NDArray[np.float64], radius_ratio: float, limb_darkening: tuple[float, float]
) -> NDArray[np.float64]:
    """Relative flux minus 1 of a star with a dark disc before it, `distance` from its centre."""
    ratios = np.full_like(distance, radius_ratio)
    result: NDArray[np.float64] = quad_limbdark_light_curve(*limb_darkening, distance, ratios)
    return result


def separation(period: float, density: float) -> float:
    """Orbital radius in stellar radii from Kepler's third law, the companion's mass neglected.

    Args:
        period: Days.
        density: Mean density of the star in solar ones.
    """
    return float((GRAVITY_TIMES_SUN * density * period**2 / (4 * np.pi**2)) ** (1 / 3))


def radius_ratio_of_depth(
    depth: float, *, impact: float, limb_darkening: tuple[float, float]
) -> float:
    """Radius ratio whose instantaneous flux at mid-transit is `depth` below the star's.

    Args:
        depth: Relative, 0.001 for 1000 ppm; up to 0.02.
        impact: At most 0.8, so that the whole body lies before the disc.
        limb_darkening: Quadratic coefficients u1, u2.
    """
    ratio = np.sqrt(depth)
    for _ in range(6):  # depth goes almost as the ratio squared: each step gains two digits
        reached = -disc_flux(np.array([impact]), float(ratio), limb_darkening)[0]
        ratio *= np.sqrt(depth / reached)
    return float(ratio)
