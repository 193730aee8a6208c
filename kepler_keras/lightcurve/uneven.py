"""Curves whose cadences lie anywhere, put on an even grid: what searches and views take."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepler_keras.errors import InputError

MOST_COLUMNS = 5_000_000  # a damaged time must not ask for endless memory


@dataclass(frozen=True)
class EvenCurve:
    """A curve on an even grid.

    Attributes:
        flux: Shape (1, n_cadences), float32, NaN where nothing was measured.
        cadence: Days between columns.
        start: Time of the first column, on the axis of the times that were given; periods and t0
            of a search count from there.
    """

    flux: NDArray[np.float32]
    cadence: float
    start: float


def on_even_grid(
    time: NDArray[np.floating], flux: NDArray[np.floating], *, cadence: float | None = None
) -> EvenCurve:
    """Puts each value into the column nearest to its time; several in one column are averaged.

    No time moves by more than half a cadence.

    Args:
        time: Days, in any order, shape (n,); values without a time are left out.
        flux: Shape (n,), NaN where nothing was measured.
        cadence: Days between columns; None means the median step between the times.

    Raises:
        InputError: The shapes differ, fewer than two times are known, the cadence is not above 0,
            or the times ask for more than five million columns.
    """
    times, values = np.asarray(time, np.float64), np.asarray(flux, np.float64)
    if times.ndim != 1 or times.shape != values.shape:
        raise InputError(
            f"time and flux must be rows of one length, got {times.shape} and {values.shape}"
        )
    known = np.isfinite(times)
    times, values = times[known], values[known]
    steps = np.diff(np.unique(times))
    if not len(steps):
        raise InputError(f"at least two different times are needed, got {len(times)} times")
    width = float(np.median(steps)) if cadence is None else cadence
    if not width > 0:
        raise InputError(f"cadence must be above 0 d, got {width}")
    start = float(times.min())
    places = (times - start) / width
    if places.max() >= MOST_COLUMNS:
        raise InputError(
            f"times over {np.ptp(times):.6g} d at a cadence of {width:.3g} d need "
            f"{places.max():.3g} columns; {MOST_COLUMNS} are the most"
        )
    columns = np.rint(places).astype(np.int64)
    measured = np.isfinite(values)
    n = int(columns.max()) + 1
    counts = np.bincount(columns[measured], minlength=n)
    sums = np.bincount(columns[measured], weights=values[measured], minlength=n)
    row = np.full(n, np.nan, np.float32)
    row[counts > 0] = sums[counts > 0] / counts[counts > 0]
    return EvenCurve(row[None], width, start)
