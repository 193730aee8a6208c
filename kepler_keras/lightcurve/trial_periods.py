"""Which periods are tried, in which steps, and which durations at each of them."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# 13 h for a central transit of the Sun seen from the Earth's orbit; it grows as the root of the
# third power of the period (Winn 2010, arXiv:1001.2010, eq. 19).
SOLAR_DURATION, SOLAR_PERIOD = 13 / 24, 365.25
BIN = 0.42  # of such a transit: the width of a bin of time at most, while periods are scanned
FEWEST_BINS = 4  # of a fold
LONGEST_PERIOD = 400.0  # days, where nobody says otherwise
LARGEST_SHARE = 0.3  # of the orbit that a transit may last
WIDEST_BOX = 0.5  # of the orbit, where no trial duration is short enough for that


class TrialPeriods(NamedTuple):  # compiled code takes no dataclass
    """Trial periods in days, and how each is made.

    A *base* is a period of `p` whole bins of `step` cadences; folded at every drift of 0 to
    rows - 1 bins over the whole curve it gives `rows` trial periods.

    Attributes:
        period: Shape (n_trials,), days, ascending but for rounding between bases.
        cadences: The same in cadences.
        step: Cadences in a bin, shape (n_bases,).
        p: Bins in a cycle, shape (n_bases,).
        rows: Cycles, shape (n_bases,).
        first: Number of a base's first trial, shape (n_bases,).
        widths: Trial durations in bins and their numbers, shape (n_bases, n_durations, 2).
        n_widths: How many of them count, shape (n_bases,).
        wanted: Which trials lie in the range that was asked for, shape (n_trials,).
    """

    period: NDArray[np.float64]
    cadences: NDArray[np.float64]
    step: NDArray[np.int64]
    p: NDArray[np.int64]
    rows: NDArray[np.int64]
    first: NDArray[np.int64]
    widths: NDArray[np.int64]
    n_widths: NDArray[np.int64]
    wanted: NDArray[np.bool_]


def solar_duration(period: float) -> float:
    """How long a planet takes centrally across a star like the Sun, days."""
    return float(SOLAR_DURATION * np.cbrt(period / SOLAR_PERIOD))


def allowed_durations(
    durations: Sequence[float], period: float, duration_range: tuple[float, float]
) -> list[int]:
    """Numbers of the durations to be tried at a period; the nearest one where none is allowed."""
    usual = solar_duration(period)
    low, high = duration_range[0] * usual, duration_range[1] * usual
    possible = [k for k, one in enumerate(durations) if one <= LARGEST_SHARE * period] or [0]
    kept = [k for k in possible if low <= durations[k] <= high]
    return kept or [min(possible, key=lambda k: abs(np.log(durations[k] / usual)))]


@lru_cache(maxsize=8)
def trial_periods(
    n_cadences: int,
    cadence: float,
    min_period: float,
    max_period: float,
    durations: tuple[float, ...],
    duration_range: tuple[float, float],
) -> TrialPeriods:
    """Lays out the trials of a search.

    Args:
        n_cadences: Columns of the flux.
        cadence: Days between them.
        min_period: Days.
        max_period: Days, at most the span.
        durations: Days, ascending.
        duration_range: Smallest and largest duration to be tried, as shares of `solar_duration`.
    """
    bases, periods, base_widths = [], [], []
    period, n_trials = min_period, 0
    step = 1
    p = 0
    while period < max_period:
        wider = max(1, int(BIN * solar_duration(period) / cadence))
        if wider > step or p == 0:
            step = max(wider, step)
            p = max(FEWEST_BINS, int(period / (step * cadence)))
        n_bins = n_cadences // step
        rows = -(-n_bins // p)
        if rows < 2:
            break
        widths = _widths(durations, period, duration_range, step * cadence, p)
        drifts = np.arange(rows)
        trials = p**2 / (p - drifts / (rows - 1)) * step * cadence
        bases.append((step, p, rows, n_trials))
        base_widths.append(widths)
        periods.append(trials)
        n_trials += rows
        p += 1
        period = p * step * cadence
    steps, ps, all_rows, first = np.array(bases, np.int64).reshape(-1, 4).T.copy()
    table = np.zeros((len(bases), len(durations), 2), np.int64)
    for number, widths in enumerate(base_widths):
        table[number, : len(widths)] = widths
    period_of = np.concatenate([np.empty(0), *periods])
    return TrialPeriods(
        period=period_of,
        cadences=period_of / cadence,
        step=steps,
        p=ps,
        rows=all_rows,
        first=first,
        widths=table,
        n_widths=np.array([len(widths) for widths in base_widths], np.int64),
        wanted=(period_of >= min_period) & (period_of <= max_period),
    )


def _widths(
    durations: Sequence[float],
    period: float,
    duration_range: tuple[float, float],
    bin_width: float,
    p: int,
) -> list[tuple[int, int]]:
    """Each width in bins that occurs, once, with the number of the first duration that gives it."""
    chosen: dict[int, int] = {}
    for number in allowed_durations(durations, period, duration_range):
        width = min(max(1, round(durations[number] / bin_width)), int(WIDEST_BOX * p))
        chosen.setdefault(width, number)
    return sorted(chosen.items())
