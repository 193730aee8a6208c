"""Intervals of a share of independent rows."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
LEVEL = 0.95


def clopper_pearson(hits: NDArray[Any], rows: NDArray[Any]) -> tuple[Floats, Floats]:
    """Ends of the exact 95 % interval of hits of rows (Clopper & Pearson 1934, Biometrika 26:404).

    It holds the true share at least as often as it says, whatever that share is.

    Args:
        hits: Any shape.
        rows: The same shape; 0 gives the interval from 0 to 1.
    """
    tail = (1 - LEVEL) / 2
    hits, misses = np.asarray(hits, dtype=np.float64), np.subtract(rows, hits)
    low = np.where(hits > 0, stats.beta.ppf(tail, np.maximum(hits, 1), misses + 1), 0.0)
    high = np.where(misses > 0, stats.beta.ppf(1 - tail, hits + 1, np.maximum(misses, 1)), 1.0)
    return low, high
