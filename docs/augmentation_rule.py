"""The rule of docs/augmentations.md, which was fixed before anything was measured.

Each criterion compares the same rows before and after. It holds where its whole 95 % interval lies
within the limit and is violated where the interval lies wholly beyond it. A transform *breaks* the
label where a criterion is violated, *keeps* it where all hold, and is *not decided* otherwise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, norm

Verdict = Literal["keeps", "breaks", "not decided"]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

LEVEL = 0.95
Z = float(norm.ppf(0.5 + LEVEL / 2))
FEWEST = 30  # rows below which a criterion is not judged
LIMITS: Mapping[str, tuple[float, float]] = {
    "found": (-0.05, np.inf),  # change of the share of hosts whose transit is found
    "depth": (0.9, 1.1),  # median ratio, after over before, in hosts
    "duration": (0.9, 1.1),  # the same
    "density": (0.9, 1.1),  # median factor (1 or above) of period / duration^3, of a stretch
    "alarms": (-np.inf, 0.02),  # change of the share of quiet stars with a signal
    "odd_even": (0.9, 1.1),  # median ratio of the odd-even distance, in eclipsing binaries
    "injected": (-0.05, np.inf),  # share of injected rows found, less that of untouched hosts
}


@dataclass(frozen=True)
class Figure:
    """A figure with its 95 % interval and the number of rows it is of; NaN where there are none."""

    value: float
    low: float
    high: float
    n: int

    def judged(self, limits: tuple[float, float]) -> Verdict:
        """Whether it lies within the limits, beyond them, or neither for sure."""
        low, high = limits
        if self.n < FEWEST or not np.isfinite(self.low + self.high):
            return "not decided"
        if low <= self.low and self.high <= high:
            return "keeps"
        return "breaks" if self.high < low or self.low > high else "not decided"


def verdict(figures: Mapping[str, Figure]) -> Verdict:
    """That of the rule over all criteria that apply; `figures` has the names of `LIMITS`."""
    judged = [figure.judged(LIMITS[name]) for name, figure in figures.items()]
    if "breaks" in judged:
        return "breaks"
    return "keeps" if judged and set(judged) == {"keeps"} else "not decided"


def reasons(figures: Mapping[str, Figure]) -> Sequence[str]:
    """The criteria that keep a transform from keeping the label, violated ones first."""
    judged = {name: figure.judged(LIMITS[name]) for name, figure in figures.items()}
    return [
        *(name for name, one in judged.items() if one == "breaks"),
        *(f"{name}?" for name, one in judged.items() if one == "not decided"),
    ]


def share(flags: Flags) -> Figure:
    """A share with its Wilson interval (Wilson 1927, J. Am. Stat. Assoc. 22:209)."""
    n = len(flags)
    if n == 0:
        return Figure(np.nan, np.nan, np.nan, 0)
    p = float(np.mean(flags))
    middle, half = p + Z**2 / (2 * n), Z * np.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    low, high = (middle - half) / (1 + Z**2 / n), (middle + half) / (1 + Z**2 / n)
    return Figure(p, float(low), float(high), n)


def change(before: Flags, after: Flags) -> Figure:
    """Change of a share on the same rows (Agresti & Min 2005, Statistics in Medicine 24:729)."""
    n = len(before)
    if n == 0:
        return Figure(np.nan, np.nan, np.nan, 0)
    gained, lost = int((after & ~before).sum()) + 0.5, int((before & ~after).sum()) + 0.5
    middle = (gained - lost) / (n + 2)
    half = Z * np.sqrt(gained + lost - (gained - lost) ** 2 / (n + 2)) / (n + 2)
    return Figure(float(np.mean(after) - np.mean(before)), middle - half, middle + half, n)


def difference(first: Flags, second: Flags) -> Figure:
    """Share of the second minus that of the first, of different rows.

    Newcombe 1998, Statistics in Medicine 17:873, method 10: the two Wilson intervals put together.
    """
    one, other = share(first), share(second)
    value = other.value - one.value
    low = value - np.hypot(other.value - other.low, one.high - one.value)
    high = value + np.hypot(other.high - other.value, one.value - one.low)
    return Figure(value, float(low), float(high), min(one.n, other.n))


def median(values: Floats) -> Figure:
    """A median with its interval between order statistics; NaN values are left out.

    The ranks are the binomial's (Conover 1999, Practical Nonparametric Statistics, Sec. 3.2).
    """
    known = np.sort(values[np.isfinite(values)])
    n = len(known)
    if n == 0:
        return Figure(np.nan, np.nan, np.nan, 0)
    rank = int(binom.ppf((1 - LEVEL) / 2, n, 0.5))
    low, high = known[max(rank - 1, 0)], known[min(n - rank, n - 1)]
    return Figure(float(np.median(known)), float(low), float(high), n)
