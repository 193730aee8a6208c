"""The 2-D view: a row is a cycle or a group of cycles, a column a bin of phase."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled
from kepler_keras.errors import InputError
from kepler_keras.lightcurve.conditioning import MAD_TO_SIGMA
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.folding import (
    cadence_times,
    cycle,
    cycles_since,
    fill_empty,
    nearest_transit,
)
from kepler_keras.lightcurve.medians import median_within
from kepler_keras.lightcurve.view_options import (
    Flux,
    Tensor,
    check_choice,
    check_count,
    check_range,
    contiguous,
    known_ephemerides,
    refuses_unknown_options,
)

GROUPINGS = ("spread", "cycles")


@refuses_unknown_options("folded_image")
def folded_image(
    flux: Flux,
    *,
    cadence: float,
    ephemerides: Ephemerides,
    rows: int = 32,
    bins: int = 128,
    low: float = -20.0,
    high: float = 10.0,
    grouping: Literal["spread", "cycles"] = "spread",
) -> Tensor:
    """One row a cycle, or a group of consecutive cycles, one column a phase bin.

    ``grouping="spread"`` fills all rows. More cycles than rows: row r is the mean of the
    consecutive cycles c with c * rows // n_cycles = r. Fewer: every cycle fills consecutive rows,
    row r showing cycle r * n_cycles // rows. ``"cycles"`` shows cycle r in row r and 0 in rows
    after the last. Cycle 0 is the first with measured flux.

    Cells are means in units of the star's own scatter among its cells, clipped to [low, high];
    empty cells are filled along phase, those before the first or after the last measured cadence
    are 0, as are rows without any value.

    Args:
        flux: Shape (n, n_cadences), NaN where it was not measured.
        cadence: Days between columns.
        ephemerides: Of every row.
        rows: Height of the image.
        bins: Bins of phase.
        low: Lower end, in scatters.
        high: Upper end, in scatters.
        grouping: See above.

    Returns:
        Shape (n, rows, bins, 1).

    Raises:
        InputError: An option or ephemeris cannot be used, or a star has more cycles than ``cycles``
            has rows for.
    """
    check_count("folded_image", "rows", rows, at_least=1)
    check_count("folded_image", "bins", bins, at_least=3)
    check_range("folded_image", low, high)
    check_choice("folded_image", "grouping", grouping, GROUPINGS)
    known = known_ephemerides(ephemerides, len(flux))
    flux, time = contiguous(flux), cadence_times(flux.shape[1], cadence)
    ends = _measured(flux, time)
    first, last = (cycle(end, period=known.period, t0=known.t0) for end in ends.T)
    n_cycles = last - first + 1
    if grouping == "cycles":
        _check_rows(n_cycles, known.period, rows)
    images = np.zeros((len(flux), rows, bins), np.float32)
    for star, curve in enumerate(flux):
        image = _image(
            curve, time, known.period[star], known.t0[star], ends[star], n_cycles[star],
            min(rows, n_cycles[star]), bins,
        )  # fmt: skip
        if grouping == "cycles":
            images[star, : len(image)] = image
        else:
            images[star] = image[np.arange(rows) * len(image) // rows]
    return np.clip(images, low, high)[..., None]


def _check_rows(n_cycles: NDArray[np.int64], period: NDArray[np.float64], rows: int) -> None:
    if (n_cycles > rows).any():
        most = int(np.argmax(n_cycles))
        raise InputError(
            f"view folded_image: flux row {most} has {n_cycles[most]} cycles of "
            f"{period[most]:.5g} d, more than rows = {rows}; set rows: {n_cycles[most]} "
            "or grouping: spread"
        )


@compiled
def _measured(flux: NDArray[np.floating], time: NDArray[np.float64]) -> NDArray[np.float64]:
    """Earliest and latest time with flux, shape (n, 2); the first time twice where none has."""
    ends = np.empty((len(flux), 2))
    for star in range(len(flux)):
        earliest, latest = np.inf, -np.inf
        for cadence in range(len(time)):
            if not np.isnan(flux[star, cadence]):
                earliest, latest = min(earliest, time[cadence]), max(latest, time[cadence])
        if earliest > latest:
            earliest = latest = time[0]
        ends[star, 0], ends[star, 1] = earliest, latest
    return ends


@compiled
def _image(
    flux: NDArray[np.floating],
    time: NDArray[np.float64],
    period: float,
    t0: float,
    ends: NDArray[np.float64],
    n_cycles: int,
    rows: int,
    bins: int,
) -> NDArray[np.float64]:
    """Scaled image of one star, shape (rows, bins), rows <= n_cycles; see `folded_image`."""
    means = _means(flux, time, period, t0, ends[0], n_cycles, rows, bins)
    image = np.zeros_like(means)
    values = means.ravel()[~np.isnan(means.ravel())]
    if not len(values):
        return image
    centre, scatter = _centre_and_scatter(values)
    first = nearest_transit(cycles_since(ends[0], period, t0))
    for row in range(rows):
        image[row] = fill_empty((means[row] - centre) / scatter, True)
        earliest_cycle = first + -(-row * n_cycles // rows)
        latest_cycle = first + -(-(row + 1) * n_cycles // rows) - 1
        for k in range(bins):
            phase = (k - bins // 2) / bins
            before = t0 + (latest_cycle + phase) * period < ends[0]
            after = t0 + (earliest_cycle + phase) * period > ends[1]
            if np.isnan(means[row, k]) and (before or after):
                image[row, k] = 0.0
    return image


@compiled
def _means(
    flux: NDArray[np.floating],
    time: NDArray[np.float64],
    period: float,
    t0: float,
    earliest: float,
    n_cycles: int,
    rows: int,
    bins: int,
) -> NDArray[np.float64]:
    """Mean of each cell, NaN where nothing was measured, shape (rows, bins)."""
    first = nearest_transit(cycles_since(earliest, period, t0))
    sums, counts = np.zeros((rows, bins)), np.zeros((rows, bins))
    for cadence in range(len(flux)):
        if np.isnan(flux[cadence]):
            continue
        cycles = cycles_since(time[cadence], period, t0)
        number = nearest_transit(cycles)
        row = int(number - first) * rows // n_cycles
        column = (int(np.floor((cycles - number) * bins + 0.5)) + bins // 2) % bins
        sums[row, column] += flux[cadence]
        counts[row, column] += 1
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


@compiled
def _centre_and_scatter(values: NDArray[np.float64]) -> tuple[float, float]:
    """Median, and scatter as `robust_scatter` measures it; reorders the values."""
    centre = median_within(values, 0, len(values))
    deviations = np.abs(values - centre)
    scatter = MAD_TO_SIGMA * median_within(deviations, 0, len(values))
    if scatter == 0:
        scatter = float(np.std(values))
    return centre, scatter if scatter > 0 else 1.0
