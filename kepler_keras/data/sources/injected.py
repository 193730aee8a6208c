"""Planets and eclipsing binaries put into the quiet curves of another source.

The noise, the gaps and the variability are then real, and what was put in is known exactly.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.injection import (
    FEWEST_CADENCES,
    PlannedRow,
    inject_rows,
    quiet_rows,
    usable_rows,
)
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.sources import read_source
from kepler_keras.errors import InputError
from kepler_keras.experiment import TrainTestPaths
from kepler_keras.lightcurve.companions import Companions, check_companions
from kepler_keras.lightcurve.inject import MAX_DEPTHS, DepthUnit, Kind, in_ppm

Range = Sequence[float]

DEPTHS: dict[DepthUnit, tuple[tuple[float, float], tuple[float, float]]] = {
    "ppm": ((200.0, 2000.0), (200.0, 4000.0)),
    "scatter": ((1.0, 6.0), (1.0, 12.0)),
}


def load(
    path: str | TrainTestPaths | None,
    *,
    base_source: str = "kaggle_csv",
    base_options: dict[str, Any] | None = None,
    depth_unit: Literal["ppm", "scatter"] = "scatter",
    depth_range: Range | None = None,
    binary_depth_range: Range | None = None,
    period_range: Range = (1.0, 15.0),
    max_impact: float = 0.8,
    min_transits: int = 2,
    planet_share: float = 0.5,
    planet_copies: int = 1,
    binary_copies: int = 1,
    untouched: bool = True,
    n_rows: int | None = None,
    max_variability: float | None = 3.0,
    use_unknown: bool = False,
    seed: int = 0,
) -> LightCurves:
    """Injects into every quiet row of a source, in random order.

    Quiet is a row with label 0 and without a catalogue's ephemeris. All rows made of one star keep
    its id, so that they stand on one side of every fold. The ephemerides are withheld, as in the
    simulated source; what was put in stands in `truth`.

    Args:
        path: What the base source reads.
        base_source: The source of the quiet curves.
        base_options: Its options.
        depth_unit: `ppm` of the curve's median, for flux with a level, which the dips multiply;
            `scatter` of the curve's cadences, for flux centred on 0 as Kaggle's, from which the
            dips are subtracted.
        depth_range: Smallest and largest depth of a planet's transit in that unit; left out, 200
            to 2000 ppm or 1 to 6 scatters.
        binary_depth_range: The same of a binary's primary eclipse; 200 to 4000 or 1 to 12.
        period_range: Shortest and longest period in days.
        max_impact: Largest impact parameter of a planet.
        min_transits: Mid-transits of every planet and binary in cadences that have flux.
        planet_share: Share of the stars that get planets; folds by star need stars without one.
        planet_copies: Rows with a planet, labelled 1, for each quiet row of such a star.
        binary_copies: Rows with an eclipsing binary for each quiet row, labelled 0.
        untouched: Whether each quiet row is there as it was, too, labelled 0.
        n_rows: How many quiet rows are used, drawn at random; None for all.
        max_variability: Largest scatter about a running median of 1.5 d in units of the scatter
            of a cadence by itself; rows above pulsate or are eclipsed and are left out. None keeps
            all.
        use_unknown: Whether rows without a label count as quiet.
        seed: Equal seeds give equal curves.

    Raises:
        InputError: The base cannot be read or injected into, or an option asks for what cannot be.
    """
    if base_source == "injected":
        raise InputError("data.options.base_source: injected curves cannot be injected into")
    companions = Companions(
        period_range=_pair("period_range", period_range),
        depth_range=_pair("depth_range", depth_range or DEPTHS[depth_unit][0]),
        max_impact=max_impact,
        binary_depth_range=_pair("binary_depth_range", binary_depth_range or DEPTHS[depth_unit][1]),
        min_transits=min_transits,
    )
    copies: dict[Kind | None, int] = {
        "planet": _whole("planet_copies", planet_copies, least=1),
        "eclipsing_binary": _whole("binary_copies", binary_copies, least=0),
        None: int(untouched),
    }
    if binary_copies == 0 and not untouched:
        raise InputError(
            "data.options: binary_copies of 1 or more, or untouched: true, is needed: otherwise "
            "every row holds a planet"
        )
    _whole("seed", seed, least=0)
    if n_rows is not None:
        _whole("n_rows", n_rows, least=1)
    if max_variability is not None and not max_variability > 0:
        raise InputError(
            f"data.options.max_variability: must be above 0 or left out, got {max_variability}"
        )
    if not 0 < planet_share <= 1:
        raise InputError(f"data.options.planet_share: must be in (0, 1], got {planet_share}")
    base = read_source(base_source, path, base_options or {})
    place = f"source injected, from {base_source}"
    if base.cadence is None:
        raise InputError(f"{place}: the curves come folded; a transit needs flux over time")
    _check_ranges(companions, depth_unit, span=(base.flux.shape[1] - 1) * base.cadence)
    quiet = quiet_rows(base, use_unknown=use_unknown)
    rows = usable_rows(base.flux, quiet, cadence=base.cadence, max_variability=max_variability)
    if not len(rows):
        raise InputError(
            f"{place}: of {len(base)} rows {len(quiet)} are quiet and none of these is usable: "
            f"each has fewer than {FEWEST_CADENCES} cadences with flux, no scatter, or more "
            f"variability than max_variability: {max_variability}"
        )
    chosen = np.sort(np.random.default_rng([seed, 0, 0, 1]).permutation(rows)[:n_rows])
    plan = _plan(chosen, base.stars[chosen], copies, planet_share, seed)
    try:
        made = inject_rows(
            base, plan, companions, seed=seed, cadence=base.cadence, depth_unit=depth_unit
        )
    except InputError as error:
        raise InputError(f"{place}: {error}") from error
    n_left_out = len(quiet) - len(rows)
    notes = _notes(base_source, made, len(chosen), n_left_out, companions, depth_unit, seed)
    return replace(
        made, source="injected", notes=(*notes, *(f"Base: {note}" for note in base.notes))
    )


def _plan(
    rows: NDArray[np.intp],
    stars: NDArray[np.str_],
    copies: dict[Kind | None, int],
    planet_share: float,
    seed: int,
) -> list[PlannedRow]:
    """All rows to be made, in random order: the order must not tell the label."""
    random = np.random.default_rng([seed, 0, 0, 2])
    names = random.permutation(np.unique(stars))
    hosts = set(names[: max(1, round(planet_share * len(names)))].tolist())
    plan = [
        PlannedRow(int(row), kind, copy)
        for row, star in zip(rows, stars.tolist(), strict=True)
        for kind, n in copies.items()
        for copy in range(n)
        if kind != "planet" or star in hosts
    ]
    return [plan[index] for index in random.permutation(len(plan))]


def _notes(
    base_source: str,
    made: LightCurves,
    n_rows: int,
    n_left_out: int,
    companions: Companions,
    depth_unit: DepthUnit,
    seed: int,
) -> tuple[str, ...]:
    counts = {kind: int((made.truth["kind"] == kind).sum()) for kind in set(made.truth["kind"])}
    unit = "ppm" if depth_unit == "ppm" else "times the star's scatter"
    (low, high), (first, last) = companions.depth_range, companions.binary_depth_range
    shortest, longest = companions.period_range
    how = "multiplied by the dips" if depth_unit == "ppm" else "centred, so dips were subtracted"
    return (
        f"Injected with seed {seed} into {n_rows} quiet rows of {len(set(made.stars.tolist()))} "
        f"stars of {base_source}; {n_left_out} quiet rows were left out as too variable or empty.",
        f"{counts.get('planet', 0)} rows with a planet of {low:g} to {high:g} {unit}, "
        f"{counts.get('eclipsing_binary', 0)} with an eclipsing binary of {first:g} to {last:g}, "
        f"labelled 0, every {shortest:g} to {longest:g} d; {counts.get('untouched', 0)} as they "
        f"were; the flux was {how}.",
        "The true ephemerides are withheld: periods are searched in every row alike.",
    )


def _check_ranges(companions: Companions, depth_unit: DepthUnit, *, span: float) -> None:
    largest = MAX_DEPTHS[depth_unit]
    for name in ("depth_range", "binary_depth_range"):
        low, high = getattr(companions, name)
        if not 0 < low <= high <= largest:
            raise InputError(
                f"data.options.{name}: must rise from above 0 to {largest:g} ({depth_unit}) or "
                f"less, got {low:g} to {high:g}"
            )
    try:
        check_companions(in_ppm(companions, depth_unit), span=span)
    except InputError as error:
        raise InputError(f"data.options.{error}") from error


def _whole(name: str, value: int, *, least: int) -> int:
    if value < least:
        raise InputError(f"data.options.{name}: must be {least} or more, got {value}")
    return value


def _pair(name: str, value: Range) -> tuple[float, float]:
    if len(value) != 2 or not all(math.isfinite(end) for end in value):
        raise InputError(
            f"data.options.{name}: must be a pair, smallest and largest, got {list(value)}"
        )
    return value[0], value[1]
