"""How many periods came back, which are multiples of the right one, and how two searches differ."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TOLERANCE = 0.01
ALIASES = {"half": 1 / 2, "double": 2.0, "third": 1 / 3, "treble": 3.0}
Z = 1.959964  # 95 %


def right(period: NDArray[np.float64], truth: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which periods lie within 1 % of the truth, shape (n,)."""
    result: NDArray[np.bool_] = np.abs(period / truth - 1) < TOLERANCE
    return result


def aliases(period: NDArray[np.float64], truth: NDArray[np.float64]) -> dict[str, int]:
    """How many periods lie within 1 % of each simple multiple of the truth."""
    return {name: int(right(period, factor * truth).sum()) for name, factor in ALIASES.items()}


@dataclass(frozen=True)
class PairedDifference:
    """Recall of one search minus that of another on the same stars, with its 95 % interval.

    Attributes:
        gained: Stars that only the first has right.
        lost: Stars that only the second has right.
        n: All stars.
    """

    gained: int
    lost: int
    n: int

    @classmethod
    def of(cls, first: NDArray[np.bool_], second: NDArray[np.bool_]) -> "PairedDifference":
        """From which stars each search has right, shape (n,) both."""
        return cls(int((first & ~second).sum()), int((second & ~first).sum()), len(first))

    @property
    def value(self) -> float:
        """The difference itself."""
        return (self.gained - self.lost) / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """From the discordant counts, half a star added to each of the four cells.

        Agresti & Min 2005, Statistics in Medicine 24:729: without the halves an interval from few
        discordant stars is too short, and without any it has no width.
        """
        gained, lost, n = self.gained + 0.5, self.lost + 0.5, self.n + 2
        centre = (gained - lost) / n
        half = Z * np.sqrt(gained + lost - (gained - lost) ** 2 / n) / n
        return float(centre - half), float(centre + half)

    @property
    def judgement(self) -> str:
        """Whether a speed at this recall counts."""
        low, high = self.interval
        if high < 0:
            return "WORSE recall: the speed does not count"
        if low > 0:
            return "better recall"
        return f"no worse recall shown (at most {max(0.0, -low):.3f} worse)"

    def __str__(self) -> str:
        low, high = self.interval
        return (
            f"{self.value:+.3f} [{low:+.3f}, {high:+.3f}] (+{self.gained} -{self.lost}); "
            f"{self.judgement}"
        )
