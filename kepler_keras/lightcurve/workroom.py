"""Memory that a search uses for one block of stars after the other."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kepler_keras.lightcurve.lanes import aligned
from kepler_keras.lightcurve.spectra import BLOCK
from kepler_keras.lightcurve.trial_periods import TrialPeriods

SLACK = 4  # cadences over the whole curve that the period of a clipped deep dip may be off


class Workroom(NamedTuple):  # compiled code takes no dataclass
    """Vectors of `lanes`, all but `near`.

    Attributes:
        x: The block's stars.
        duration_scale: One over the noise of their boxes, by duration.
        room: Four rows: binned stars, two for folding, running sums.
        spectrum: By trial period.
        highest: The spectrum's maximum in blocks of trials.
        near: Sums about the transits of one star, shape (2, n).
    """

    x: NDArray[np.float32]
    duration_scale: NDArray[np.float32]
    room: NDArray[np.float32]
    spectrum: NDArray[np.float32]
    highest: NDArray[np.float32]
    near: NDArray[np.float64]


def workroom(
    trials: TrialPeriods, *, n_cadences: int, n_durations: int, longest: float
) -> Workroom:
    """Room for a search of curves of so many cadences.

    Args:
        trials: The search.
        n_cadences: Columns of the flux.
        n_durations: Trial durations.
        longest: Longest duration of a fit, cadences.
    """
    folds = max(int((trials.rows * trials.p).max()), n_cadences)
    around = int(trials.widths[:, :, 0].max()) + 1
    return Workroom(
        x=aligned(n_cadences),
        duration_scale=aligned(n_durations),
        room=aligned(4 * (folds + around)).reshape(4, -1),
        spectrum=aligned(len(trials.period)),
        highest=aligned(-(-len(trials.period) // BLOCK)),
        near=np.empty((2, int(longest) + 2 * max(int(trials.step.max()), SLACK) + 4)),
    )
