"""A dip's profile averaged over exposures, exactly enough that no exposure has to be supersampled.

The profile is integrated once, panel by panel between its contacts, where it has kinks; the mean of
an exposure is then the difference of that integral at its two ends. The panels crowd towards the
contacts, since the profile bends there; the integral is as smooth as a cubic needs in between.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PANELS = 48  # between two contacts
NODES, WEIGHTS = np.polynomial.legendre.leggauss(4)

Profile = Callable[[NDArray[np.float64]], NDArray[np.float64]]


@dataclass(frozen=True)
class ExposedProfile:
    """The integral of a dip that is symmetric about its middle.

    Attributes:
        knots: Days from the middle, rising from 0 to the last contact, shape (m,).
        integral: Of the profile from 0 to each knot, shape (m,).
        values: The profile at each knot, shape (m,).
    """

    knots: NDArray[np.float64]
    integral: NDArray[np.float64]
    values: NDArray[np.float64]

    @classmethod
    def of(cls, profile: Profile, contacts: tuple[float, float]) -> "ExposedProfile":
        """Integrates a profile.

        Args:
            profile: Values at times from the middle of the dip, 0 outside it.
            contacts: Days from the middle to the third contact (0 if there is none) and the last.
        """
        inner, outer = contacts
        crowded = (1 - np.cos(np.pi * np.arange(PANELS + 1) / PANELS)) / 2
        ingress = inner + (outer - inner) * crowded
        knots = np.concatenate([inner * crowded[:-1], ingress]) if inner > 0 else ingress
        half = np.diff(knots) / 2
        inside = profile(knots[:-1, None] + half[:, None] * (1 + NODES))
        integral = np.concatenate([[0.0], np.cumsum(half * (inside @ WEIGHTS))])
        return cls(knots, integral, profile(knots))

    def means(self, time: NDArray[np.float64], *, exposure: float) -> NDArray[np.float64]:
        """Mean of the profile over exposures centred on each time, shape of `time`.

        Args:
            time: Days from the middle of the dip.
            exposure: Days, above 0.
        """
        result = np.zeros(time.shape)
        near = np.abs(time) < self.knots[-1] + exposure / 2
        ends = time[near] + exposure * np.array([[-0.5], [0.5]])
        before, after = self._integral_to(ends)
        result[near] = (after - before) / exposure
        return result

    def _integral_to(self, time: NDArray[np.float64]) -> NDArray[np.float64]:
        """Odd in time; a cubic in each panel that takes integral and profile at both ends."""
        distance = np.minimum(np.abs(time), self.knots[-1])
        panel = np.clip(np.searchsorted(self.knots, distance) - 1, 0, len(self.knots) - 2)
        start, width = self.knots[panel], np.diff(self.knots)[panel]
        x = (distance - start) / width
        rise = self.integral[panel + 1] - self.integral[panel]
        first, last = self.values[panel] * width, self.values[panel + 1] * width
        cubic = (first + last - 2 * rise) * x + (3 * rise - 2 * first - last)
        result: NDArray[np.float64] = np.sign(time) * (
            self.integral[panel] + x * (first + x * cubic)
        )
        return result
