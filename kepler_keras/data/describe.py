"""What a reader of the report should know of the data before any result."""

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.light_curves import LightCurves

FEW_POSITIVE_STARS = 20


def data_warnings(curves: LightCurves) -> list[str]:
    """Sentences on data that no comparison has seen yet; a comparison has its checks."""
    n = len(curves.positive_stars)
    if n >= FEW_POSITIVE_STARS:
        return []
    return [
        f"Few positives: only {n} stars with a planet. So few cannot rank models: a "
        "single star moves every figure, and the intervals of rates near 0 or 1 are too narrow."
    ]


def gallery_rows(
    curves: LightCurves, *, each: int = 4, seed: int = 0
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Rows of both classes to be shown, every one of another star, and their x axis.

    Returns:
        Row indices, planets first, and the x of every column: days from the first cadence, or
        phase for folded curves.
    """
    rng = np.random.default_rng(seed)
    picked: list[int] = []
    for label in (1, 0):
        fresh = (curves.labels == label) & ~np.isin(curves.stars, curves.stars[picked])
        rows = rng.permutation(np.flatnonzero(fresh))
        _, first = np.unique(curves.stars[rows], return_index=True)
        picked.extend(rows[np.sort(first)[:each]].tolist())
    n = curves.flux.shape[1]
    columns = np.arange(n)
    x = (columns - n // 2) / n if curves.cadence is None else columns * curves.cadence
    return np.asarray(picked, dtype=np.int64), np.asarray(x, dtype=np.float64)
