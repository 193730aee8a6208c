"""The source that needs no file: a seeded population of simulated stars."""

import math
from collections.abc import Sequence
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.flux_rows import FluxRows
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.row_parts import row_parts
from kepler_keras.errors import InputError, suggestion
from kepler_keras.experiment import TrainTestPaths
from kepler_keras.lightcurve.companions import PPM, Companions
from kepler_keras.lightcurve.realism import PRESETS
from kepler_keras.lightcurve.simulate import (
    KAGGLE_CADENCES,
    KEPLER_CADENCE,
    Simulation,
    simulate,
)

MIN_CADENCES = 100
PLAIN = "plain"
Range = Sequence[float]


def load(
    path: str | TrainTestPaths | None = None,
    *,
    n_stars: int = 1500,
    seed: int = 0,
    n_cadences: int = KAGGLE_CADENCES,
    prevalence: float = 0.06,
    eclipsing_binary_share: float = 0.08,
    noise_range: Range | None = None,
    period_range: Range = (1.0, 15.0),
    depth_range: Range = (250.0, 800.0),
    binary_depth_range: Range = (250.0, 1600.0),
    max_impact: float = 0.8,
    min_transits: int = 2,
    realism: Literal["plain", "kepler", "k2"] = "plain",
    gaps: bool = True,
) -> LightCurves:
    """Simulates stars of Kaggle's cadence and, by default, Kaggle's length.

    The true ephemerides are withheld, so that a period must be searched for hosts and non-hosts
    alike; they stand in `truth` with all else that was put in.

    Args:
        path: Must be None.
        n_stars: How many stars, 10 or more.
        seed: Equal seeds give equal curves.
        n_cadences: Columns of the flux, 29.4244 min apart.
        prevalence: Share of planet hosts, in (0, 1).
        eclipsing_binary_share: Share of eclipsing binaries, labelled 0.
        noise_range: Smallest and largest white noise of a star in ppm a cadence; left out, what
            `realism` has: 100 to 200 (plain), 100 to 1000 (kepler), 100 to 1500 (k2).
        period_range: Shortest and longest period in days, of planets and binaries.
        depth_range: Smallest and largest depth of a planet's transit in ppm.
        binary_depth_range: Smallest and largest depth of a diluted binary's primary eclipse in
            ppm; half of the binaries of kepler and k2 stand alone and are as deep as they are.
        max_impact: Largest impact parameter of a planet.
        min_transits: Mid-transits of every planet and binary within the curve.
        realism: `plain` for white noise, a two-harmonic sine and granulation; `kepler` and `k2`
            for spots, pulsators, flares, blends and the instrument of that mission
            (docs/simulated_stars.md).
        gaps: Whether cadences that kepler and k2 lose are NaN; plain loses none.

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
    if realism not in (PLAIN, *PRESETS):
        raise InputError(
            f"source simulated: there is no realism {realism!r}; "
            f"{suggestion(str(realism), (PLAIN, *PRESETS))}"
        )
    if not isinstance(gaps, bool):
        raise InputError(f"source simulated: gaps must be true or false, got {gaps!r}")
    companions = Companions(
        period_range=_pair("period_range", period_range),
        depth_range=_pair("depth_range", depth_range),
        max_impact=_number("max_impact", max_impact),
        binary_depth_range=_pair("binary_depth_range", binary_depth_range),
        min_transits=min_transits,
    )
    rows = FluxRows(n_stars, n_cadences)
    simulation = simulate(
        n_stars,
        seed=seed,
        n_cadences=n_cadences,
        prevalence=_number("prevalence", prevalence),
        eclipsing_binary_share=_number("eclipsing_binary_share", eclipsing_binary_share),
        noise_range=None if noise_range is None else _pair("noise_range", noise_range),
        companions=companions,
        realism=PRESETS.get(realism),
        gaps=gaps,
        keep=lambda row, curve: rows.add(curve[None]),
    )
    flux, digest = rows.flux()
    return LightCurves(
        source="simulated",
        flux=flux,
        labels=simulation.labels,
        stars=np.array([f"sim-{number:05d}" for number in range(n_stars)]),
        cadence=KEPLER_CADENCE,
        level=PPM,
        truth=simulation.truth,
        notes=_notes(simulation, flux, companions, seed, realism),
        digest=digest,
    )


def _notes(
    simulation: Simulation,
    flux: NDArray[np.float32],
    companions: Companions,
    seed: int,
    realism: str,
) -> tuple[str, ...]:
    n_stars, n_cadences = flux.shape
    low, high = companions.depth_range
    shortest, longest = companions.period_range
    return (
        f"Simulated with seed {seed}: {n_stars} stars over {n_cadences * KEPLER_CADENCE:.1f} d at "
        f"29.4244 min; flux in ppm, white noise {simulation.noise.min():.0f} to "
        f"{simulation.noise.max():.0f} ppm a cadence.",
        f"{_count(simulation, 'planet')} planet hosts with transits of {low:g} to {high:g} ppm "
        f"every {shortest:g} to {longest:g} d, at least {companions.min_transits} in each curve; "
        f"{_binaries(simulation, companions, realism)}, labelled 0; "
        f"{_count(simulation, 'quiet')} quiet stars.",
        "The true ephemerides are withheld: periods are searched in every star alike.",
        *(() if realism == PLAIN else (_realism_note(simulation, flux, realism),)),
    )


def _count(simulation: Simulation, kind: str) -> int:
    return int((simulation.kind == kind).sum())


def _binaries(simulation: Simulation, companions: Companions, realism: str) -> str:
    low, high = companions.binary_depth_range
    alone = _count(simulation, "eclipsing_binary")
    if realism == PLAIN:
        return f"{alone} eclipsing binaries of {low:g} to {high:g} ppm"
    blends = _count(simulation, "blend")
    return (
        f"{blends} eclipsing binaries blended down to {low:g} to {high:g} ppm and {alone} that "
        "stand alone"
    )


def _realism_note(simulation: Simulation, flux: NDArray[np.float32], realism: str) -> str:
    pulsators = int((simulation.truth["pulsation"] != "").sum())
    lost = sum(int(np.isnan(flux[part]).sum()) for part in row_parts(flux)) / flux.size
    return (
        f"Realism {realism}: spots, granulation, flares, {pulsators} pulsators and that mission's "
        f"instrument; {lost:.1%} of the cadences are without flux."
    )


def _check_whole(name: str, value: object, least: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise InputError(
            f"source simulated: {name} must be a whole number from {least} on, got {value!r}"
        )


def _number(name: str, value: object) -> float:
    known = isinstance(value, int | float) and not isinstance(value, bool)
    if not (known and math.isfinite(cast(float, value))):
        raise InputError(f"source simulated: {name} must be a number, got {value!r}")
    return float(cast(float, value))


def _pair(name: str, value: object) -> tuple[float, float]:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
        raise InputError(
            f"source simulated: {name} must be a pair, smallest and largest, got {value!r}"
        )
    return _number(name, value[0]), _number(name, value[1])
