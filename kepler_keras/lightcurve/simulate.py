"""A seeded population of light curves: quiet stars, planet hosts and eclipsing binaries.

Every star draws from its own stream, seeded by (seed, star), first its variability and then its
companion: a star looks the same whether or not it is chosen as a host, and however many stars
there are. Which stars are chosen is a permutation, so neither row nor noise tells the label.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.folding import cadence_times
from kepler_keras.lightcurve.stellar_noise import Star, draw_star, log_uniform
from kepler_keras.lightcurve.transits import (
    Transit,
    disc_flux,
    radius_ratio_of_depth,
    separation,
)

KEPLER_CADENCE = 29.4244 / 1440  # days
KAGGLE_CADENCES = 3197
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
    depth_range: tuple[float, float] = (300.0, 1500.0)
    max_impact: float = MAX_IMPACT
    binary_depth_range: tuple[float, float] = (300.0, 3000.0)
    min_transits: int = 2


@dataclass(frozen=True)
class Simulation:
    """Simulated curves and the truth about them.

    Attributes:
        flux: Shape (n, n_cadences), float32, ppm relative to the star's median, which is 0.
        labels: Shape (n,), int8; planet = 1, quiet stars and binaries 0.
        kind: Shape (n,), str; quiet, planet or eclipsing_binary.
        ephemerides: Of planets and binaries; t0 in days from the first cadence; NaN where quiet.
        depth: Shape (n,), instantaneous depth at mid-transit in ppm; NaN where quiet. A 29.4 min
            exposure shows somewhat less of a short or V-shaped one.
        noise: Shape (n,), each star's white noise of a cadence in ppm.
    """

    flux: NDArray[np.float32]
    labels: NDArray[np.int8]
    kind: NDArray[np.str_]
    ephemerides: Ephemerides
    depth: NDArray[np.float64]
    noise: NDArray[np.float64]


def simulate(
    n_stars: int,
    *,
    seed: int,
    n_cadences: int = KAGGLE_CADENCES,
    cadence: float = KEPLER_CADENCE,
    prevalence: float = 0.06,
    eclipsing_binary_share: float = 0.1,
    noise_range: tuple[float, float] = (80.0, 300.0),
    companions: Companions | None = None,
) -> Simulation:
    """Simulates stars in random order.

    Args:
        n_stars: How many.
        seed: Equal seeds give equal curves.
        n_cadences: Columns of the flux.
        cadence: Days between columns; the exposure lasts as long.
        prevalence: Share of planet hosts, rounded to whole stars, at least one.
        eclipsing_binary_share: Share of eclipsing binaries, rounded to whole stars.
        noise_range: Smallest and largest white noise of a star in ppm.
        companions: What planets and binaries are drawn from.

    Raises:
        ValueError: A range is reversed or asks for what cannot be; see `check_companions`.
    """
    companions = Companions() if companions is None else companions
    check_companions(companions, span=(n_cadences - 1) * cadence)
    kinds = _kinds(n_stars, seed, prevalence, eclipsing_binary_share)
    flux = np.empty((n_stars, n_cadences), np.float32)
    truth = np.full((n_stars, 4), np.nan)
    noise = np.empty(n_stars)
    time = cadence_times(n_cadences, cadence)
    for row, kind in enumerate(kinds):
        random = np.random.default_rng([seed, row])
        star = draw_star(random, noise_range=noise_range)
        curve = star.flux(random, n_cadences=n_cadences, cadence=cadence)
        if kind != "quiet":
            dips, truth[row] = _companion(kind, random, star, companions, time, cadence)
            curve += dips
        flux[row] = curve - np.median(curve)
        noise[row] = star.white_noise
    ephemerides = Ephemerides(truth[:, 0].copy(), truth[:, 1].copy(), truth[:, 2].copy())
    labels = (kinds == "planet").astype(np.int8)
    return Simulation(flux, labels, kinds, ephemerides, truth[:, 3].copy(), noise)


def check_companions(companions: Companions, *, span: float) -> None:
    """Refuses ranges that cannot be drawn from.

    Args:
        companions: The ranges.
        span: Days from the first to the last cadence.

    Raises:
        ValueError: One sentence naming the field, the rule and what came.
    """
    for name in ("period_range", "depth_range", "binary_depth_range"):
        low, high = getattr(companions, name)
        if not 0 < low <= high:
            raise ValueError(f"{name} must rise from above 0, got {low} to {high}")
    if (shortest := companions.period_range[0]) < MIN_PERIOD:
        raise ValueError(f"period_range must start at {MIN_PERIOD} d or later, got {shortest} d")
    for name in ("depth_range", "binary_depth_range"):
        if (high := getattr(companions, name)[1]) > MAX_DEPTH:
            raise ValueError(f"{name} must end at {MAX_DEPTH:.0f} ppm or below, got {high}")
    if not 0 <= companions.max_impact <= MAX_IMPACT:
        raise ValueError(f"max_impact must be in [0, {MAX_IMPACT}], got {companions.max_impact}")
    if companions.min_transits < 1:
        raise ValueError(f"min_transits must be 1 or more, got {companions.min_transits}")
    longest = companions.period_range[1]
    if longest * (companions.min_transits - 1) >= span:
        raise ValueError(
            f"period_range must leave room for {companions.min_transits} transits in "
            f"{span:.1f} d, got periods up to {longest} d"
        )


def _kinds(n_stars: int, seed: int, prevalence: float, binaries: float) -> NDArray[np.str_]:
    n_planets = max(1, round(prevalence * n_stars))
    n_binaries = round(binaries * n_stars)
    kinds = np.full(n_stars, "quiet", dtype="<U16")
    kinds[:n_planets] = "planet"
    kinds[n_planets : n_planets + n_binaries] = "eclipsing_binary"
    # One number more than a star's seed has: the choice of hosts shares no stream with any star.
    return np.random.default_rng([seed, n_stars, 1]).permutation(kinds)


def _companion(
    kind: str,
    random: np.random.Generator,
    star: Star,
    companions: Companions,
    time: NDArray[np.float64],
    exposure: float,
) -> tuple[NDArray[np.float64], tuple[float, float, float, float]]:
    """Dips in ppm, shape of `time`; and period, t0, duration and depth."""
    period = log_uniform(random, *companions.period_range)
    latest = min(period, time[-1] - (companions.min_transits - 1) * period)
    t0 = random.uniform(0, latest)
    draw = _planet if kind == "planet" else _binary
    transit, depth, dips = draw(random, star, companions, period, t0, time, exposure)
    return dips, (period, t0, transit.duration, depth)


def _planet(
    random: np.random.Generator,
    star: Star,
    companions: Companions,
    period: float,
    t0: float,
    time: NDArray[np.float64],
    exposure: float,
) -> tuple[Transit, float, NDArray[np.float64]]:
    depth = log_uniform(random, *companions.depth_range)
    impact = random.uniform(0, companions.max_impact)
    ratio = radius_ratio_of_depth(depth / PPM, impact=impact, limb_darkening=star.limb_darkening)
    distance = separation(period, star.density)
    transit = Transit(period, t0, ratio, impact, distance, star.limb_darkening)
    return transit, depth, PPM * transit.flux(time, exposure=exposure)


def _binary(
    random: np.random.Generator,
    star: Star,
    companions: Companions,
    period: float,
    t0: float,
    time: NDArray[np.float64],
    exposure: float,
) -> tuple[Transit, float, NDArray[np.float64]]:
    """Grazing eclipses of a large companion, so V-shaped, in the light of a brighter neighbour.

    The secondary eclipse, half a period later, has the shape of the primary and another depth.
    """
    depth = log_uniform(random, *companions.binary_depth_range)
    ratio = random.uniform(0.4, 1.0)
    impact = random.uniform(1 - ratio, 1 + 0.4 * ratio)
    distance = separation(period, star.density)
    primary = Transit(period, t0, ratio, impact, distance, star.limb_darkening)
    secondary = Transit(period, t0 + period / 2, ratio, impact, distance, star.limb_darkening)
    undiluted = -disc_flux(np.array([impact]), ratio, star.limb_darkening)[0]
    share = random.uniform(0.05, 0.8)  # depth of the secondary over that of the primary
    eclipses = primary.flux(time, exposure=exposure) + share * secondary.flux(
        time, exposure=exposure
    )
    return primary, depth, depth / undiluted * eclipses
