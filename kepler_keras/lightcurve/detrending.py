"""A curve without what its star and telescope do slowly."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled
from kepler_keras.errors import InputError, suggestion
from kepler_keras.lightcurve.biweight import biweight_trend
from kepler_keras.lightcurve.running_median import median_trend
from kepler_keras.lightcurve.spline import spline_trend

Method = Callable[[NDArray[np.floating], int, int], NDArray[np.float64]]

METHODS: dict[str, Method] = {
    "spline": spline_trend,
    "biweight": biweight_trend,
    "running_median": median_trend,
}
MAX_GAP = 0.75  # days
DARK = 0.01  # of a star's light: no spot takes the rest, and dividing by less means nothing


def detrend(
    flux: NDArray[np.floating],
    *,
    cadence: float,
    method: str = "spline",
    window: float = 1.5,
    level: float = 0.0,
    max_gap: float = MAX_GAP,
) -> NDArray[np.float32]:
    """Takes the trend of each star out of its curve; every row by itself, NaN stays NaN.

    A window shorter than about three transit durations takes the transit away too.

    Args:
        flux: Shape (n, n_cadences), NaN where nothing was measured; centred or not.
        cadence: Days between columns.
        method: `spline`, `biweight` or `running_median`.
        window: Days, rounded to an odd number of cadences; a spline's knots lie 0.75 windows apart,
            which leaves its residual as flat as that of a biweight of this window.
        level: What flux + level is the star's full light in the unit of the flux, as 1e6 for ppm
            about the median; 0 where that is not known.
        max_gap: Days without flux after which the trend begins anew, as between quarters; at most
            half a window, beyond which a spline would swing freely.

    Returns:
        Shape (n, n_cadences): flux - trend, or with a level
        level * ((flux + level) / (trend + level) - 1): a transit is then as deep where spots dim
        the star as elsewhere. Where hardly any light is left the former stands.

    Raises:
        InputError: The method is unknown, or the window holds fewer than 3 cadences or is longer
            than the curve.
    """
    if method not in METHODS:
        raise InputError(f"detrend: unknown method {method!r}; {suggestion(method, METHODS)}")
    width = odd_cadences(window, cadence=cadence, longest=flux.shape[1])
    longest = min(int(max_gap / cadence), width // 2)
    values = np.ascontiguousarray(flux, np.float64 if flux.dtype == np.float64 else np.float32)
    detrended = np.empty(flux.shape, np.float32)
    for curve, result in zip(values, detrended, strict=True):
        _take_out(curve, METHODS[method](curve, width, longest), level, result)
    return detrended


def odd_cadences(window: float, *, cadence: float, longest: int) -> int:
    """Odd number of cadences nearest to a window.

    Raises:
        InputError: It holds fewer than 3 or more than `longest`.
    """
    width = 2 * round((window / cadence - 1) / 2) + 1
    if not 3 <= width <= longest:
        raise InputError(
            f"window must hold 3 to {longest} cadences of {cadence:.5f} d, "
            f"got {window} d = {width} cadences"
        )
    return width


@compiled
def _take_out(
    curve: NDArray[np.floating],
    trend: NDArray[np.float64],
    level: float,
    result: NDArray[np.float32],
) -> None:
    for i in range(len(curve)):
        rest = curve[i] - trend[i]
        light = level + trend[i]
        result[i] = rest * (level / light) if light > DARK * level > 0 else rest
