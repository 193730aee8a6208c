"""Folding a curve on a period, and binning it so that the transit lies in the centre bin."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray


def cadence_times(n_cadences: int, cadence: float) -> NDArray[np.float64]:
    """Days from the first cadence, shape (n_cadences,)."""
    return np.arange(n_cadences, dtype=np.float64) * np.float64(cadence)


def phase(time: ArrayLike, *, period: float, t0: float) -> NDArray[np.float64]:
    """Orbital phase of each time, in [-0.5, 0.5), 0 at mid-transit.

    Args:
        time: Days, any shape.
        period: Days.
        t0: A mid-transit time in days on the same axis.
    """
    cycles = (np.asarray(time, dtype=np.float64) - t0) / period
    result: NDArray[np.float64] = cycles - np.floor(cycles + 0.5)
    return result


def cycle(time: ArrayLike, *, period: float, t0: float) -> NDArray[np.int64]:
    """Number of the orbit that each time belongs to; orbit 0 has its mid-transit at `t0`."""
    cycles = (np.asarray(time, dtype=np.float64) - t0) / period
    return np.floor(cycles + 0.5).astype(np.int64)


def phase_bin(phases: NDArray[np.float64], bins: int) -> NDArray[np.int64]:
    """The bin of each phase; bin k is centred on phase (k - bins // 2) / bins, circularly.

    So phase 0 is the middle of bin ``bins // 2`` whether `bins` is odd or even.
    """
    return (np.floor(phases * bins + 0.5).astype(np.int64) + bins // 2) % bins


def bin_flux(
    flux: NDArray[np.floating],
    index: NDArray[np.int64],
    bins: int,
    *,
    statistic: Literal["mean", "median"] = "median",
) -> NDArray[np.float64]:
    """Mean or median of the flux that falls into each bin; NaN where none does.

    Args:
        flux: Shape (n_cadences,).
        index: Shape (n_cadences,), the bin of each value, in [0, bins).
        bins: Number of bins.
        statistic: What is taken over the values of a bin.

    Returns:
        Shape (bins,).
    """
    counts = np.bincount(index, minlength=bins)
    filled = counts > 0
    result = np.full(bins, np.nan)
    if statistic == "mean":
        sums = np.bincount(index, weights=flux, minlength=bins)
        result[filled] = sums[filled] / counts[filled]
        return result
    ordered = flux[np.lexsort((flux, index))]
    start, count = (np.cumsum(counts) - counts)[filled], counts[filled]
    low, high = ordered[start + (count - 1) // 2], ordered[start + count // 2]
    result[filled] = (low.astype(np.float64) + high) / 2
    return result


def fill_empty_bins(binned: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fills NaN bins linearly between their neighbours; the last bin neighbours the first.

    Args:
        binned: Shape (bins,); a row without any value becomes 0.
    """
    known = np.flatnonzero(np.isfinite(binned))
    if not known.size:
        return np.zeros_like(binned)
    bins = np.arange(len(binned))
    filled: NDArray[np.float64] = np.interp(bins, known, binned[known], period=len(binned))
    return filled
