"""What a search tries in curves of one length: periods, durations, and whether they can be."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepler_keras.errors import InputError
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
class SearchLayout:
    """A search laid out for curves of one length.

    Attributes:
        trials: Its trial periods.
        widths: Trial durations, whole cadences.
        bounds: Shortest and longest period, shortest and longest duration of a fit, cadences.
    """

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


def search_layout(
    n_cadences: int,
    cadence: float,
    min_period: float,
    max_period: float | None,
    durations: Sequence[float],
    duration_range: tuple[float, float],
) -> SearchLayout:
    """Lays a search out; the arguments are those of `search_transits`.

    Raises:
        InputError: Periods or durations are not in order, longer than the curve, or so close
            together that no period is tried between them.
    """
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
    return SearchLayout(trials, widths, np.array(bounds))


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
