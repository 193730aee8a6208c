"""The curve as steps: how much the logarithm of the light changes from each cadence to the next."""

import numpy as np
from numpy.typing import NDArray

from kepler_keras.errors import InputError
from kepler_keras.lightcurve.conditioning import robust_scatter
from kepler_keras.lightcurve.detrending import DARK
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.view_options import (
    Flux,
    Tensor,
    check_range,
    refuses_unknown_options,
)

PPM = 1e6


@refuses_unknown_options("log_differences")
def log_differences(
    flux: Flux,
    *,
    cadence: float,
    ephemerides: Ephemerides | None = None,
    level: float = PPM,
    limit: float = 20.0,
) -> Tensor:
    """Differences of ln(flux + level) between neighbours, in units of their own scatter.

    Detrended flux is centred on 0 and keeps the source's unit, so the light itself is flux + level:
    relative flux about 1 but for a factor, which differences of logarithms do not see. Flux that is
    small against the level, as flux in an unknown unit mostly is, gives its plain differences. A
    slow trend nearly vanishes; a transit becomes a step down and a step up.

    Args:
        flux: Shape (n, n_cadences), NaN where it was not measured.
        cadence: Days between columns, unused.
        ephemerides: Unused.
        level: The star's full light where flux is 0, in the unit of the flux: 1e6 for ppm, 1 for
            relative flux about 0, 0 for flux that was not centred.
        limit: Steps are clipped to [-limit, limit], in scatters.

    Returns:
        Shape (n, n_cadences - 1, 1); 0, no step, where either neighbour was not measured.

    Raises:
        InputError: A row's light is not above 0 in the median, or an option cannot be used.
    """
    check_range("log_differences", -limit, limit)
    light = flux.astype(np.float64) + level
    floor = DARK * _median_light(light)  # no star gets darker, and 0 has no logarithm
    steps = np.diff(np.log(np.maximum(light, floor[:, None])), axis=1)
    steps = np.clip(steps / robust_scatter(steps)[:, None], -limit, limit)
    return np.nan_to_num(steps, nan=0.0).astype(np.float32)[..., None]


def _median_light(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """Median of each row, shape (n,); 1 for a row without any value."""
    middle = np.ones(len(light))
    for row in np.flatnonzero(~np.isnan(light).all(axis=1)):
        middle[row] = np.nanmedian(light[row])
        if not middle[row] > 0:
            raise InputError(
                f"view log_differences: flux + level must be light, above 0, but in row {row} its "
                f"median is {middle[row]:.6g}; level is the full light where flux is 0"
            )
    return middle
