"""Cadences that a mission loses again and again: combs that hide flux."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled
from kepler_keras.lightcurve.realism import K2, KEPLER, Range
from kepler_keras.lightcurve.simulate import KEPLER_CADENCE

CombName = Literal["kepler", "k2"]
# Days. Kepler unloaded its reaction wheels about every three days, one long cadence each time
# (Kepler Data Characteristics Handbook, KSCI-19040, on momentum desaturation).
DESATURATION = 3.0
assert K2.instrument.comb is not None
FIRING = K2.instrument.comb * KEPLER_CADENCE  # 5.9 h: Howell et al. 2014, PASP 126:398


@dataclass(frozen=True)
class HidingComb:
    """What is lost.

    Attributes:
        tooth: Days from one single lost cadence to the next.
        downlink: Days from one downlink to the next.
        gap: Days that a downlink lasts, log-uniform; None for none.
    """

    tooth: float
    downlink: float = 1.0
    gap: Range | None = None


COMBS: dict[CombName, HidingComb] = {
    "kepler": HidingComb(DESATURATION, KEPLER.instrument.downlink, KEPLER.instrument.downlink_gap),
    "k2": HidingComb(FIRING),
}


@compiled
def hide(
    known: NDArray[np.bool_], phase: NDArray[np.float64], step: float, width: NDArray[np.float64]
) -> None:
    """Makes the teeth of a comb unknown, in place.

    Args:
        known: Shape (n, length).
        phase: Of the comb, in [0, 1): the first tooth lies that share of a step from the row's
            beginning, shape (n,).
        step: Columns from tooth to tooth.
        width: Columns of a tooth, shape (n,); one at least is hidden.
    """
    length = known.shape[1]
    for row in range(len(known)):
        start = (phase[row] - 1) * step  # a wide tooth may have begun before the row
        while start < length:
            first = int(np.floor(start))
            for i in range(max(first, 0), min(first + max(int(width[row]), 1), length)):
                known[row, i] = False
            start += step
