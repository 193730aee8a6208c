"""The 2-D view: a row is a cycle or a group of cycles, a column a bin of phase."""

import numpy as np
from numpy.typing import NDArray

from kepler_keras.lightcurve.conditioning import robust_scatter
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.folding import (
    bin_flux,
    cadence_times,
    cycle,
    fill_empty_bins,
    phase,
    phase_bin,
)
from kepler_keras.lightcurve.view_options import (
    Flux,
    Tensor,
    check_count,
    check_range,
    known_ephemerides,
    refuses_unknown_options,
)


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
) -> Tensor:
    """One row a cycle, or a group of consecutive cycles, one column a phase bin.

    More cycles than rows: row r is the mean of the consecutive cycles c with c * rows // n_cycles
    = r. Fewer: every cycle fills consecutive rows, row r showing cycle r * n_cycles // rows. Cells
    are means in units of the star's own scatter among its cells, clipped to [low, high]; empty
    cells are filled along phase, those before the first or after the last cadence are 0.

    Returns:
        Shape (n, rows, bins, 1).
    """
    check_count("folded_image", "rows", rows, at_least=1)
    check_count("folded_image", "bins", bins, at_least=3)
    check_range("folded_image", low, high)
    time = cadence_times(flux.shape[1], cadence)
    images = np.empty((len(flux), rows, bins), np.float32)
    for row, (period, t0) in enumerate(known_ephemerides(ephemerides, len(flux))):
        image = _cycles(flux[row], time, period, t0, rows, bins)
        images[row] = image[np.arange(rows) * len(image) // rows]
    return np.clip(images, low, high)[..., None]


def _cycles(
    flux: NDArray[np.floating],
    time: NDArray[np.float64],
    period: float,
    t0: float,
    rows: int,
    bins: int,
) -> NDArray[np.float64]:
    """Scaled image of one star with min(rows, n_cycles) rows, see `folded_image`."""
    number = cycle(time, period=period, t0=t0)
    first, n_cycles = number[0], number[-1] - number[0] + 1
    n_rows = min(rows, n_cycles)
    group = (number - first) * n_rows // n_cycles
    index = phase_bin(phase(time, period=period, t0=t0), bins)
    binned = bin_flux(flux, group * bins + index, n_rows * bins, statistic="mean")
    seen = np.isfinite(binned)
    values = binned[seen][None]
    binned = (binned - np.median(values)) / robust_scatter(values)[0]
    image = np.array([fill_empty_bins(line) for line in binned.reshape(n_rows, bins)])
    image[~seen.reshape(n_rows, bins) & _unobserved(time, period, t0, n_rows, bins)] = 0.0
    return image


def _unobserved(
    time: NDArray[np.float64], period: float, t0: float, n_rows: int, bins: int
) -> NDArray[np.bool_]:
    """Cells whose every time lies before the first or after the last cadence."""
    number = cycle(time[[0, -1]], period=period, t0=t0)
    cycles = np.arange(number[0], number[1] + 1)
    group = np.arange(len(cycles)) * n_rows // len(cycles)
    edges = np.searchsorted(group, np.arange(n_rows + 1))
    phases = (np.arange(bins) - bins // 2) / bins
    earliest = t0 + (cycles[edges[:-1], None] + phases) * period
    latest = t0 + (cycles[edges[1:] - 1, None] + phases) * period
    outside: NDArray[np.bool_] = (latest < time[0]) | (earliest > time[-1])
    return outside
