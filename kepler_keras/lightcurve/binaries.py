"""Eclipsing binaries of two stars that both shine, alone or in the light of a third.

Either star eclipses the other; close ones are also drawn out and heated on their facing sides.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepler_keras.lightcurve.companions import PPM, Companion, Companions, draw_orbit
from kepler_keras.lightcurve.folding import phase
from kepler_keras.lightcurve.stellar_noise import log_uniform
from kepler_keras.lightcurve.transits import Transit, disc_flux, separation

LARGEST_SECONDARY_OFFSET = 0.1  # of the phase; 2 e cos(omega) / pi is 0.1 at e = 0.16
TIDES = 1.5  # factor of the ellipsoidal amplitude (Morris 1985, ApJ 295:143, for typical stars)
ALBEDO = 0.3


@dataclass(frozen=True)
class Binary:
    """Two stars on a circular orbit; a shifted secondary stands for a slightly eccentric one.

    Attributes:
        primary: The smaller star before the larger one.
        brightness: Surface brightness of the smaller star in that of the larger one.
        secondary_phase: Phase of the middle of the secondary eclipse.
        mass_ratio: Of the smaller star to the larger one.
    """

    primary: Transit
    brightness: float
    secondary_phase: float
    mass_ratio: float

    @property
    def secondary(self) -> Transit:
        """The larger star before the smaller one, in units of the smaller one's radius."""
        ratio = self.primary.radius_ratio
        return Transit(
            self.primary.period,
            self.primary.t0 + self.secondary_phase * self.primary.period,
            1 / ratio,
            self.primary.impact / ratio,
            self.primary.separation / ratio,
            self.primary.limb_darkening,
        )

    @property
    def light(self) -> tuple[float, float]:
        """Shares of the two stars in the pair's light, the larger star's first."""
        smaller = self.brightness * self.primary.radius_ratio**2
        return 1 / (1 + smaller), smaller / (1 + smaller)

    @property
    def depths(self) -> tuple[float, float]:
        """Instantaneous relative depths of both eclipses in the pair's light."""
        first, second = (
            share * -disc_flux(np.array([one.impact]), one.radius_ratio, one.limb_darkening)[0]
            for share, one in zip(self.light, (self.primary, self.secondary), strict=True)
        )
        return float(first), float(second)

    def flux(self, time: NDArray[np.float64], *, exposure: float) -> NDArray[np.float64]:
        """Relative flux of the pair minus 1, averaged over exposures, shape of `time`."""
        larger, smaller = self.light
        eclipses = larger * self.primary.mean_flux(time, exposure=exposure)
        eclipses += smaller * self.secondary.mean_flux(time, exposure=exposure)
        return eclipses + self._out_of_eclipse(time)

    def _out_of_eclipse(self, time: NDArray[np.float64]) -> NDArray[np.float64]:
        """Tides (twice an orbit) and the heated side of the smaller star (once), about 0."""
        turn = 2 * np.pi * phase(time, period=self.primary.period, t0=self.primary.t0)
        distance = self.primary.separation
        tides = TIDES * self.mass_ratio / distance**3
        heating = ALBEDO * (self.primary.radius_ratio / distance) ** 2
        result: NDArray[np.float64] = -tides * np.cos(2 * turn) - heating * np.cos(turn)
        return result


def draw_eclipsing_binary(
    random: np.random.Generator,
    density: float,
    limb_darkening: tuple[float, float],
    companions: Companions,
    time: NDArray[np.float64],
    *,
    exposure: float,
    blended: bool,
) -> Companion:
    """Draws a pair of stars, `blended` into the light of a brighter one or alone.

    A blended one is as shallow as `companions.binary_depth_range` says.
    """
    period, t0 = draw_orbit(random, companions, time)
    depth = log_uniform(random, *companions.binary_depth_range) / PPM
    ratio = random.uniform(0.3, 1.0)
    impact = random.uniform(0, 1 + 0.4 * ratio)
    distance = max(separation(period, density), 1.3 * (1 + ratio))  # the stars do not touch
    shift = random.uniform(-1, 1) ** 3 * LARGEST_SECONDARY_OFFSET
    binary = Binary(
        Transit(period, t0, ratio, impact, distance, limb_darkening),
        brightness=random.uniform(0.02, 1.0),
        secondary_phase=0.5 + shift,
        mass_ratio=ratio**1.25,
    )
    first, second = binary.depths
    dilution = min(1.0, depth / first) if blended else 1.0
    dips = PPM * dilution * binary.flux(time, exposure=exposure)
    return Companion(
        binary.primary,
        PPM * dilution * first,
        dips,
        PPM * dilution * second,
        binary.secondary_phase,
        dilution,
    )
