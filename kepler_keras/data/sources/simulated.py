"""The source that needs no file: a seeded population of simulated stars."""

from collections.abc import Sequence

import numpy as np

from kepler_keras.data.light_curves import LightCurves
from kepler_keras.errors import InputError
from kepler_keras.experiment import TrainTestPaths
from kepler_keras.lightcurve.companions import Companions
from kepler_keras.lightcurve.simulate import (
    KAGGLE_CADENCES,
    KEPLER_CADENCE,
    Simulation,
    simulate,
)

MIN_CADENCES = 100
Range = Sequence[float]


def load(
    path: str | TrainTestPaths | None = None,
    *,
    n_stars: int = 1500,
    seed: int = 0,
    n_cadences: int = KAGGLE_CADENCES,
    prevalence: float = 0.06,
    eclipsing_binary_share: float = 0.08,
    noise_range: Range = (100.0, 200.0),
    period_range: Range = (1.0, 15.0),
    depth_range: Range = (250.0, 800.0),
    binary_depth_range: Range = (250.0, 1600.0),
    max_impact: float = 0.8,
    min_transits: int = 2,
) -> LightCurves:
    """Simulates stars of Kaggle's cadence and, by default, Kaggle's length.

    The true ephemerides are withheld, so that a period must be searched for hosts and non-hosts
    alike.

    Args:
        path: Must be None.
        n_stars: How many stars, 10 or more.
        seed: Equal seeds give equal curves.
        n_cadences: Columns of the flux, 29.4244 min apart.
        prevalence: Share of planet hosts, in (0, 1).
        eclipsing_binary_share: Share of eclipsing binaries, labelled 0.
        noise_range: Smallest and largest white noise of a star in ppm a cadence.
        period_range: Shortest and longest period in days, of planets and binaries.
        depth_range: Smallest and largest depth of a planet's transit in ppm.
        binary_depth_range: Smallest and largest depth of a binary's primary eclipse in ppm.
        max_impact: Largest impact parameter of a planet.
        min_transits: Mid-transits of every planet and binary within the curve.

    Raises:
        InputError: A path is given, or an option asks for what cannot be.
    """
    if path is not None:
        raise InputError(f"source simulated: it reads no file, path must be left out, got {path}")
    for name, whole in {
        "n_stars": n_stars,
        "seed": seed,
        "n_cadences": n_cadences,
        "min_transits": min_transits,
    }.items():
        _check_whole(name, whole, MIN_CADENCES if name == "n_cadences" else 0)
    companions = Companions(
        period_range=_pair("period_range", period_range),
        depth_range=_pair("depth_range", depth_range),
        max_impact=_number("max_impact", max_impact),
        binary_depth_range=_pair("binary_depth_range", binary_depth_range),
        min_transits=min_transits,
    )
    simulation = simulate(
        n_stars,
        seed=seed,
        n_cadences=n_cadences,
        prevalence=_number("prevalence", prevalence),
        eclipsing_binary_share=_number("eclipsing_binary_share", eclipsing_binary_share),
        noise_range=_pair("noise_range", noise_range),
        companions=companions,
    )
    return LightCurves(
        source="simulated",
        flux=simulation.flux,
        labels=simulation.labels,
        stars=np.array([f"sim-{number:05d}" for number in range(n_stars)]),
        cadence=KEPLER_CADENCE,
        notes=_notes(simulation, companions, seed),
    )


def _notes(simulation: Simulation, companions: Companions, seed: int) -> tuple[str, ...]:
    n_stars, n_cadences = simulation.flux.shape
    counts = {kind: int((simulation.kind == kind).sum()) for kind in np.unique(simulation.kind)}
    low, high = companions.depth_range
    binary_low, binary_high = companions.binary_depth_range
    shortest, longest = companions.period_range
    return (
        f"Simulated with seed {seed}: {n_stars} stars over {n_cadences * KEPLER_CADENCE:.1f} d at "
        f"29.4244 min; flux in ppm, white noise {simulation.noise.min():.0f} to "
        f"{simulation.noise.max():.0f} ppm a cadence.",
        f"{counts['planet']} planet hosts with transits of {low:g} to {high:g} ppm every "
        f"{shortest:g} to {longest:g} d, at least {companions.min_transits} in each curve; "
        f"{counts.get('eclipsing_binary', 0)} eclipsing binaries of {binary_low:g} to "
        f"{binary_high:g} ppm, labelled 0; {counts.get('quiet', 0)} quiet stars.",
        "The true ephemerides are withheld: periods are searched in every star alike.",
    )


def _check_whole(name: str, value: object, least: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise InputError(
            f"source simulated: {name} must be a whole number from {least} on, got {value!r}"
        )


def _number(name: str, value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise InputError(f"source simulated: {name} must be a number, got {value!r}")
    return float(value)


def _pair(name: str, value: object) -> tuple[float, float]:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
        raise InputError(
            f"source simulated: {name} must be a pair, smallest and largest, got {value!r}"
        )
    return _number(name, value[0]), _number(name, value[1])
