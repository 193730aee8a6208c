"""Finding transits: every period, duration and phase of many stars at once.

Stars that share their cadences are scanned side by side with the fast folding algorithm, on time
binned as far as the transits of a period allow; the best few boxes of each star are fitted again at
full resolution and ranked by signal-to-noise ratio (the box: Kovacs, Zucker & Mazeh 2002, A&A
391:369). The noise is that of the star's own boxes of that duration, so that slow variability which
detrending left does not pass for long transits (Pont, Zucker & Queloz 2006, MNRAS 373:231).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepler_keras.errors import InputError
from kepler_keras.lightcurve.block_search import (
    COLUMNS,
    interleave,
    search_block,
    standard_block,
)
from kepler_keras.lightcurve.lanes import LANES
from kepler_keras.lightcurve.search_layout import (
    DURATION_RANGE,
    DURATIONS,
    SHORTEST_PERIOD,
    search_layout,
)
from kepler_keras.lightcurve.spectra import scan
from kepler_keras.lightcurve.transit_signals import TransitSignals


@dataclass(frozen=True)
class Periodogram:
    """The strongest box at each trial period of one star.

    Attributes:
        period: Days, ascending, shape (n,).
        snr: Signal-to-noise ratio of the best duration and phase, before refinement, shape (n,).
    """

    period: NDArray[np.float64]
    snr: NDArray[np.float64]


def search_transits(
    flux: NDArray[np.floating],
    *,
    cadence: float,
    min_period: float = SHORTEST_PERIOD,
    max_period: float | None = None,
    durations: Sequence[float] = DURATIONS,
    duration_range: tuple[float, float] = DURATION_RANGE,
    n_signals: int = 1,
    stop: NDArray[np.bool_] | None = None,
) -> TransitSignals:
    """Searches each star by itself: the result does not depend on which stars come together.

    After a signal its transits become gaps and the star is searched again. The compiled part lets
    other threads run.

    Args:
        flux: Detrended, shape (n, n_cadences), dips negative, NaN in gaps.
        cadence: Days between columns.
        min_period: Shortest period, days.
        max_period: Longest period, days; None means a third of the span, so that there are at least
            two transits and mostly three, and no more than 400 d.
        durations: Trial durations, days; fits go from 0.7 of the shortest to 1.45 of the longest.
        duration_range: Only durations within these shares of a planet's central transit of the Sun
            are tried at a period; (0, inf) tries all that last at most 0.3 of it.
        n_signals: Signals a star, at most.
        stop: Shape (1,); when another thread makes it true, no further signal is looked for and
            what is returned is incomplete.

    Raises:
        InputError: Periods or durations are not in order, longer than the curve, or so close
            together that no period is tried between them.
    """
    if n_signals < 1:
        raise InputError(f"n_signals must be at least 1, got {n_signals}")
    layout = search_layout(
        flux.shape[1], cadence, min_period, max_period, durations, duration_range
    )
    work = layout.workroom(flux.shape[1])
    stop = np.zeros(1, bool) if stop is None else stop
    out = np.full((len(flux), n_signals, COLUMNS), np.nan)
    for start in range(0, len(flux), LANES):
        block = np.array(flux[start : start + LANES], np.float32)
        work.x[:] = 0
        rows = out[start : start + LANES]
        search_block(block, layout.trials, layout.widths, layout.bounds, work, rows, stop)
    out[..., :3] *= cadence
    return TransitSignals(*np.moveaxis(out, -1, 0).copy())


def periodogram(
    curve: NDArray[np.floating],
    *,
    cadence: float,
    min_period: float = SHORTEST_PERIOD,
    max_period: float | None = None,
    durations: Sequence[float] = DURATIONS,
    duration_range: tuple[float, float] = DURATION_RANGE,
) -> Periodogram:
    """The spectrum in which `search_transits` looks for peaks; see there.

    `curve` is one detrended star, shape (n_cadences,).
    """
    n_cadences = len(curve)
    layout = search_layout(n_cadences, cadence, min_period, max_period, durations, duration_range)
    work = layout.workroom(n_cadences)
    flux = np.array(curve, np.float32)[None]
    y, clipped, measured = np.empty_like(flux), np.empty_like(flux), np.empty_like(flux)
    noise, scatter = np.ones((1, int(layout.bounds[3]) + 2)), np.empty(1)
    standard_block(flux, layout.widths, y, clipped, measured, noise, scatter)
    interleave(clipped, noise, layout.widths, work.x, work.duration_scale)
    scan(work.x, n_cadences, layout.trials, work.duration_scale, work.room, work.spectrum)
    wanted = np.flatnonzero(layout.trials.wanted)
    order = wanted[np.argsort(layout.trials.period[wanted], kind="stable")]
    snr = np.maximum(work.spectrum[::LANES][order].astype(np.float64), 0.0)
    return Periodogram(layout.trials.period[order], snr)
