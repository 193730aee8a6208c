"""What a star does without any companion: rotation, granulation and white noise."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from kepler_keras.lightcurve.folding import cadence_times

HARMONICS = 2  # of the rotation: one spot group and its opposite


@dataclass(frozen=True)
class Star:
    """One star's variability; amplitudes in ppm, times in days.

    Attributes:
        white_noise: Standard deviation of a cadence, shot noise and instrument.
        granulation: Standard deviation of the correlated noise.
        granulation_time: Its correlation time.
        rotation_amplitude: Amplitude of the rotation's first harmonic.
        rotation_period: Days.
        evolution_time: Period of the beat that lets spots grow and decay.
        density: Mean density in solar ones.
        limb_darkening: Quadratic coefficients u1, u2.
    """

    white_noise: float
    granulation: float
    granulation_time: float
    rotation_amplitude: float
    rotation_period: float
    evolution_time: float
    density: float
    limb_darkening: tuple[float, float]

    def flux(
        self, random: np.random.Generator, *, n_cadences: int, cadence: float
    ) -> NDArray[np.float64]:
        """One realisation of the star's variability in ppm, shape (n_cadences,)."""
        white: NDArray[np.float64] = self.white_noise * random.standard_normal(n_cadences)
        return (
            white
            + self._granulation(random, n_cadences, cadence)
            + self._rotation(random, cadence_times(n_cadences, cadence))
        )

    def _granulation(
        self, random: np.random.Generator, n_cadences: int, cadence: float
    ) -> NDArray[np.float64]:
        """First-order autoregressive noise, in its stationary state from the first cadence on."""
        keep = np.exp(-cadence / self.granulation_time)
        shocks = self.granulation * random.standard_normal(n_cadences)
        shocks[1:] *= np.sqrt(1 - keep**2)
        result: NDArray[np.float64] = lfilter([1.0], [1.0, -keep], shocks)
        return result

    def _rotation(
        self, random: np.random.Generator, time: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Harmonics of the rotation, each swelling and fading at its own phase."""
        turns = random.uniform(0, 2 * np.pi, (2, HARMONICS))
        result = np.zeros_like(time)
        for order, (start, swell) in enumerate(turns.T, start=1):
            envelope = 1 + 0.5 * np.sin(2 * np.pi * time / self.evolution_time + swell)
            wave = np.sin(2 * np.pi * order * time / self.rotation_period + start)
            result += self.rotation_amplitude / order**2 * envelope * wave
        return result


def draw_star(random: np.random.Generator, *, noise_range: tuple[float, float]) -> Star:
    """Draws a star; nothing here knows whether it will get a companion.

    Args:
        random: Source of randomness.
        noise_range: Smallest and largest white noise in ppm, drawn log-uniformly.
    """
    white_noise = log_uniform(random, *noise_range)
    rotation_period = log_uniform(random, 6.0, 40.0)
    return Star(
        white_noise=white_noise,
        granulation=white_noise * random.uniform(0.2, 0.5),
        granulation_time=log_uniform(random, 1.0, 6.0) / 24,
        rotation_amplitude=white_noise * log_uniform(random, 0.5, 10.0),
        rotation_period=rotation_period,
        evolution_time=rotation_period * random.uniform(1.5, 4.0),
        density=log_uniform(random, 0.5, 2.0),
        limb_darkening=(random.uniform(0.3, 0.5), random.uniform(0.1, 0.3)),
    )


def log_uniform(random: np.random.Generator, low: float, high: float) -> float:
    """Draws a number whose logarithm is uniform between those of `low` and `high`."""
    return float(np.exp(random.uniform(np.log(low), np.log(high))))


def granulation_flux(
    random: np.random.Generator, n: int, *, amplitude: float, time_scale: float, cadence: float
) -> NDArray[np.float64]:
    """Noise whose power falls with the fourth power of frequency, as granulation's does.

    Two first-order filters in a row (Kallinger et al. 2014, A&A 570:A41, for the slope).

    Args:
        random: Source of randomness.
        n: Number of cadences.
        amplitude: Standard deviation, any unit.
        time_scale: Of each filter, days.
        cadence: Days.

    Returns:
        Shape (n,), stationary from the first cadence on.
    """
    keep = np.exp(-cadence / time_scale)
    variance = (1 + keep**2) / (1 - keep**2) ** 3  # of the filtered noise, for unit shocks
    warm = int(12 * time_scale / cadence) + 1
    shocks = amplitude / np.sqrt(variance) * random.standard_normal(warm + n)
    result: NDArray[np.float64] = lfilter([1.0], [1.0, -2 * keep, keep**2], shocks)[warm:]
    return result
