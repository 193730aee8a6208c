"""Transits and eclipses put into light that was really measured.

Where flux has a level the dip multiplies it, as a real one would. Where flux is centred there is no
level to take a share of: depths are then in units of the star's scatter, and the dip is subtracted.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kepler_keras.errors import InputError
from kepler_keras.lightcurve.binaries import draw_eclipsing_binary
from kepler_keras.lightcurve.companions import (
    MAX_DEPTH,
    PPM,
    Companion,
    Companions,
    draw_orbit,
)
from kepler_keras.lightcurve.conditioning import robust_scatter
from kepler_keras.lightcurve.detrending import detrend
from kepler_keras.lightcurve.folding import cadence_times, phase
from kepler_keras.lightcurve.medians import MAD_TO_SIGMA
from kepler_keras.lightcurve.stellar_noise import log_uniform
from kepler_keras.lightcurve.transits import Transit, radius_ratio_of_depth, separation

DepthUnit = Literal["ppm", "scatter"]
Kind = Literal["planet", "eclipsing_binary"]

# A star's scatter counts as this many ppm where its flux has no level: it sets how large a planet
# is for its depth, and so how rounded its transit; 200 ppm is usual at Kepler magnitude 13.
NOMINAL_SCATTER = 200.0
MAX_DEPTHS: dict[DepthUnit, float] = {"ppm": MAX_DEPTH, "scatter": MAX_DEPTH / NOMINAL_SCATTER}
LEAST_LEVEL = 5.0  # scatters; flux about 0 has no level
TRIES = 100
SLOW = 1.5  # days; what a running median of this width follows is no variability that hides dips


@dataclass(frozen=True)
class Injection:
    """One dip in one curve.

    Attributes:
        flux: Shape (n_cadences,), float32; NaN where it was.
        companion: What was put in; its depth is in ppm (nominal ones where there is no level).
        depth: Instantaneous depth at mid-transit in the unit that was asked for.
        depth_flux: The same in the unit of the flux.
        n_transits: Mid-transits whose cadence has flux.
    """

    flux: NDArray[np.float32]
    companion: Companion
    depth: float
    depth_flux: float
    n_transits: int


def point_scatter(flux: NDArray[np.floating]) -> float:
    """Scatter of a cadence by itself, from third differences of neighbours.

    They take away whatever is smooth over four cadences, a star that pulsates twice a day included;
    first differences would call its slopes scatter.

    Args:
        flux: Shape (n_cadences,), NaN in gaps.

    Returns:
        In the unit of the flux; 0 where most neighbours are equal or no four in a row have flux.
    """
    steps = np.diff(flux.astype(np.float64), n=3)
    steps = steps[np.isfinite(steps)]
    if not len(steps):
        return 0.0
    white = np.sqrt(20.0)  # of unit white noise: the root of 1 + 9 + 9 + 1
    return float(MAD_TO_SIGMA * np.median(np.abs(steps - np.median(steps))) / white)


def variability(flux: NDArray[np.floating], *, cadence: float) -> float:
    """Scatter about a running median of 1.5 d in units of `point_scatter`: near 1 for white noise.

    A star that pulsates or is eclipsed has several; what is slower than a day and a half does not
    count.

    Args:
        flux: Shape (n_cadences,), NaN in gaps, with some scatter.
        cadence: Days between columns.

    Raises:
        InputError: The curve is shorter than the median.
    """
    flat = detrend(flux[None], cadence=cadence, method="running_median", window=SLOW)
    return float(robust_scatter(flat)[0] / point_scatter(flux))


def level_of(flux: NDArray[np.floating], scatter: float) -> float:
    """Median of flux that has a level, as electrons a second or normalised flux have.

    Raises:
        InputError: The flux is centred on 0, or nearly.
    """
    level = float(np.nanmedian(flux))
    if not level > LEAST_LEVEL * scatter:
        raise InputError(
            f"depth_unit ppm needs flux with a level, but the median is {level:.6g} at a scatter "
            f"of {scatter:.6g}; centred flux takes depth_unit: scatter"
        )
    return level


def inject(
    random: np.random.Generator,
    flux: NDArray[np.floating],
    kind: Kind,
    companions: Companions,
    *,
    cadence: float,
    depth_unit: DepthUnit,
) -> Injection:
    """Draws a companion and puts its dips into one curve.

    Args:
        random: Source of randomness.
        flux: Shape (n_cadences,), NaN in gaps.
        kind: What to draw.
        companions: What to draw it from; its depths are in ppm or in scatters, as `depth_unit`
            says.
        cadence: Days between columns; the exposure lasts as long.
        depth_unit: `ppm` of the curve's median, or `scatter`, the curve's `point_scatter`.

    Raises:
        InputError: The flux has no level or no scatter, or no draw had `companions.min_transits`
            transits in cadences with flux.
    """
    scatter = point_scatter(flux)
    if not scatter > 0:
        raise InputError("the scatter of neighbouring cadences is 0: nothing real was measured")
    level = PPM * scatter / NOMINAL_SCATTER
    if depth_unit == "ppm":
        level = level_of(flux, scatter)
    time = cadence_times(len(flux), cadence)
    for _ in range(TRIES):
        companion = _draw(random, kind, in_ppm(companions, depth_unit), time, cadence)
        seen = observed_transits(flux, companion.transit, time, cadence)
        if seen >= companions.min_transits:
            break
    else:
        raise InputError(
            f"no orbit with {companions.min_transits} transits in cadences with flux was found "
            f"in {TRIES} draws"
        )
    # With a level: flux (1 + dip). Without: the level stands for what the scatter is a share of.
    bright = flux.astype(np.float64) if depth_unit == "ppm" else level
    dimmed = (flux + bright * companion.dips / PPM).astype(flux.dtype)
    depth = companion.depth / (1 if depth_unit == "ppm" else NOMINAL_SCATTER)
    return Injection(dimmed, companion, depth, level * companion.depth / PPM, seen)


def observed_transits(
    flux: NDArray[np.floating], transit: Transit, time: NDArray[np.float64], cadence: float
) -> int:
    """Mid-transits that lie within a cadence that has flux."""
    orbit = phase(time, period=transit.period, t0=transit.t0) * transit.period
    middle = (orbit >= -cadence / 2) & (orbit < cadence / 2)
    return int((np.isfinite(flux) & middle).sum())


def in_ppm(companions: Companions, depth_unit: DepthUnit) -> Companions:
    """The same ranges with depths in ppm, nominal ones where they are in scatters."""
    if depth_unit == "ppm":
        return companions
    low, high = companions.depth_range
    binary_low, binary_high = companions.binary_depth_range
    return Companions(
        period_range=companions.period_range,
        depth_range=(NOMINAL_SCATTER * low, NOMINAL_SCATTER * high),
        max_impact=companions.max_impact,
        binary_depth_range=(NOMINAL_SCATTER * binary_low, NOMINAL_SCATTER * binary_high),
        min_transits=companions.min_transits,
    )


def _draw(
    random: np.random.Generator,
    kind: Kind,
    companions: Companions,
    time: NDArray[np.float64],
    exposure: float,
) -> Companion:
    """A planet, or a binary in the light of the real star, about a star of drawn density."""
    density = log_uniform(random, 0.5, 2.0)
    limb_darkening = (random.uniform(0.3, 0.5), random.uniform(0.1, 0.3))
    if kind == "eclipsing_binary":
        return draw_eclipsing_binary(
            random, density, limb_darkening, companions, time, exposure=exposure, blended=True
        )
    period, t0 = draw_orbit(random, companions, time)
    depth = log_uniform(random, *companions.depth_range)
    impact = random.uniform(0, companions.max_impact)
    ratio = radius_ratio_of_depth(depth / PPM, impact=impact, limb_darkening=limb_darkening)
    transit = Transit(period, t0, ratio, impact, separation(period, density), limb_darkening)
    return Companion(transit, depth, PPM * transit.mean_flux(time, exposure=exposure))
