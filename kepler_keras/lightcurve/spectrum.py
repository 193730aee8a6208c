"""The curve as its frequencies: how strong a wave of each length is in it."""

import numpy as np

from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.flux_view import flux_view
from kepler_keras.lightcurve.view_options import Flux, Tensor, refuses_unknown_options


@refuses_unknown_options("spectrum")
def spectrum(
    flux: Flux,
    *,
    cadence: float,
    ephemerides: Ephemerides | None = None,
    low: float = -20.0,
    high: float = 10.0,
) -> Tensor:
    """Amplitude of each frequency in units of the star's scatter, gaps neutral.

    Column k holds k + 1 waves over the whole curve: its frequency is (k + 1) / (n_cadences cadence)
    a day, and a sine wave of amplitude a that fits whole gives a there. Where the transits lie is
    lost with the phases. The amplitudes are those of all cadences: gaps make them smaller.

    Args:
        flux: Shape (n, n_cadences), NaN where it was not measured.
        cadence: Days between columns, unused.
        ephemerides: Unused.
        low: Lower end to which the curve is clipped, in scatters; see the view `flux`.
        high: Upper end.

    Returns:
        Shape (n, n_cadences // 2, 1).
    """
    n_cadences = flux.shape[1]
    curves = flux_view(flux, cadence=cadence, low=low, high=high)[..., 0]
    amplitude = 2 / n_cadences * np.abs(np.fft.rfft(curves, axis=1)[:, 1:])
    if n_cadences % 2 == 0:
        amplitude[:, -1:] /= 2  # up and down every other cadence: the one wave without a partner
    result: Tensor = amplitude.astype(np.float32)[..., None]
    return result
