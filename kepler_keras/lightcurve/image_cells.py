"""Means of the cells of folded images, scaled, in compiled code; see `folded_image`."""

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled
from kepler_keras.lightcurve.folding import cycles_since, fill_empty, nearest_transit
from kepler_keras.lightcurve.medians import MAD_TO_SIGMA, median_within


@compiled
def measured_ends(flux: NDArray[np.floating], time: NDArray[np.float64]) -> NDArray[np.float64]:
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
def cell_images(
    flux: NDArray[np.floating],
    time: NDArray[np.float64],
    period: NDArray[np.float64],
    t0: NDArray[np.float64],
    ends: NDArray[np.float64],
    n_cycles: NDArray[np.int64],
    rows: int,
    bins: int,
    spread: bool,
) -> NDArray[np.float32]:
    """Scaled images of all stars, shape (n, rows, bins), not yet clipped."""
    images = np.zeros((len(flux), rows, bins), np.float32)
    for star in range(len(flux)):
        image = _image(
            flux[star],
            time,
            period[star],
            t0[star],
            ends[star],
            n_cycles[star],
            min(rows, n_cycles[star]),
            bins,
        )
        for row in range(rows if spread else len(image)):
            images[star, row] = image[row * len(image) // rows if spread else row]
    return images


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
    values = _known(means.ravel())
    if not len(values):
        return image
    centre, scatter = _centre_and_scatter(values)
    first = nearest_transit(cycles_since(ends[0], period, t0))
    for row in range(rows):
        image[row] = fill_empty((means[row] - centre) / scatter, True)
        earliest_cycle = first + -(-row * n_cycles // rows)
        latest_cycle = first + -(-(row + 1) * n_cycles // rows) - 1
        if ends[0] <= t0 + (earliest_cycle - 0.5) * period and (
            t0 + (latest_cycle + 0.5) * period <= ends[1]
        ):
            continue  # observed from end to end
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
    cells = np.empty(len(flux), np.int32)
    for cadence in range(len(flux)):  # apart from the sums, so that several are done at once
        cycles = cycles_since(time[cadence], period, t0)
        number = nearest_transit(cycles)
        row = np.floor(np.divide((number - first) * rows, n_cycles))
        column = np.floor((cycles - number) * bins + 0.5) + bins // 2
        column = column - bins if column >= bins else column
        cells[cadence] = np.int32(-1.0 if np.isnan(flux[cadence]) else row * bins + column)
    sums, counts = np.zeros(rows * bins), np.zeros(rows * bins)
    for cadence in range(len(flux)):
        if cells[cadence] >= 0:
            sums[cells[cadence]] += flux[cadence]
            counts[cells[cadence]] += 1
    for cell in range(rows * bins):
        sums[cell] = np.divide(sums[cell], counts[cell])  # 0 / 0 is NaN
    return sums.reshape(rows, bins)


@compiled
def _known(values: NDArray[np.float64]) -> NDArray[np.float64]:
    known = np.empty_like(values)
    count = 0
    for value in values:
        known[count] = value
        count += not np.isnan(value)
    return known[:count]


@compiled
def _centre_and_scatter(values: NDArray[np.float64]) -> tuple[float, float]:
    """Median, and scatter as `robust_scatter` measures it."""
    centre = median_within(values.copy(), 0, len(values))
    deviations = np.abs(values - centre)
    scatter = MAD_TO_SIGMA * median_within(deviations, 0, len(values))
    if scatter == 0:
        scatter = float(np.std(values))
    return centre, scatter if scatter > 0 else 1.0
