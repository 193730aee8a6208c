"""What is done to each curve by itself before any view: clip, fill gaps, scale.

Every function takes flux of shape (n, n_cadences), NaN where nothing was measured, and works row by
row: what runs over the whole matrix would also blur across stars, and with rows sorted by label it
would leak the label. Trends are taken out by `detrending.detrend`.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled
from kepler_keras.errors import InputError
from kepler_keras.lightcurve.medians import MAD_TO_SIGMA, median, median_deviation

Fill = Literal["neutral", "linear"]
FILLS: tuple[Fill, ...] = ("neutral", "linear")


def clip_outliers(
    flux: NDArray[np.floating], *, upper: float = 5.0, lower: float | None = None
) -> NDArray[np.float32]:
    """Turns outliers into gaps; by default only bright ones, for a dip is what is looked for.

    Args:
        flux: Shape (n, n_cadences), detrended, NaN in gaps.
        upper: Robust scatters above a row's median that are kept.
        lower: The same below; None keeps every dip.

    Raises:
        InputError: A limit is not above 0.
    """
    for name, limit in (("upper", upper), ("lower", lower)):
        if limit is not None and not limit > 0:
            raise InputError(f"{name} must be above 0 scatters, got {limit}")
    distance = robust_scale(flux)
    out = distance > upper
    if lower is not None:
        out |= distance < -lower
    clipped = np.array(flux, np.float32)
    clipped[out] = np.nan
    return clipped


def fill_gaps(
    flux: NDArray[np.floating], how: Fill = "neutral"
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Fills NaN, and says where it was.

    Args:
        flux: Shape (n, n_cadences), equally spaced in time, NaN in gaps.
        how: `neutral` puts the row's median, which is the trend itself where that was taken out: a
            gap is then neither a dip nor a brightening. `linear` interpolates in time; before the
            first and after the last value that value is held. A row without any value becomes 0.

    Returns:
        A copy without NaN, and a mask that is True where flux was measured; both of flux's shape.

    Raises:
        InputError: `how` is unknown.
    """
    if how not in FILLS:
        raise InputError(f"gaps are filled {' or '.join(FILLS)}, got {how!r}")
    filled = np.array(flux, dtype=np.float32)
    measured = ~np.isnan(filled)
    filled[~measured.any(axis=1)] = 0
    cadences = np.arange(filled.shape[1])
    for row in np.flatnonzero(measured.any(axis=1) & ~measured.all(axis=1)):
        there = measured[row]
        values = filled[row, there]
        if how == "neutral":
            filled[row, ~there] = median(values)
        else:
            filled[row, ~there] = np.interp(cadences[~there], cadences[there], values)
    return filled, measured


def robust_scatter(flux: NDArray[np.floating]) -> NDArray[np.float64]:
    """Measures each row's scatter as 1.4826 times its median absolute deviation.

    Where more than half of a row is one value that is 0; the standard deviation stands in, and 1
    for a constant row or one without any value, so that dividing by the result is always safe.

    Args:
        flux: Shape (n, n_cadences), NaN in gaps.

    Returns:
        Shape (n,), in the unit of the flux, all above 0.
    """
    return _middle_and_scatter(_floats(flux))[1]


def robust_scale(flux: NDArray[np.floating]) -> NDArray[np.float32]:
    """Subtracts each row's median and divides by its robust scatter: unit-free, centred on 0.

    NaN stays NaN, so that a row without any value is NaN throughout.
    """
    values = _floats(flux)
    middle, scatter = _middle_and_scatter(values)
    return _scaled(values, middle, scatter)


def _floats(flux: NDArray[np.floating]) -> NDArray[np.floating]:
    """Rows that lie in memory as compiled loops want them, in one of two types."""
    kind = np.float32 if flux.dtype == np.float32 else np.float64
    return np.ascontiguousarray(flux, kind)


@compiled
def _middle_and_scatter(
    flux: NDArray[np.floating],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Median and robust scatter of each row's values."""
    middle, scatter = np.full(len(flux), np.nan), np.ones(len(flux))
    for row in range(len(flux)):
        values = flux[row][~np.isnan(flux[row])]
        if len(values) == 0:
            continue
        middle[row] = median(values)
        spread = MAD_TO_SIGMA * median_deviation(values, middle[row])
        if spread == 0:
            spread = np.std(values.astype(np.float64))
        if spread > 0:
            scatter[row] = spread
    return middle, scatter


@compiled
def _scaled(
    flux: NDArray[np.floating], middle: NDArray[np.float64], scatter: NDArray[np.float64]
) -> NDArray[np.float32]:
    scaled = np.empty(flux.shape, np.float32)
    for row in range(len(flux)):
        share = 1 / scatter[row]
        for i in range(flux.shape[1]):
            scaled[row, i] = (flux[row, i] - middle[row]) * share
    return scaled
