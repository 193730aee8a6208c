"""One searched curve with all that a picture of it needs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepler_keras.candidates import Candidate, DepthUnit
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.period_search import (
    flatten,
    own_stretches,
    search_limits,
    within,
)
from kepler_keras.errors import InputError, suggestion
from kepler_keras.lightcurve.folding import cadence_times
from kepler_keras.lightcurve.transit_search import periodogram
from kepler_keras.search_plan import SearchPlan
from kepler_keras.searching import Searched

MOST_NAMED = 10  # stars that an error lists


@dataclass(frozen=True)
class Closeup:
    """One curve, its spectrum and its signals.

    Attributes:
        name: As in the table.
        time: Days from the first cadence, shape (n_cadences,).
        flux: As the source gives it, NaN in gaps, shape (n_cadences,).
        trend: What detrending took away, in the unit of `flux`.
        flat: Detrended flux in `depth_unit`, shape (n_cadences,).
        depth_unit: The unit of `flat` and of the depths.
        cadence: Days.
        start: Time of the first cadence on the mission's own axis, or None.
        period: Trial periods, days, shape (m,).
        snr: SNR of the best box at each, shape (m,).
        candidates: The signals, as they were found.
    """

    name: str
    time: NDArray[np.float64]
    flux: NDArray[np.float64]
    trend: NDArray[np.float64]
    flat: NDArray[np.float64]
    depth_unit: DepthUnit
    cadence: float
    start: float | None
    period: NDArray[np.float64]
    snr: NDArray[np.float64]
    candidates: tuple[Candidate, ...]


def rows_of_star(curves: LightCurves, names: tuple[str, ...], star: str) -> list[int]:
    """Rows of a star, or the row of one curve by its name in the table.

    Raises:
        InputError: There is no such star; the sentence names the nearest one.
    """
    rows = [row for row, pair in enumerate(zip(names, curves.stars, strict=True)) if star in pair]
    if not rows:
        raise InputError(f"--plot: there is no star {star!r}; {_nearest(star, curves)}")
    dark = [row for row in rows if not np.isfinite(curves.flux[row]).any()]
    if dark:
        raise InputError(f"--plot: {names[dark[0]]} has no flux at all that could be drawn")
    return rows


def _nearest(star: str, curves: LightCurves) -> str:
    stars = sorted(set(curves.stars.tolist()))
    near = suggestion(star, stars)
    if near.startswith("did you mean") or len(stars) <= MOST_NAMED:
        return near
    return f"the {len(stars)} stars are named like {stars[0]!r}"


def closeup(curves: LightCurves, plan: SearchPlan, searched: Searched, row: int) -> Closeup:
    """Looks at one curve again, detrended as for the search."""
    cadence = curves.cadence
    assert cadence is not None
    flux = np.array(curves.flux[row : row + 1])
    first, after = own_stretches(flux)[0]
    search = within(plan.search, span=(after - first) * cadence)
    own = flatten(flux[:, first:after], cadence=cadence, level=curves.level, search=search)
    spectrum = periodogram(own[0], cadence=cadence, **search_limits(search))
    flat = np.full(flux.shape, np.nan, np.float32)
    flat[:, first:after] = own
    return Closeup(
        name=searched.names[row],
        time=cadence_times(flux.shape[1], cadence),
        flux=flux[0].astype(np.float64),
        trend=(flux[0] - flat[0]).astype(np.float64),
        flat=flat[0] / searched.scale[row],
        depth_unit=searched.depth_unit(row),
        cadence=cadence,
        start=curves.start,
        period=spectrum.period,
        snr=spectrum.snr,
        candidates=tuple(searched.of_curve(row)),
    )
