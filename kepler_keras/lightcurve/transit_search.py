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
    SNR,
    interleave,
    search_block,
    standard_block,
)
from kepler_keras.lightcurve.lanes import LANES
from kepler_keras.lightcurve.spectra import scan
from kepler_keras.lightcurve.transit_signals import TransitSignals
from kepler_keras.lightcurve.trial_periods import (
    LONGEST_PERIOD,
    TrialPeriods,
    solar_duration,
    trial_periods,
)
from kepler_keras.lightcurve.workroom import Workroom, workroom

SHORTEST_PERIOD = 0.5  # days
DURATIONS = tuple(hours / 24 for hours in (1.5, 2.3, 3.5, 5.4, 8.3, 12.7))  # days
DURATION_RANGE = (0.3, 2.5)  # of a planet's central transit of the Sun
SHORTEST_WINDOW, WINDOW = 1.0, 4.5  # days, and central transits of the Sun
WIDEST = 1.45  # of the longest trial duration, that a fit may have


@dataclass(frozen=True)
class Periodogram:
    """The strongest box at each trial period of one star.

    Attributes:
        period: Days, ascending, shape (n,).
        snr: Signal-to-noise ratio of the best duration and phase, before refinement, shape (n,).
    """

    period: NDArray[np.float64]
    snr: NDArray[np.float64]


@dataclass(frozen=True)
class _Plan:
    """A search laid out for curves of one length."""

    trials: TrialPeriods
    widths: NDArray[np.int64]
    bounds: NDArray[np.float64]

    def workroom(self, n_cadences: int) -> Workroom:
        """Memory for blocks of curves of that length."""
        return workroom(
            self.trials,
            n_cadences=n_cadences,
            n_durations=len(self.widths),
            longest=self.bounds[3],
        )


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
    plan = _plan(flux.shape[1], cadence, min_period, max_period, durations, duration_range)
    work = plan.workroom(flux.shape[1])
    stop = np.zeros(1, bool) if stop is None else stop
    out = np.full((len(flux), n_signals, COLUMNS), np.nan)
    for start in range(0, len(flux), LANES):
        block = np.array(flux[start : start + LANES], np.float32)
        work.x[:] = 0
        rows = out[start : start + LANES]
        search_block(block, plan.trials, plan.widths, plan.bounds, work, rows, stop)
    out[..., :3] *= cadence
    order = np.argsort(-out[..., SNR], axis=1, kind="stable")  # NaN last
    out = np.take_along_axis(out, order[..., None], axis=1)
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
    plan = _plan(n_cadences, cadence, min_period, max_period, durations, duration_range)
    work = plan.workroom(n_cadences)
    flux = np.array(curve, np.float32)[None]
    y, clipped, measured = np.empty_like(flux), np.empty_like(flux), np.empty_like(flux)
    noise, scatter = np.ones((1, int(plan.bounds[3]) + 2)), np.empty(1)
    standard_block(flux, plan.widths, y, clipped, measured, noise, scatter)
    interleave(clipped, noise, plan.widths, work.x, work.duration_scale)
    scan(work.x, n_cadences, plan.trials, work.duration_scale, work.room, work.spectrum)
    wanted = np.flatnonzero(plan.trials.wanted)
    order = wanted[np.argsort(plan.trials.period[wanted], kind="stable")]
    snr = np.maximum(work.spectrum[::LANES][order].astype(np.float64), 0.0)
    return Periodogram(plan.trials.period[order], snr)


def longest_period(span: float, max_period: float | None = None) -> float:
    """The longest period that is searched in so many days, see `search_transits`.

    Raises:
        InputError: It is longer than the span.
    """
    if max_period is None:
        return min(span / 3, LONGEST_PERIOD)
    if not max_period <= span:
        raise InputError(f"max_period must be at most {span:.1f} d, the span, got {max_period} d")
    return max_period


def search_window(longest: float) -> float:
    """Window in days of the detrending before a search of periods up to `longest` days.

    As narrow as the longest transits allow: 4.5 of a planet's central transits of the Sun at that
    period, at least a day. The wider it is, the more dips of the star's own are left.
    """
    return max(SHORTEST_WINDOW, WINDOW * solar_duration(longest))


def _plan(
    n_cadences: int,
    cadence: float,
    min_period: float,
    max_period: float | None,
    durations: Sequence[float],
    duration_range: tuple[float, float],
) -> _Plan:
    span = n_cadences * cadence
    longest = longest_period(span, max_period)
    ordered = tuple(sorted(durations))
    _check(ordered, duration_range, cadence, min_period, longest, span)
    widths = np.array([max(1, round(duration / cadence)) for duration in ordered], np.int64)
    bounds = [
        min_period / cadence,
        longest / cadence,
        max(1.0, np.floor(0.7 * widths[0])),
        np.ceil(WIDEST * widths[-1]),
    ]
    trials = trial_periods(n_cadences, cadence, min_period, longest, ordered, duration_range)
    if not trials.wanted.any():
        raise InputError(
            f"no period is tried between min_period {min_period} d and max_period {longest} d; "
            "their range must be wider"
        )
    return _Plan(trials, widths, np.array(bounds))


def _check(
    durations: tuple[float, ...],
    duration_range: tuple[float, float],
    cadence: float,
    min_period: float,
    max_period: float,
    span: float,
) -> None:
    if not durations or not durations[0] >= cadence:
        raise InputError(
            f"durations must be at least one cadence ({cadence:.5f} d), got {list(durations)}"
        )
    if not durations[-1] < max_period:
        raise InputError(
            f"durations must be shorter than max_period ({max_period:.3g} d), got {durations[-1]} d"
        )
    if not min_period >= 8 * cadence:
        raise InputError(
            f"min_period must be at least 8 cadences ({8 * cadence:.3f} d), got {min_period} d"
        )
    if not min_period < max_period:
        raise InputError(
            f"min_period < max_period is needed, got {min_period} d and {max_period:.4g} d "
            f"in a span of {span:.1f} d"
        )
    if not 0 <= duration_range[0] < duration_range[1]:
        raise InputError(
            f"duration_range must go from 0 or more to more than that, got {duration_range}"
        )
