"""Stars that pulsate: coherent modes of hot stars, RR Lyrae, and the damped ones of giants."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from kepler_keras.lightcurve.stellar_noise import granulation_flux, log_uniform

MICROHERTZ = 0.0864  # cycles a day
# A sawtooth that rises four times as fast as it falls, by its harmonics.
RR_LYRAE_HARMONICS = (1.0, 0.45, 0.30, 0.20, 0.13, 0.09)

Draw = Callable[[np.random.Generator, NDArray[np.float64], float], NDArray[np.float64]]


def delta_scuti(
    random: np.random.Generator, time: NDArray[np.float64], cadence: float
) -> NDArray[np.float64]:
    """Pressure modes of one to five hours; the exposure blurs the fastest."""
    n_modes = int(random.integers(3, 11))
    return _modes(random, time, cadence, n_modes, slowest=5.0, fastest=23.0, strongest=5000.0)


def gamma_doradus(
    random: np.random.Generator, time: NDArray[np.float64], cadence: float
) -> NDArray[np.float64]:
    """Gravity modes of a third of a day to three days."""
    n_modes = int(random.integers(3, 9))
    return _modes(random, time, cadence, n_modes, slowest=0.35, fastest=3.0, strongest=5000.0)


def rr_lyrae(
    random: np.random.Generator, time: NDArray[np.float64], cadence: float
) -> NDArray[np.float64]:
    """One radial mode of half a day: a steep rise and a slow decline, tens of per cent."""
    period, amplitude = random.uniform(0.4, 0.7), random.uniform(8e4, 2.5e5)
    angle = 2 * np.pi * time / period + random.uniform(0, 2 * np.pi)
    orders = np.arange(1, len(RR_LYRAE_HARMONICS) + 1)
    weights = amplitude * np.array(RR_LYRAE_HARMONICS) * np.sinc(orders * cadence / period)
    result: NDArray[np.float64] = -np.sin(angle[:, None] * orders) @ weights
    return result


def red_giant(
    random: np.random.Generator, time: NDArray[np.float64], cadence: float
) -> NDArray[np.float64]:
    """Modes that convection drives and damps, and the giant's strong granulation.

    The spacing of the modes goes with the frequency of the strongest as in Stello et al. 2009
    (MNRAS 400, L80): 0.26 numax^0.77, both in microhertz.
    """
    strongest = log_uniform(random, 20.0, 240.0)
    spacing = 0.26 * strongest**0.77
    amplitude = log_uniform(random, 60.0, 150.0) * (strongest / 100) ** -0.5
    result = np.zeros(len(time))
    for offset in np.arange(-3, 4) / 2:
        frequency = (strongest + offset * spacing) * MICROHERTZ
        height = amplitude * np.exp(-0.5 * (offset / 1.2) ** 2)
        damping = np.pi * log_uniform(random, 0.1, 0.5) * MICROHERTZ
        result += height * _driven(random, len(time), frequency, damping, cadence)
    turnover = 1 / (2 * np.pi * 0.3 * strongest * MICROHERTZ)
    return result + granulation_flux(
        random, len(time), amplitude=2.5 * amplitude, time_scale=turnover, cadence=cadence
    )


KINDS: dict[str, Draw] = {
    draw.__name__: draw for draw in (red_giant, delta_scuti, gamma_doradus, rr_lyrae)
}


def _modes(
    random: np.random.Generator,
    time: NDArray[np.float64],
    cadence: float,
    n_modes: int,
    *,
    slowest: float,
    fastest: float,
    strongest: float,
) -> NDArray[np.float64]:
    """Sines of random frequencies in cycles a day, weaker and weaker, seen through the exposure."""
    largest = log_uniform(random, 50.0, strongest)
    heights = largest * np.exp(-random.exponential(1.0, n_modes))
    heights[0] = largest
    frequency = random.uniform(slowest, fastest, n_modes)
    phases = random.uniform(0, 2 * np.pi, n_modes)
    angle = 2 * np.pi * frequency * time[:, None] + phases
    result: NDArray[np.float64] = np.sin(angle) @ (heights * np.sinc(frequency * cadence))
    return result


def _driven(
    random: np.random.Generator, n: int, frequency: float, damping: float, cadence: float
) -> NDArray[np.float64]:
    """A damped oscillator kicked at random, of unit standard deviation on average."""
    shrink = np.exp(-damping * cadence)
    turn = np.cos(2 * np.pi * frequency * cadence)
    poles = np.array([1.0, -2 * shrink * turn, shrink**2])
    # Variance of a second-order autoregressive process (Box & Jenkins), for unit shocks.
    variance = (1 + poles[2]) / ((1 - poles[2]) * ((1 + poles[2]) ** 2 - poles[1] ** 2))
    warm = int(4 / (damping * cadence))  # lets the oscillator forget that it began at rest
    shocks = random.standard_normal(warm + n) / np.sqrt(variance)
    result: NDArray[np.float64] = lfilter([1.0], poles, shocks)[warm:]
    return result
