"""From quiet curves of any source to curves with known companions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.flux_rows import FluxRows
from kepler_keras.data.light_curves import UNKNOWN, LightCurves
from kepler_keras.errors import InputError
from kepler_keras.lightcurve.companions import Companion, Companions
from kepler_keras.lightcurve.inject import (
    DepthUnit,
    Injection,
    Kind,
    inject,
    point_scatter,
    variability,
)
from kepler_keras.lightcurve.truth import transit_truth

FEWEST_CADENCES = 100  # with flux; a row with fewer is left out
UNTOUCHED = "untouched"
STREAMS: dict[str, int] = {"planet": 1, "eclipsing_binary": 2}


@dataclass(frozen=True)
class PlannedRow:
    """A row to be made.

    Attributes:
        base: Row of the base curves.
        kind: What is put in; None for nothing.
        copy: Number among the rows of one base row and kind.
    """

    base: int
    kind: Kind | None
    copy: int


def quiet_rows(base: LightCurves, *, use_unknown: bool) -> NDArray[np.intp]:
    """Rows labelled 0, or without label where that counts, whose period no catalogue knows."""
    quiet = base.labels == 0
    if use_unknown:
        quiet |= base.labels == UNKNOWN
    if base.ephemerides is not None:
        quiet &= ~base.ephemerides.known()
    return np.flatnonzero(quiet)


def usable_rows(
    flux: NDArray[np.float32],
    rows: NDArray[np.intp],
    *,
    cadence: float,
    max_variability: float | None,
) -> NDArray[np.intp]:
    """Those of `rows` that have flux, scatter, and no more variability than asked."""
    kept = []
    for row in rows:
        enough = int(np.isfinite(flux[row]).sum()) >= FEWEST_CADENCES
        if not enough or not point_scatter(flux[row]) > 0:
            continue
        if max_variability is None or variability(flux[row], cadence=cadence) <= max_variability:
            kept.append(row)
    return np.array(kept, dtype=np.intp)


def inject_rows(
    base: LightCurves,
    plan: Sequence[PlannedRow],
    companions: Companions,
    *,
    seed: int,
    cadence: float,
    depth_unit: DepthUnit,
) -> LightCurves:
    """Makes the rows of a plan, each from a stream of its own, whatever else is in the plan.

    Returns:
        Curves with labels, truth and without ephemerides; scalars and marks of the base rows stay.
        Views that came with them do not: nothing was put into those.

    Raises:
        InputError: A row cannot be injected into.
    """
    index = np.array([row.base for row in plan], dtype=np.intp)
    rows = FluxRows(len(plan), base.flux.shape[1])
    made: list[Injection | None] = []
    for row in plan:
        injection = _injected(base, row, companions, seed, cadence, depth_unit)
        rows.add(base.flux[row.base][None] if injection is None else injection.flux[None])
        made.append(injection and _without_curves(injection))
    flux, digest = rows.flux()
    beside = replace(base, flux=base.flux[:, :0], views={}).rows(index)
    return replace(
        beside,
        flux=flux,
        digest=digest,
        labels=np.array([row.kind == "planet" for row in plan], dtype=np.int8),
        ephemerides=None,
        truth=_truth(plan, made, depth_unit),
    )


def _injected(
    base: LightCurves,
    row: PlannedRow,
    companions: Companions,
    seed: int,
    cadence: float,
    depth_unit: DepthUnit,
) -> Injection | None:
    if row.kind is None:
        return None
    random = np.random.default_rng([seed, 1 + row.base, row.copy, STREAMS[row.kind]])
    level = base.level if depth_unit == "ppm" else 0.0
    flux = base.flux[row.base] + np.float64(level)  # float32 would round a faint transit at 1e6
    try:
        made = inject(random, flux, row.kind, companions, cadence=cadence, depth_unit=depth_unit)
        return replace(made, flux=(made.flux - level).astype(np.float32))
    except InputError as error:
        star = base.stars[row.base]
        raise InputError(f"row {row.base + 1} (star {star}): {error}") from error


def _without_curves(injection: Injection) -> Injection:
    """Its figures alone."""
    companion = injection.companion.without_dips()
    return replace(injection, flux=injection.flux[:0], companion=companion)


def _truth(
    plan: Sequence[PlannedRow], made: Sequence[Injection | None], depth_unit: DepthUnit
) -> dict[str, NDArray[np.generic]]:
    """Every parameter of what was put in; ppm only where the flux has a level to be a share of."""
    drawn: list[Companion | None] = [one.companion if one else None for one in made]
    depths = [(i.depth, i.depth_flux, i.n_transits) if i else (np.nan, np.nan, 0) for i in made]
    depth, depth_flux, n_transits = (np.array(column) for column in zip(*depths, strict=True))
    transits = transit_truth(drawn)
    shallower = np.asarray(transits["secondary_depth_ppm"], np.float64) / np.asarray(
        transits["depth_ppm"], np.float64
    )
    if depth_unit == "scatter":
        for name in ("depth_ppm", "secondary_depth_ppm", "dilution"):
            del transits[name]
    return {
        "kind": np.array([row.kind or UNTOUCHED for row in plan]),
        "base_row": np.array([row.base for row in plan]),
        **transits,
        "depth": depth,
        "secondary_depth": shallower * depth,
        "depth_flux": depth_flux,
        "n_transits": n_transits,
    }
