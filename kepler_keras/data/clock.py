"""Cadence numbers against barycentric times: which columns exist, and when they were."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kepler_keras.errors import InputError

SAMPLES = 64  # a file; the times are smooth, so a few fix the line through all of them
# The light travel time to the barycentre moves by 8.3 min a way at most, and by that its rate by
# 1e-4; twice as much is no longer an orbit around the Sun.
ALLOWED_OFFSET = 0.05  # days
ALLOWED_RATE = 2e-4


@dataclass(frozen=True)
class Clock:
    """Some cadences of a file that have a time.

    Attributes:
        path: The file.
        cadences: Ascending cadence numbers, int64.
        times: Barycentric times in days on the mission's axis, as many.
        step: Days from one cadence to the next.
    """

    path: Path
    cadences: NDArray[np.int64]
    times: NDArray[np.float64]
    step: float


@dataclass(frozen=True)
class Grid:
    """The columns that all files share: every cadence from the first to the last.

    Attributes:
        first: Cadence number of the first column.
        n_columns: Number of columns.
        start: Time of the first column, days.
        cadence: Days between columns.
        deviation: The farthest that a file's own time lies from its column's, days.
    """

    first: int
    n_columns: int
    start: float
    cadence: float
    deviation: float


def read_clock(path: Path, cadences: NDArray[np.int64], times: NDArray[np.float64]) -> Clock:
    """Checks that time runs evenly with the cadence number.

    Args:
        path: The file, for errors.
        cadences: Ascending, without repeats, shape (n,).
        times: Days, NaN where unknown, shape (n,).

    Raises:
        InputError: Fewer than two rows have a time, or one of them stands apart from the others.
    """
    known = np.flatnonzero(np.isfinite(times))
    if len(known) < 2:
        raise InputError(f"{path}: TIME must be known in at least 2 rows, got {len(known)}")
    cadences, times = cadences[known], times[known]
    step = float(np.median(np.diff(times) / np.diff(cadences)))
    if step <= 0:
        raise InputError(f"{path}: TIME must grow with CADENCENO, got {step:g} d a cadence")
    apart = _residuals(cadences, times, step)
    worst = int(np.argmax(np.abs(apart)))
    if abs(apart[worst]) > _allowed(times):
        raise InputError(
            f"{path}: TIME must run evenly with CADENCENO, but cadence {cadences[worst]} stands "
            f"{apart[worst]:+.3g} d from where the others place it"
        )
    chosen = np.unique(np.linspace(0, len(known) - 1, SAMPLES).astype(np.int64))
    return Clock(path, cadences[chosen], times[chosen], step)


def common_grid(clocks: Sequence[Clock], *, first: int, last: int) -> Grid:
    """Fits one even grid through the times of all files.

    Times are barycentric and the grid is the spacecraft's, so that they differ by some minutes in
    the course of a year; the greatest difference stands in the result.

    Raises:
        InputError: The files have different cadences, or count them differently.
    """
    _check_steps(clocks)
    cadences = np.concatenate([clock.cadences for clock in clocks])
    times = np.concatenate([clock.times for clock in clocks])
    step = float(np.median([clock.step for clock in clocks]))
    _check_offsets(clocks, step, allowed=_allowed(times))
    moved = (cadences - first).astype(np.float64)
    cadence, start = np.polyfit(moved, times, 1, w=_weights(clocks))
    deviation = np.abs(times - start - cadence * moved).max()
    return Grid(first, last - first + 1, float(start), float(cadence), float(deviation))


def _residuals(
    cadences: NDArray[np.int64], times: NDArray[np.float64], step: float
) -> NDArray[np.float64]:
    residuals: NDArray[np.float64] = times - step * cadences
    return residuals - float(np.median(residuals))


def _allowed(times: NDArray[np.float64]) -> float:
    return float(ALLOWED_OFFSET + ALLOWED_RATE * np.ptp(times))


def _weights(clocks: Sequence[Clock]) -> NDArray[np.float64]:
    """Weights that let every stretch of time count once, however many files cover it."""
    covered = Counter(int(clock.cadences[0]) for clock in clocks)
    return np.concatenate(
        [np.full(len(clock.cadences), covered[int(clock.cadences[0])] ** -0.5) for clock in clocks]
    )


def _check_steps(clocks: Sequence[Clock]) -> None:
    first = clocks[0]
    for clock in clocks[1:]:
        if abs(clock.step / first.step - 1) > 0.01:
            raise InputError(
                f"{clock.path}: all files must have the cadence of {first.path}, "
                f"{first.step * 1440:.4g} min, got {clock.step * 1440:.4g} min"
            )


def _check_offsets(clocks: Sequence[Clock], step: float, *, allowed: float) -> None:
    offsets = np.array([np.median(clock.times - step * clock.cadences) for clock in clocks])
    apart = offsets - np.median(offsets)
    worst = int(np.argmax(np.abs(apart)))
    if abs(apart[worst]) > allowed:
        raise InputError(
            f"{clocks[worst].path}: all files must count cadences alike, but this one's times lie "
            f"{apart[worst]:+.3g} d from where the others place its CADENCENO"
        )
