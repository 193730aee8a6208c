"""Curves in few numbers that lose no dip."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray


def runs(length: int, columns: int) -> list[slice]:
    """Cuts a length into `columns` runs, as equal as can be, or into single steps."""
    ends = np.linspace(0, length, min(columns, length) + 1).round().astype(int)
    return [slice(int(a), int(b)) for a, b in pairwise(ends)]


def extremes(values: NDArray[np.floating], *, columns: int) -> NDArray[np.float64]:
    """The lowest and the highest value of each run of steps, in the order in which they stand.

    Args:
        values: Shape (n,), NaN in gaps.
        columns: Into how many runs it is cut.

    Returns:
        Shape (2 * columns,), NaN where a run holds no value; all n values where those are no more.
    """
    if len(values) <= 2 * columns:
        return np.array(values, dtype=np.float64)
    pairs = np.full((columns, 2), np.nan)
    for pair, run in zip(pairs, runs(len(values), columns), strict=True):
        part = values[run]
        if not np.isnan(part).all():
            places = sorted((int(np.nanargmin(part)), int(np.nanargmax(part))))
            pair[:] = part[places]
    return pairs.ravel()
