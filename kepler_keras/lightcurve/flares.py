"""Flares: a fast rise and a decay in two stages, averaged over the exposure."""

import numpy as np
from numpy.typing import NDArray

from kepler_keras.lightcurve.stellar_noise import log_uniform

SMALLEST, LARGEST = 300.0, 100_000.0  # ppm at the peak
SLOPE = 1.0  # of the number of flares stronger than a peak: half as many are twice as strong
WIDTH = (0.004, 0.05)  # days at half the peak
SUBEXPOSURES = 12
TAIL = 15  # widths after which nothing is left (1.5 % of the peak)


def flare_flux(
    random: np.random.Generator, time: NDArray[np.float64], *, rate: float, exposure: float
) -> NDArray[np.float64]:
    """The flares of a star, at random times.

    Args:
        random: Source of randomness.
        time: Days, equally spaced, shape (n,).
        rate: Flares a day, on average.
        exposure: Days.

    Returns:
        Ppm, shape (n,), 0 or positive.
    """
    result = np.zeros(len(time))
    n_flares = int(random.poisson(rate * (time[-1] - time[0])))
    steps = exposure * ((np.arange(SUBEXPOSURES) + 0.5) / SUBEXPOSURES - 0.5)
    for peak_time in random.uniform(time[0], time[-1], n_flares):
        width = log_uniform(random, *WIDTH)
        peak = min(SMALLEST * random.uniform(0, 1) ** (-1 / SLOPE), LARGEST)
        first, last = np.searchsorted(
            time, [peak_time - width - exposure, peak_time + TAIL * width + exposure]
        )
        age = (time[first:last, None] + steps - peak_time) / width
        result[first:last] += peak * flare_shape(age).mean(axis=1)
    return result


def flare_shape(age: NDArray[np.float64]) -> NDArray[np.float64]:
    """Flux of a flare of unit peak (Davenport et al. 2014, ApJ 797:122, Eqs. 1 and 4).

    Args:
        age: Time from the peak in widths at half the peak, any shape.
    """
    rise = 1 + age * (1.941 + age * (-0.175 + age * (-2.246 + age * -1.125)))
    later = np.maximum(age, 0)
    decay = 0.6890 * np.exp(-1.600 * later) + 0.3030 * np.exp(-0.2783 * later)
    result: NDArray[np.float64] = np.where(age < 0, np.where(age > -1, rise, 0.0), decay)
    return result
