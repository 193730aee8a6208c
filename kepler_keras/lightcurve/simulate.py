"""A seeded population of light curves: quiet stars, planet hosts and eclipsing binaries.

Every star draws from its own stream, seeded by (seed, star), first its variability and then its
companion: a star looks the same whether or not it is chosen as a host, and however many stars
there are. Which stars are chosen is a permutation, so neither row nor noise tells the label.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepler_keras.errors import InputError
from kepler_keras.lightcurve.companions import (
    Companion,
    Companions,
    check_companions,
    draw_binary,
    draw_planet,
)
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.folding import cadence_times
from kepler_keras.lightcurve.instrument import draw_calendar
from kepler_keras.lightcurve.realism import Realism
from kepler_keras.lightcurve.realistic import draw_companion, draw_realistic_star
from kepler_keras.lightcurve.stellar_noise import draw_star
from kepler_keras.lightcurve.truth import transit_truth

KEPLER_CADENCE = 29.4244 / 1440  # days
KAGGLE_CADENCES = 3197
MIN_STARS = 10
PLAIN_NOISE = (100.0, 200.0)  # ppm a cadence


@dataclass(frozen=True)
class Simulation:
    """Simulated curves and the truth about them.

    Attributes:
        flux: Shape (n, n_cadences), float32, ppm relative to the star's median, which is 0; NaN
            in gaps.
        labels: Shape (n,), int8; planet = 1, quiet stars and binaries 0.
        kind: Shape (n,), str; quiet, planet, eclipsing_binary or blend (a diluted binary; without
            `realism` every binary is diluted and has the kind eclipsing_binary).
        ephemerides: Of planets and binaries; t0 in days from the first cadence; NaN where quiet.
        depth: Shape (n,), instantaneous depth at mid-transit in ppm; NaN where quiet. A 29.4 min
            exposure shows somewhat less of a short or V-shaped one.
        noise: Shape (n,), each star's white noise of a cadence in ppm.
        truth: All that was put in, a column (n,) by name.
    """

    flux: NDArray[np.float32]
    labels: NDArray[np.int8]
    kind: NDArray[np.str_]
    ephemerides: Ephemerides
    depth: NDArray[np.float64]
    noise: NDArray[np.float64]
    truth: Mapping[str, NDArray[np.generic]]


def simulate(
    n_stars: int,
    *,
    seed: int,
    n_cadences: int = KAGGLE_CADENCES,
    cadence: float = KEPLER_CADENCE,
    prevalence: float = 0.06,
    eclipsing_binary_share: float = 0.08,
    noise_range: tuple[float, float] | None = None,
    companions: Companions | None = None,
    realism: Realism | None = None,
    gaps: bool = True,
    keep: Callable[[int, NDArray[np.float64]], None] | None = None,
) -> Simulation:
    """Simulates stars in random order.

    Args:
        n_stars: How many.
        seed: Equal seeds give equal curves.
        n_cadences: Columns of the flux.
        cadence: Days between columns; the exposure lasts as long.
        prevalence: Share of planet hosts, rounded to whole stars, at least one.
        eclipsing_binary_share: Share of eclipsing binaries, rounded to whole stars.
        noise_range: Smallest and largest white noise of a star in ppm; None for what `realism`
            has, or 100 to 200.
        companions: What planets and binaries are drawn from.
        realism: What stars and spacecraft do; None for white noise, a sine of two harmonics and
            first-order granulation.
        gaps: Whether cadences that `realism` loses are NaN.
        keep: Takes each star's row and curve as it is made, in order, where all of them together
            would not fit memory; the flux of what comes back has no columns then.

    Raises:
        InputError: A share or range is reversed or asks for what cannot be.
    """
    companions = Companions() if companions is None else companions
    if noise_range is None:
        noise_range = PLAIN_NOISE if realism is None else realism.noise_range
    check_population(n_stars, prevalence, eclipsing_binary_share, noise_range)
    check_companions(companions, span=(n_cadences - 1) * cadence)
    kinds = _kinds(n_stars, seed, prevalence, eclipsing_binary_share)
    time = cadence_times(n_cadences, cadence)
    flux = np.empty((n_stars, 0 if keep else n_cadences), np.float32)
    keep = keep or flux.__setitem__
    if realism is None:
        return _plain(kinds, seed, time, cadence, noise_range, companions, flux, keep)
    kinds = _with_blends(kinds, seed, realism.blend_share)
    return _realistic(
        kinds, seed, time, cadence, noise_range, companions, flux, keep, realism, gaps=gaps
    )


def _plain(
    kinds: NDArray[np.str_],
    seed: int,
    time: NDArray[np.float64],
    cadence: float,
    noise_range: tuple[float, float],
    companions: Companions,
    flux: NDArray[np.float32],
    keep: Callable[[int, NDArray[np.float64]], None],
) -> Simulation:
    drawn: list[Companion | None] = []
    stars = []
    for row, kind in enumerate(kinds):
        random = np.random.default_rng([seed, row])
        star = draw_star(random, noise_range=noise_range)
        curve = star.flux(random, n_cadences=len(time), cadence=cadence)
        companion = None
        if kind != "quiet":
            draw = draw_planet if kind == "planet" else draw_binary
            companion = draw(random, star, companions, time, cadence)
            curve += companion.dips
        keep(row, curve - np.median(curve))
        drawn.append(companion and companion.without_dips())
        stars.append((star.white_noise, star.rotation_period, ""))
    return _simulation(flux, kinds, drawn, stars)


def _realistic(
    kinds: NDArray[np.str_],
    seed: int,
    time: NDArray[np.float64],
    cadence: float,
    noise_range: tuple[float, float],
    companions: Companions,
    flux: NDArray[np.float32],
    keep: Callable[[int, NDArray[np.float64]], None],
    realism: Realism,
    *,
    gaps: bool,
) -> Simulation:
    drawn: list[Companion | None] = []
    stars = []
    calendar = draw_calendar(np.random.default_rng([seed, 0, 0, 2]), realism.instrument, time)
    for row, kind in enumerate(kinds):
        random = np.random.default_rng([seed, row])
        star = draw_realistic_star(
            random, realism, calendar, noise_range=noise_range, cadence=cadence
        )
        companion = draw_companion(
            random, str(kind), star, companions, realism, time, exposure=cadence
        )
        keep(row, star.curve(companion, gaps=gaps))
        drawn.append(companion and companion.without_dips())
        stars.append((star.white_noise, star.rotation_period, star.pulsation))
    return _simulation(flux, kinds, drawn, stars)


def _simulation(
    flux: NDArray[np.float32],
    kinds: NDArray[np.str_],
    drawn: list[Companion | None],
    stars: list[tuple[float, float, str]],
) -> Simulation:
    transits = transit_truth(drawn)
    period, t0, duration, depth = (
        np.asarray(transits[name], np.float64) for name in ("period", "t0", "duration", "depth_ppm")
    )
    noise, rotation_period, pulsation = zip(*stars, strict=True)
    truth = {
        "kind": kinds,
        **transits,
        "white_noise_ppm": np.array(noise),
        "rotation_period": np.array(rotation_period),
        "pulsation": np.array(pulsation),
    }
    labels = (kinds == "planet").astype(np.int8)
    ephemerides = Ephemerides(period, t0, duration)
    return Simulation(flux, labels, kinds, ephemerides, depth, np.array(noise), truth)


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


def _with_blends(kinds: NDArray[np.str_], seed: int, share: float) -> NDArray[np.str_]:
    """Turns a share of the binaries, rounded to whole stars, into blends."""
    binaries = np.flatnonzero(kinds == "eclipsing_binary")
    chosen = np.random.default_rng([seed, len(kinds), 2]).permutation(binaries)
    result = kinds.copy()
    result[chosen[: round(share * len(binaries))]] = "blend"
    return result
