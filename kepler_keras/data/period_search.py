"""The period search of an experiment: every star alike, detrended for the search alone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.executors import Executor
from kepler_keras.experiment import Search
from kepler_keras.lightcurve.detrending import detrend
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.search_layout import DURATIONS, longest_period, search_window
from kepler_keras.lightcurve.transit_search import search_transits

Flux = NDArray[np.float32]

SEARCH_CHUNK = 64  # stars a search job: small enough for a smooth progress bar


def flatten(flux: Flux, *, cadence: float, level: float, search: Search) -> Flux:
    """Detrends curves of shape (n, n_cadences) for a search; NaN stays, as a gap."""
    if search.detrend == "none":
        centred: Flux = flux - np.nanmedian(flux, axis=1, keepdims=True)
        return centred
    longest = longest_period(flux.shape[1] * cadence, search.max_period)
    window = search.window or search_window(longest)
    return detrend(flux, cadence=cadence, method=search.detrend, window=window, level=level)


def search_limits(search: Search) -> dict[str, Any]:
    """Periods and durations as the search takes them, in days."""
    return {
        "min_period": search.min_period,
        "max_period": search.max_period,
        "durations": search.durations or DURATIONS,
    }


@dataclass(frozen=True)
class SearchJob:
    """The period search of a few stars, as a worker gets it.

    Attributes:
        flux: As the source gives it, shape (n, n_cadences), NaN in gaps.
        cadence: Days between columns.
        level: See `LightCurves.level`.
        search: The experiment's search settings.
    """

    flux: Flux
    cadence: float
    level: float
    search: Search


def run_search(job: SearchJob) -> Ephemerides:
    """Ephemerides of each star's strongest signal, shape (n,).

    A star without any dip gets the longest period that was searched and the first cadence: it has
    to be folded at some period, as every other star is.
    """
    flat = flatten(job.flux, cadence=job.cadence, level=job.level, search=job.search)
    limits = search_limits(job.search)
    strongest = search_transits(flat, cadence=job.cadence, **limits).strongest()
    unknown = ~strongest.known()
    longest = longest_period(flat.shape[1] * job.cadence, job.search.max_period)
    return Ephemerides(
        np.where(unknown, longest, strongest.period),
        np.where(unknown, 0.0, strongest.t0),
        np.where(unknown, min(limits["durations"]), strongest.duration),
    )


def search_all(
    flux: Flux,
    *,
    cadence: float,
    level: float,
    search: Search,
    executor: Executor,
    on_stars: Callable[[int], None] = lambda count: None,
) -> Ephemerides:
    """Searches all stars, hosts and non-hosts alike, in worker processes.

    Args:
        flux: As the source gives it, shape (n, n_cadences), NaN in gaps.
        cadence: Days between columns.
        level: See `LightCurves.level`.
        search: The experiment's search settings.
        executor: Where the jobs run.
        on_stars: Called with the number of stars that were just finished.
    """
    starts = range(0, len(flux), SEARCH_CHUNK)
    parts = (flux[start : start + SEARCH_CHUNK] for start in starts)
    jobs = [SearchJob(part, cadence, level, search) for part in parts]
    columns = np.full((3, len(flux)), np.nan)
    for position, found in executor.run(run_search, jobs):
        start = position * SEARCH_CHUNK
        part = slice(start, start + len(found.period))
        columns[:, part] = found.period, found.t0, found.duration
        on_stars(len(found.period))
    return Ephemerides(*columns)
