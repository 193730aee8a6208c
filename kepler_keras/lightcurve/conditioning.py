"""What is done to each curve by itself before any view: fill gaps, detrend, scale.

Every function takes flux of shape (n, n_cadences) and works row by row: a filter that runs over the
whole matrix would also blur across stars, and with rows sorted by label it would leak the label.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from kepler_keras.errors import InputError

MAD_TO_SIGMA = 1.4826  # of a normal distribution


def interpolate_gaps(flux: NDArray[np.floating]) -> NDArray[np.float32]:
    """Fills NaN linearly in time; before the first and after the last value that value is held.

    Args:
        flux: Shape (n, n_cadences), equally spaced in time, NaN in gaps.

    Returns:
        A copy without NaN, float32.

    Raises:
        InputError: A row is NaN throughout.
    """
    filled = np.array(flux, dtype=np.float32)
    gaps = np.isnan(filled)
    if (empty := np.flatnonzero(gaps.all(axis=1))).size:
        raise InputError(
            f"flux row {empty[0]}: a gap needs at least one value to be filled from, got only NaN"
        )
    cadences = np.arange(filled.shape[1])
    for row in np.flatnonzero(gaps.any(axis=1)):
        gap = gaps[row]
        filled[row, gap] = np.interp(cadences[gap], cadences[~gap], filled[row, ~gap])
    return filled


def running_median_detrend(
    flux: NDArray[np.floating], *, cadence: float, window: float
) -> NDArray[np.float32]:
    """Subtracts a running median; flux may be centred on zero, so nothing is divided by it.

    At both ends the curve is mirrored. A window shorter than about three transit durations takes
    the transit away too.

    Args:
        flux: Shape (n, n_cadences), without NaN.
        cadence: Days between columns.
        window: Width of the median in days, rounded to an odd number of cadences.

    Raises:
        InputError: The window holds fewer than 3 cadences or is longer than the curve.
    """
    _refuse_nan(flux)
    width = 2 * round((window / cadence - 1) / 2) + 1
    if not 3 <= width <= flux.shape[1]:
        raise InputError(
            f"window must hold 3 to {flux.shape[1]} cadences of {cadence:.5f} d, "
            f"got {window} d = {width} cadences"
        )
    detrended = np.array(flux, dtype=np.float32)
    for row in detrended:  # one row a call keeps the filter from blurring across stars
        row -= median_filter(row, size=width, mode="reflect")
    return detrended


def robust_scatter(flux: NDArray[np.floating]) -> NDArray[np.float64]:
    """Measures each row's scatter as 1.4826 times its median absolute deviation.

    Where more than half of a row is one value that is 0; the standard deviation stands in, and 1
    for a constant row, so that dividing by the result is always safe.

    Returns:
        Shape (n,), in the unit of the flux, all above 0.
    """
    _refuse_nan(flux)
    centre = np.median(flux, axis=1, keepdims=True)
    mad = np.median(np.abs(flux - centre), axis=1).astype(np.float64)
    scatter: NDArray[np.float64] = MAD_TO_SIGMA * mad
    no_mad = scatter == 0
    scatter[no_mad] = np.std(flux[no_mad], axis=1, dtype=np.float64)
    scatter[scatter == 0] = 1.0
    return scatter


def robust_scale(flux: NDArray[np.floating]) -> NDArray[np.float32]:
    """Subtracts each row's median and divides by its robust scatter: unit-free, centred on 0."""
    centred = flux - np.median(flux, axis=1, keepdims=True)
    scaled: NDArray[np.float32] = (centred / robust_scatter(flux)[:, None]).astype(np.float32)
    return scaled


def _refuse_nan(flux: NDArray[np.floating]) -> None:
    if (bad := np.flatnonzero(np.isnan(flux).any(axis=1))).size:
        raise InputError(f"flux row {bad[0]}: NaN is not allowed here; fill the gaps first")
