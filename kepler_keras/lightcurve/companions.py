"""What may circle a star: planets, and eclipsing binaries that look like them."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kepler_keras.errors import InputError
from kepler_keras.lightcurve.stellar_noise import Star, log_uniform
from kepler_keras.lightcurve.transits import (
    Transit,
    disc_flux,
    radius_ratio_of_depth,
    separation,
)

PPM = 1e6
MAX_DEPTH = 10_000.0  # ppm; below what every drawn binary reaches before its light is diluted
MAX_IMPACT = 0.8
MIN_PERIOD = 0.5  # days; closer in, a large companion would touch its star


@dataclass(frozen=True)
class Companions:
    """What companions are drawn from; ranges are log-uniform unless said.

    Attributes:
        period_range: Days, the same for planets and binaries.
        depth_range: Ppm below the star at mid-transit, planets.
        max_impact: Impact parameters of planets are uniform from 0 to this.
        binary_depth_range: Ppm below the star at mid-eclipse, binaries.
        min_transits: Mid-transits that must lie within the curve.
    """

    period_range: tuple[float, float] = (1.0, 15.0)
    depth_range: tuple[float, float] = (250.0, 800.0)
    max_impact: float = MAX_IMPACT
    binary_depth_range: tuple[float, float] = (250.0, 1600.0)
    min_transits: int = 2


@dataclass(frozen=True)
class Companion:
    """One drawn companion.

    Attributes:
        transit: Its transit, or primary eclipse before dilution.
        depth: Instantaneous depth at mid-transit in ppm, as seen.
        dips: What it takes from the star, ppm, shape (n_cadences,), 0 or negative.
        secondary_depth: Instantaneous depth of the secondary eclipse in ppm; 0 for planets.
        secondary_phase: Phase of its middle, 0.5 on a circular orbit; NaN without one.
        dilution: Share of the light that comes from the star that is covered.
    """

    transit: Transit
    depth: float
    dips: NDArray[np.float64]
    secondary_depth: float = 0.0
    secondary_phase: float = np.nan
    dilution: float = 1.0

    def without_dips(self) -> "Companion":
        """The same without its dips, which are as long as a curve."""
        return replace(self, dips=np.empty(0))


def check_companions(companions: Companions, *, span: float) -> None:
    """Refuses ranges that cannot be drawn from.

    Args:
        companions: The ranges.
        span: Days from the first to the last cadence.

    Raises:
        InputError: One sentence naming the field, the rule and what came.
    """
    for name in ("period_range", "depth_range", "binary_depth_range"):
        low, high = getattr(companions, name)
        if not 0 < low <= high:
            raise InputError(f"{name} must rise from above 0, got {low} to {high}")
        if name != "period_range" and high > MAX_DEPTH:
            raise InputError(f"{name} must end at {MAX_DEPTH:.0f} ppm or below, got {high}")
    shortest, longest = companions.period_range
    if shortest < MIN_PERIOD:
        raise InputError(f"period_range must start at {MIN_PERIOD} d or later, got {shortest} d")
    if not 0 <= companions.max_impact <= MAX_IMPACT:
        raise InputError(f"max_impact must be in [0, {MAX_IMPACT}], got {companions.max_impact}")
    if companions.min_transits < 1:
        raise InputError(f"min_transits must be 1 or more, got {companions.min_transits}")
    if longest * (companions.min_transits - 1) >= span:
        raise InputError(
            f"period_range must leave room for {companions.min_transits} transits in "
            f"{span:.1f} d, got periods up to {longest} d"
        )


def draw_planet(
    random: np.random.Generator,
    star: Star,
    companions: Companions,
    time: NDArray[np.float64],
    exposure: float,
) -> Companion:
    """Draws a planet; its depth does not depend on the star's noise."""
    period, t0 = draw_orbit(random, companions, time)
    depth = log_uniform(random, *companions.depth_range)
    impact = random.uniform(0, companions.max_impact)
    ratio = radius_ratio_of_depth(depth / PPM, impact=impact, limb_darkening=star.limb_darkening)
    distance = separation(period, star.density)
    transit = Transit(period, t0, ratio, impact, distance, star.limb_darkening)
    return Companion(transit, depth, PPM * transit.flux(time, exposure=exposure))


def draw_binary(
    random: np.random.Generator,
    star: Star,
    companions: Companions,
    time: NDArray[np.float64],
    exposure: float,
) -> Companion:
    """Draws V-shaped eclipses by a large companion, in the light of a brighter neighbour.

    The secondary eclipse, half a period later, has the primary's shape and 5 to 80 % of its depth.
    """
    period, t0 = draw_orbit(random, companions, time)
    depth = log_uniform(random, *companions.binary_depth_range)
    ratio = random.uniform(0.4, 1.0)
    impact = random.uniform(1 - ratio, 1 + 0.4 * ratio)
    distance = separation(period, star.density)
    primary = Transit(period, t0, ratio, impact, distance, star.limb_darkening)
    secondary = replace(primary, t0=t0 + period / 2)
    eclipses = primary.flux(time, exposure=exposure)
    fainter = random.uniform(0.05, 0.8)
    eclipses += fainter * secondary.flux(time, exposure=exposure)
    undiluted = -disc_flux(np.array([impact]), ratio, star.limb_darkening)[0]
    dilution = depth / PPM / undiluted
    return Companion(
        primary, depth, depth / undiluted * eclipses, fainter * depth, 0.5, float(dilution)
    )


def draw_orbit(
    random: np.random.Generator, companions: Companions, time: NDArray[np.float64]
) -> tuple[float, float]:
    """Period and t0 such that enough mid-transits lie within the curve."""
    period = log_uniform(random, *companions.period_range)
    latest = min(period, time[-1] - (companions.min_transits - 1) * period)
    return period, random.uniform(0, latest)
