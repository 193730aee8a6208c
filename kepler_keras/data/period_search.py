"""The period search of an experiment: every star alike, detrended for the search alone."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.sharded_array import ShardWriter, bounds
from kepler_keras.errors import InputError
from kepler_keras.executors import Executor
from kepler_keras.experiment import Search
from kepler_keras.lightcurve.detrending import detrend
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.search_layout import DURATIONS, longest_period, search_window
from kepler_keras.lightcurve.transit_search import search_transits
from kepler_keras.lightcurve.transit_signals import TransitSignals

Flux = NDArray[np.float32]

PARTS = 64  # of the grid, to which a star's own stretch is rounded out
PERIOD, T0 = 0, 1  # columns of signals
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


def check_search(n_columns: int, *, cadence: float, search: Search) -> None:
    """Refuses limits that do not fit curves of so many columns, before anything is done.

    Raises:
        InputError: See `search_transits` and `detrend`.
    """
    none = np.empty((0, n_columns), np.float32)
    search_transits(none, cadence=cadence, **search_limits(search))
    try:
        flatten(none, cadence=cadence, level=0.0, search=search)
    except InputError as error:
        default = "" if search.window else "; left out, it is 1 d, or more for periods above 30 d"
        raise InputError(f"search.window: {error}{default}") from error


def own_stretches(flux: Flux) -> NDArray[np.int64]:
    """First column and the one after the last of each star's stretch of the grid, shape (n, 2).

    Rounded out to parts of the grid, so that stars observed together are searched together; 0 and 0
    for a star without any flux.
    """
    n_columns = flux.shape[1]
    measured = np.isfinite(flux)
    first = measured.argmax(axis=1)
    after = n_columns - measured[:, ::-1].argmax(axis=1)
    part = max(1, n_columns // PARTS)
    first = first // part * part
    after = np.minimum(-(-after // part) * part, n_columns)
    stretches = np.column_stack([first, after]).astype(np.int64)
    stretches[~measured.any(axis=1)] = 0
    return stretches


def within(search: Search, *, span: float) -> Search:
    """The settings for a star with `span` days of its own: none of its periods is longer."""
    if search.max_period is None:
        return search
    return search.model_copy(update={"max_period": min(search.max_period, span)})


def search_stars(
    flux: Flux,
    *,
    cadence: float,
    level: float,
    search: Search,
    n_signals: int = 1,
    stop: NDArray[np.bool_] | None = None,
) -> tuple[TransitSignals, Flux]:
    """Detrends and searches each star over its own stretch of the grid.

    In a folder of many quarters most stars have but a few: searched over the whole grid they would
    seem to have planets that were seen once.

    Args:
        flux: As the source gives it, shape (n, n_cadences), NaN in gaps.
        cadence: Days between columns.
        level: See `LightCurves.level`.
        search: The experiment's search settings.
        n_signals: Signals a star, at most.
        stop: See `search_transits`.

    Returns:
        Signals, none for a star whose stretch is too short for the settings, and the detrended
        flux, shape (n, n_cadences).
    """
    check_search(flux.shape[1], cadence=cadence, search=search)
    flat = np.full(flux.shape, np.nan, np.float32)
    columns = np.full((len(fields(TransitSignals)), len(flux), n_signals), np.nan)
    stretches = own_stretches(flux)
    for first, after in np.unique(stretches, axis=0).tolist():
        rows = np.flatnonzero((stretches == (first, after)).all(axis=1))
        own = within(search, span=(after - first) * cadence)
        try:
            check_search(after - first, cadence=cadence, search=own)
        except InputError:  # too short a stretch
            continue
        part = flatten(flux[rows, first:after], cadence=cadence, level=level, search=own)
        flat[rows, first:after] = part
        found = search_transits(
            part, cadence=cadence, n_signals=n_signals, stop=stop, **search_limits(own)
        )
        of_part = np.array([getattr(found, item.name) for item in fields(found)])
        of_part[T0] = (of_part[T0] + first * cadence) % of_part[PERIOD]
        columns[:, rows] = of_part
    return TransitSignals(*columns), flat


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


@dataclass(frozen=True)
class Found:
    """What a search found in n stars, and what they are folded on.

    Attributes:
        signals: Shape (n, 1); NaN for a star without any dip.
        flat: The flux as it was detrended for the search, shape (n, n_cadences).
        ephemerides: Of the signal; see `run_search` for a star without any.
    """

    signals: TransitSignals
    flat: Flux
    ephemerides: Ephemerides


def run_search(job: SearchJob) -> Ephemerides:
    """Ephemerides of the signal found first in each star, shape (n,).

    A star without any dip gets the longest period that was searched and the first cadence: it has
    to be folded at some period, as every other star is.
    """
    return find_signals(job).ephemerides


def find_signals(job: SearchJob) -> Found:
    """Searches the stars of a job."""
    signals, flat = search_stars(job.flux, cadence=job.cadence, level=job.level, search=job.search)
    found = signals.first()
    unknown = ~found.known()
    longest = longest_period(job.flux.shape[1] * job.cadence, job.search.max_period)
    shortest = min(job.search.durations or DURATIONS)
    ephemerides = Ephemerides(
        np.where(unknown, longest, found.period),
        np.where(unknown, 0.0, found.t0),
        np.where(unknown, shortest, found.duration),
    )
    return Found(signals, flat, ephemerides)


def search_all(
    flux: Flux,
    *,
    cadence: float,
    level: float,
    search: Search,
    executor: Executor,
    on_stars: Callable[[int], None] = lambda count: None,
    kept: ShardWriter | None = None,
) -> Ephemerides:
    """Searches all stars, hosts and non-hosts alike, in worker processes.

    Args:
        flux: As the source gives it, shape (n, n_cadences), NaN in gaps.
        cadence: Days between columns.
        level: See `LightCurves.level`.
        search: The experiment's search settings.
        executor: Where the jobs run.
        on_stars: Called with the number of stars that were just finished.
        kept: Where ephemerides of `SEARCH_CHUNK` stars each, shape (k, 3), are kept as they come;
            those that are there are not searched again.
    """
    chunks = bounds(len(flux), SEARCH_CHUNK) if len(flux) else []
    columns = np.full((len(flux), 3), np.nan)
    missing = range(len(chunks)) if kept is None else kept.missing()
    for number in sorted({*range(len(chunks))} - {*missing}):
        assert kept is not None
        columns[slice(*chunks[number])] = part = kept.read(number)
        on_stars(len(part))
    # Parts of mapped flux, which are read one by one when they are sent.
    parts = [flux[slice(*chunks[number])] for number in missing]
    jobs = [SearchJob(part, cadence, level, search) for part in parts]
    for position, found in executor.run(run_search, jobs):
        number = missing[position]
        columns[slice(*chunks[number])] = table = as_columns(found)
        if kept is not None:
            kept.write(number, table)
        on_stars(len(table))
    return from_columns(columns)


def as_columns(ephemerides: Ephemerides) -> NDArray[np.float64]:
    """Period, t0 and duration side by side, shape (n, 3)."""
    return np.column_stack([ephemerides.period, ephemerides.t0, ephemerides.duration])


def from_columns(columns: NDArray[np.float64]) -> Ephemerides:
    """What `as_columns` took apart."""
    return Ephemerides(*np.ascontiguousarray(columns.T))
