"""Stars with one planet each and a known period, for measuring a period search."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.period_search import flatten
from kepler_keras.experiment import Search
from kepler_keras.lightcurve.companions import PPM, Companions
from kepler_keras.lightcurve.folding import cadence_times
from kepler_keras.lightcurve.realism import KEPLER
from kepler_keras.lightcurve.simulate import KAGGLE_CADENCES, KEPLER_CADENCE, simulate
from kepler_keras.lightcurve.stellar_noise import log_uniform
from kepler_keras.lightcurve.transits import Transit, separation

MIN_PERIOD = 0.5  # days; searched from here to a third of the span, 21.8 d
PERIODS = (MIN_PERIOD, 20.0)
DENSITIES = (0.5, 2.0)  # solar
MAX_IMPACT = 0.8
RADIUS_RATIOS = (0.01, 0.1)
LIMB_DARKENING = (0.4, 0.25)  # about the Sun's (Claret & Bloemen 2011, A&A 529:A75)
DOWNLINK = 31.0  # days between two gaps of a day
LOST = 0.1  # share of the cadences
RED_DEPTHS = (200.0, 2000.0)  # ppm, of planets of stars that vary
RED_SNR = (10.0, 20.0)  # for the white noise alone: it hides none of them
DRAWN_A_STAR = 6  # of which at least one lies in that range


@dataclass(frozen=True)
class PlanetStars:
    """Stars with a planet each.

    Attributes:
        flux: Shape (n, n_cadences), float32, dips negative, NaN in gaps.
        period: Shape (n,), days.
    """

    flux: NDArray[np.float32]
    period: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.flux)

    def first(self, n: int) -> "PlanetStars":
        """The first n of them."""
        return PlanetStars(self.flux[:n], self.period[:n])


def white_stars(n: int, *, seed: int, snr: float) -> PlanetStars:
    """White noise of sigma 1 and one planet whose expected matched-filter SNR is exactly `snr`.

    That SNR is the root of the sum of squares of the noiseless transits, in sigma. Stars of one
    seed have the same noise, orbits and shapes at every `snr`; only the depth differs.

    Args:
        n: How many stars, 3197 cadences of 29.4244 min each.
        seed: Star i draws from the stream (seed, i), however many there are.
        snr: Above 0.
    """
    time = cadence_times(KAGGLE_CADENCES, KEPLER_CADENCE)
    flux = np.empty((n, len(time)), np.float32)
    period = np.empty(n)
    for row in range(n):
        random = np.random.default_rng([seed, row])
        transit = _draw_transit(random)
        dips = transit.mean_flux(time, exposure=KEPLER_CADENCE)
        flux[row] = random.standard_normal(len(time)) + snr * dips / np.sqrt((dips**2).sum())
        period[row] = transit.period
    return PlanetStars(flux, period)


def _draw_transit(random: np.random.Generator) -> Transit:
    period = log_uniform(random, *PERIODS)
    distance = separation(period, log_uniform(random, *DENSITIES))
    impact = random.uniform(0, MAX_IMPACT)
    ratio = log_uniform(random, *RADIUS_RATIOS)
    return Transit(period, random.uniform(0, period), ratio, impact, distance, LIMB_DARKENING)


def with_losses(stars: PlanetStars, *, seed: int) -> PlanetStars:
    """Takes out a tenth of the cadences: a day of every 31, the others each by itself."""
    time = cadence_times(stars.flux.shape[1], KEPLER_CADENCE)
    downlink = time % DOWNLINK >= DOWNLINK - 1
    alone = (LOST - downlink.mean()) / (1 - downlink.mean())
    return _without(
        stars, downlink | (np.random.default_rng(seed).random(stars.flux.shape) < alone)
    )


def without_middle_third(stars: PlanetStars) -> PlanetStars:
    """Takes out the second third of the baseline, as a lost quarter does."""
    column = np.arange(stars.flux.shape[1]) / stars.flux.shape[1]
    middle = (column >= 1 / 3) & (column < 2 / 3)
    return _without(stars, np.broadcast_to(middle, stars.flux.shape))


def _without(stars: PlanetStars, lost: NDArray[np.bool_]) -> PlanetStars:
    return replace(stars, flux=np.where(lost, np.float32(np.nan), stars.flux))


def red_stars(n: int, *, seed: int, search: Search | None = None) -> PlanetStars:
    """Stars that vary as Kepler's do, with gaps and jumps, detrended as before a search.

    Every planet has an SNR of 10 to 20 for its star's white noise alone, so where its period is
    missed, something else in the light looked more like a transit.

    Args:
        n: How many, 10 at least.
        seed: Of the population: equal seeds give equal stars, however they are detrended.
        search: Whose detrending; None means the search's own.
    """
    made = simulate(
        DRAWN_A_STAR * n,
        seed=seed,
        prevalence=1 - 1e-9,  # every star
        eclipsing_binary_share=0,
        companions=Companions(PERIODS, RED_DEPTHS, min_transits=3),
        realism=KEPLER,
    )
    orbit = made.ephemerides
    in_transit = made.flux.shape[1] * orbit.duration / orbit.period
    snr = made.depth / made.noise * np.sqrt(in_transit)
    rows = np.flatnonzero((snr >= RED_SNR[0]) & (snr < RED_SNR[1]))[:n]
    flat = flatten(made.flux[rows], cadence=KEPLER_CADENCE, level=PPM, search=search or Search())
    return PlanetStars(flat, orbit.period[rows])
