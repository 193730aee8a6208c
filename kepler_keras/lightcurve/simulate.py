"""A seeded population of light curves: quiet stars, planet hosts and eclipsing binaries.

Every star draws from its own stream, seeded by (seed, star), first its variability and then its
companion: a star looks the same whether or not it is chosen as a host, and however many stars
there are. Which stars are chosen is a permutation, so neither row nor noise tells the label.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepler_keras.errors import InputError
from kepler_keras.lightcurve.companions import (
    Companions,
    check_companions,
    draw_binary,
    draw_planet,
)
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.folding import cadence_times
from kepler_keras.lightcurve.stellar_noise import draw_star

KEPLER_CADENCE = 29.4244 / 1440  # days
KAGGLE_CADENCES = 3197
MIN_STARS = 10


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
    eclipsing_binary_share: float = 0.08,
    noise_range: tuple[float, float] = (100.0, 200.0),
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
        InputError: A share or range is reversed or asks for what cannot be.
    """
    companions = Companions() if companions is None else companions
    check_population(n_stars, prevalence, eclipsing_binary_share, noise_range)
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
            draw = draw_planet if kind == "planet" else draw_binary
            companion = draw(random, star, companions, time, cadence)
            curve += companion.dips
            transit = companion.transit
            truth[row] = transit.period, transit.t0, transit.duration, companion.depth
        flux[row] = curve - np.median(curve)
        noise[row] = star.white_noise
    ephemerides = Ephemerides(truth[:, 0].copy(), truth[:, 1].copy(), truth[:, 2].copy())
    labels = (kinds == "planet").astype(np.int8)
    return Simulation(flux, labels, kinds, ephemerides, truth[:, 3].copy(), noise)


def check_population(
    n_stars: int, prevalence: float, binaries: float, noise_range: tuple[float, float]
) -> None:
    """Refuses a population that cannot be drawn.

    Raises:
        InputError: One sentence naming the field, the rule and what came.
    """
    if n_stars < MIN_STARS:
        raise InputError(f"n_stars must be {MIN_STARS} or more, got {n_stars}")
    if not 0 < prevalence < 1:
        raise InputError(f"prevalence must be in (0, 1), got {prevalence}")
    if not 0 <= binaries <= 1 - prevalence:
        raise InputError(
            "eclipsing_binary_share must be at least 0 and leave room for the hosts "
            f"({prevalence}), got {binaries}"
        )
    low, high = noise_range
    if not 0 < low <= high:
        raise InputError(f"noise_range must rise from above 0, got {low} to {high}")


def _kinds(n_stars: int, seed: int, prevalence: float, binaries: float) -> NDArray[np.str_]:
    n_planets = max(1, round(prevalence * n_stars))
    n_binaries = round(binaries * n_stars)
    kinds = np.full(n_stars, "quiet", dtype="<U16")
    kinds[:n_planets] = "planet"
    kinds[n_planets : n_planets + n_binaries] = "eclipsing_binary"
    # One number more than a star's seed has: the choice of hosts shares no stream with any star.
    return np.random.default_rng([seed, n_stars, 1]).permutation(kinds)
