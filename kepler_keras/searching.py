"""The transit search of many curves: detrended and searched chunk by chunk."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from kepler_keras.candidates import Candidate, DepthUnit, curve_names
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.period_search import check_search, search_stars
from kepler_keras.executors import ONE_THREAD, Made, Workers
from kepler_keras.lightcurve.conditioning import robust_scatter
from kepler_keras.lightcurve.lanes import LANES
from kepler_keras.lightcurve.transit_signals import TransitSignals
from kepler_keras.progress import stage
from kepler_keras.search_plan import SearchPlan

Flux = NDArray[np.float32]

CHUNK_VALUES = 1 << 20  # about 300 curves of 80 days; a few copies of them fit anywhere
CHUNKS_A_JOB = 8  # for a smooth progress, where there are stars enough
LEAST_LEVEL = 5.0  # scatters; the same rule as for injected depths in ppm
PPM = 1e6


@dataclass(frozen=True)
class Searched:
    """What was found in n curves.

    Attributes:
        names: Each curve's name in the table.
        signals: Up to k signals a curve, depths in the unit of the flux.
        scale: Flux of one unit of depth, shape (n,): a millionth of the star's light, or its
            scatter.
        has_level: Whether it is the former, shape (n,).
    """

    names: tuple[str, ...]
    signals: TransitSignals
    scale: NDArray[np.float64]
    has_level: NDArray[np.bool_]

    def depth_unit(self, row: int) -> DepthUnit:
        """The unit of a curve's depths in the table."""
        return "ppm" if self.has_level[row] else "scatter"

    def candidates(self) -> list[Candidate]:
        """All signals, in the order of the curves and, within each, as they were found."""
        return [found for row in range(len(self.names)) for found in self.of_curve(row)]

    def of_curve(self, row: int) -> list[Candidate]:
        """The signals of one curve."""
        n_found = int(np.isfinite(self.signals.period[row]).sum())
        return [self._candidate(row, rank) for rank in range(n_found)]

    def _candidate(self, row: int, rank: int) -> Candidate:
        numbers = {
            item.name: float(getattr(self.signals, item.name)[row, rank])
            for item in fields(TransitSignals)
        }
        numbers["depth"] /= float(self.scale[row])
        return Candidate(
            star=self.names[row],
            rank=rank + 1,
            depth_unit=self.depth_unit(row),
            n_transits=int(numbers.pop("n_transits")),
            **numbers,
        )


def search_curves(
    curves: LightCurves, plan: SearchPlan, executor: Workers = ONE_THREAD, *, n_signals: int = 1
) -> Searched:
    """Searches every curve by itself: the result depends on neither chunks nor executor.

    Args:
        curves: Unfolded, NaN in gaps; a curve without any flux has no signals.
        plan: How they are detrended and searched.
        executor: Where chunks are searched; threads will do, because the work is compiled.
        n_signals: Most signals of a curve.

    Raises:
        InputError: The plan's periods, durations or window do not fit the curves.
    """
    n, n_columns = curves.flux.shape
    assert curves.cadence is not None
    check_search(n_columns, cadence=curves.cadence, search=plan.search)
    size = min(CHUNK_VALUES // n_columns, n // (CHUNKS_A_JOB * max(executor.jobs, 1)))
    size = max(LANES, size - size % LANES)
    parts = [slice(begin, begin + size) for begin in range(0, n, size)]
    columns = np.full((len(fields(TransitSignals)), n, n_signals), np.nan)
    scale, has_level = np.ones(n), np.zeros(n, bool)
    stop = np.zeros(1, bool)

    def chunk(position: int) -> _Chunk:
        flux = np.array(curves.flux[parts[position]])  # a copy: mapped flux is read-only
        return _Chunk(flux, curves.cadence or np.nan, curves.level, plan, n_signals, stop)

    with stage("searching, curve", n) as counter:
        try:
            for position, found in executor.run(_search_chunk, Made(len(parts), chunk)):
                part = parts[position]
                columns[:, part], scale[part], has_level[part] = found
                counter.advance(steps=len(scale[part]))
        finally:  # after an error or Ctrl-C the searches under way end at their next signal
            stop[0] = True
    names = curve_names(curves.stars.tolist())
    return Searched(names, TransitSignals(*columns), scale, has_level)


@dataclass(frozen=True)
class _Chunk:
    """The search of some curves, as a worker gets it.

    Attributes:
        flux: As the source gives it, shape (n, n_cadences), NaN in gaps.
        cadence: Days between columns.
        level: See `LightCurves.level`.
        stop: True once nobody waits any more, in threads of the process that asked.
    """

    flux: Flux
    cadence: float
    level: float
    plan: SearchPlan
    n_signals: int
    stop: NDArray[np.bool_]


def _search_chunk(
    chunk: _Chunk,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Signals (9, n, k), scale and level of some curves; incomplete once `stop` is true."""
    flux = chunk.flux
    found, flat = search_stars(
        flux,
        cadence=chunk.cadence,
        level=chunk.level,
        search=chunk.plan.search,
        n_signals=chunk.n_signals,
        stop=chunk.stop,
    )
    columns = np.array([getattr(found, item.name) for item in fields(found)])
    scale, has_level = np.ones(len(flux)), np.zeros(len(flux), bool)
    known = np.isfinite(flat).any(axis=1)
    if known.any():
        scale[known], has_level[known] = depth_scale(flux[known], flat[known], level=chunk.level)
    return columns, scale, has_level


def depth_scale(
    flux: Flux, flat: Flux, *, level: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Flux of one unit of depth, and whether that unit is ppm; both shape (n,).

    A curve has a level of its own where its flux is never below 0 and its median is above 5 of its
    scatters: flux centred on its mean dips below 0, however quiet the star is.

    Args:
        flux: Shape (n, n_cadences), NaN in gaps, with some flux in each curve.
        flat: The same, detrended.
        level: What the source says (`LightCurves.level`), 0 where it knows none.
    """
    if level > 0:
        return np.full(len(flux), level / PPM), np.ones(len(flux), bool)
    scale, has_level = np.empty(len(flux)), np.zeros(len(flux), bool)
    positive = np.fmin.reduce(flux, axis=1) >= 0
    for row, curve in enumerate(flux):
        if positive[row]:
            median = float(np.nanmedian(curve))
            has_level[row] = median > LEAST_LEVEL * _scatter(curve)
        scale[row] = median / PPM if has_level[row] else _scatter(flat[row])
    return scale, has_level


def _scatter(curve: Flux) -> float:
    return float(robust_scatter(curve[None])[0])
