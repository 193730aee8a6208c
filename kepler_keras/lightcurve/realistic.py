"""A star as a preset of `realism` has it, before and after its companion and its telescope."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepler_keras.lightcurve.binaries import draw_eclipsing_binary
from kepler_keras.lightcurve.companions import PPM, Companion, Companions, draw_orbit
from kepler_keras.lightcurve.flares import flare_flux
from kepler_keras.lightcurve.instrument import (
    Calendar,
    instrument_flux,
    lost_cadences,
    quantised,
)
from kepler_keras.lightcurve.pulsation import KINDS
from kepler_keras.lightcurve.realism import Realism, Variability
from kepler_keras.lightcurve.spots import spot_flux
from kepler_keras.lightcurve.stellar_noise import granulation_flux, log_uniform
from kepler_keras.lightcurve.transits import Transit, radius_ratio_of_depth, separation


@dataclass(frozen=True)
class RealisticStar:
    """All that a star's curve is made of, each part drawn before any companion is.

    Attributes:
        white_noise: Standard deviation of a cadence, ppm.
        rotation_period: Days.
        pulsation: A name of `pulsation.KINDS`, or an empty string.
        density: Mean density in solar ones; a dwarf's whatever the star's light does.
        limb_darkening: Quadratic coefficients u1, u2.
        starlight: What the star does, ppm, shape (n,); companions dim it.
        added: White noise and instrument, ppm, shape (n,).
        lost: Cadences without flux, shape (n,).
        quantum: Step of the flux, ppm.
    """

    white_noise: float
    rotation_period: float
    pulsation: str
    density: float
    limb_darkening: tuple[float, float]
    starlight: NDArray[np.float64]
    added: NDArray[np.float64]
    lost: NDArray[np.bool_]
    quantum: float

    def curve(self, companion: Companion | None, *, gaps: bool) -> NDArray[np.float64]:
        """The curve as the telescope gives it, ppm about its median, NaN in gaps."""
        bright = 1 + self.starlight / PPM
        if companion is not None:
            bright = bright * (1 + companion.dips / PPM)
        flux = PPM * (bright - 1) + self.added
        if gaps:
            flux[self.lost] = np.nan
        return quantised(flux - np.nanmedian(flux), step=self.quantum)


def draw_realistic_star(
    random: np.random.Generator,
    realism: Realism,
    calendar: Calendar,
    *,
    noise_range: tuple[float, float],
    cadence: float,
) -> RealisticStar:
    """Draws a star and one realisation of its light; nothing here knows of companions."""
    time, what = calendar.time, realism.variability
    white_noise = log_uniform(random, *noise_range)
    rotation_period = log_uniform(random, *what.rotation_period)
    starlight = spot_flux(
        random,
        time,
        size=log_uniform(random, *what.spot_size),
        rotation_period=rotation_period,
        lifetime=rotation_period * log_uniform(random, *what.spot_lifetime),
    )
    starlight += granulation_flux(
        random,
        len(time),
        amplitude=log_uniform(random, *what.granulation),
        time_scale=log_uniform(random, *what.granulation_time),
        cadence=cadence,
    )
    pulsation = _drawn_kind(random, what)
    if pulsation:
        starlight += KINDS[pulsation](random, time, cadence)
    if random.uniform() < what.flare_star_share:
        rate = log_uniform(random, *what.flare_rate)
        starlight += flare_flux(random, time, rate=rate, exposure=cadence)
    added = white_noise * random.standard_normal(len(time))
    added += instrument_flux(random, realism.instrument, calendar, noise=white_noise)
    return RealisticStar(
        white_noise=white_noise,
        rotation_period=rotation_period,
        pulsation=pulsation,
        density=log_uniform(random, 0.5, 2.0),
        limb_darkening=(random.uniform(0.3, 0.5), random.uniform(0.1, 0.3)),
        starlight=starlight,
        added=added,
        lost=lost_cadences(random, realism.instrument, calendar),
        quantum=white_noise * log_uniform(random, *realism.instrument.quantum),
    )


def _drawn_kind(random: np.random.Generator, variability: Variability) -> str:
    """The kind of pulsation whose turn it is, or none."""
    place = random.uniform()
    for kind, share in variability.pulsators:
        place -= share
        if place < 0:
            return kind
    return ""


def draw_companion(
    random: np.random.Generator,
    kind: str,
    star: RealisticStar,
    companions: Companions,
    realism: Realism,
    time: NDArray[np.float64],
    *,
    exposure: float,
) -> Companion | None:
    """Draws what circles a star of that kind: quiet, planet, eclipsing_binary or blend."""
    if kind == "quiet":
        return None
    if kind == "planet":
        return _draw_planet(random, star, companions, realism.third_light, time, exposure)
    return draw_eclipsing_binary(
        random,
        star.density,
        star.limb_darkening,
        companions,
        time,
        exposure=exposure,
        blended=kind == "blend",
    )


def _draw_planet(
    random: np.random.Generator,
    star: RealisticStar,
    companions: Companions,
    third_light: float,
    time: NDArray[np.float64],
    exposure: float,
) -> Companion:
    """A planet whose depth as seen is the drawn one; foreign light hides part of its size."""
    period, t0 = draw_orbit(random, companions, time)
    depth = log_uniform(random, *companions.depth_range)
    impact = random.uniform(0, companions.max_impact)
    dilution = 1 - random.uniform(0, third_light)
    limb = star.limb_darkening
    ratio = radius_ratio_of_depth(depth / PPM / dilution, impact=impact, limb_darkening=limb)
    transit = Transit(period, t0, ratio, impact, separation(period, star.density), limb)
    dips = PPM * dilution * transit.mean_flux(time, exposure=exposure)
    return Companion(transit, depth, dips, dilution=dilution)
