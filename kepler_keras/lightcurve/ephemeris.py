"""When a planet transits: period, mid-transit time and duration."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Ephemerides:
    """The ephemeris of each of n curves, in days; NaN where none is known.

    Attributes:
        period: Orbital period, shape (n,), float64.
        t0: A mid-transit time on the curve's own time axis, shape (n,), float64.
        duration: First to last contact, shape (n,), float64; archives give hours, sources convert.
    """

    period: NDArray[np.float64]
    t0: NDArray[np.float64]
    duration: NDArray[np.float64]

    def __post_init__(self) -> None:
        if not self.period.shape == self.t0.shape == self.duration.shape:
            raise ValueError(
                "period, t0 and duration must have one shape, got "
                f"{self.period.shape}, {self.t0.shape}, {self.duration.shape}"
            )

    def known(self) -> NDArray[np.bool_]:
        """Tells which curves have a full ephemeris, shape (n,)."""
        result: NDArray[np.bool_] = np.isfinite(self.period + self.t0 + self.duration)
        return result

    def rows(self, index: NDArray[np.intp] | slice) -> "Ephemerides":
        """Those at `index`, in that order."""
        return Ephemerides(self.period[index], self.t0[index], self.duration[index])
