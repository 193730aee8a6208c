"""The unfolded view: a star's whole curve, in units of its own scatter."""

import numpy as np

from kepler_keras.lightcurve.conditioning import FILLS, Fill, fill_gaps, robust_scale
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.view_options import (
    Flux,
    Tensor,
    check_choice,
    check_range,
    refuses_unknown_options,
)


@refuses_unknown_options("flux")
def flux_view(
    flux: Flux,
    *,
    cadence: float,
    ephemerides: Ephemerides | None = None,
    low: float = -20.0,
    high: float = 10.0,
    gaps: Fill = "neutral",
    mask: bool = False,
) -> Tensor:
    """Each star in units of its own scatter, clipped to [low, high].

    Clipping keeps single outliers from ruling the network; a transit is a dip of many scatters at
    most, so the range is wider below. Median and scatter are those of the measured flux.

    Args:
        flux: Shape (n, n_cadences), NaN where it was not measured.
        cadence: Days between columns, unused.
        ephemerides: Unused.
        low: Lower end, in scatters.
        high: Upper end, in scatters.
        gaps: What a network sees where nothing was measured: 0, the median of the row
            (``neutral``), or the line between the neighbours, held to the ends (``linear``).
        mask: Whether a second channel tells measured flux (1) from gaps (0).

    Returns:
        Shape (n, n_cadences, 1), or (n, n_cadences, 2) with the mask.
    """
    check_range("flux", low, high)
    check_choice("flux", "gaps", gaps, FILLS)
    shown, measured = fill_gaps(np.clip(robust_scale(flux), low, high), gaps)
    channels = [shown, measured.astype(np.float32)] if mask else [shown]
    return np.stack(channels, axis=-1)
