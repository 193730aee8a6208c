"""Several entries over several data sets: average ranks, and which of them cannot be told apart.

Demšar 2006 (JMLR 7:1) ranks the entries in each data set and tests by Friedman's method whether any
differ; then, after Benavoli, Corani & Mangili 2016 (JMLR 17:5), pairs by Wilcoxon's signed ranks
with Holm's correction rather than by distances of average ranks, which depend on who else is there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from kepler_keras.errors import InputError
from kepler_keras.evaluation.multiple import holm
from kepler_keras.evaluation.verdicts import ERROR_RATE

Floats = NDArray[np.float64]
LEAST_DATA_SETS = 3
LEAST_ENTRIES = 3  # Friedman's test compares three or more


@dataclass(frozen=True)
class CriticalDifference:
    """Entries from the best average rank on.

    Attributes:
        names: Of the entries.
        ranks: Average rank of each; 1 is best, equal values share the mean of their ranks.
        n_data_sets: How many were ranked.
        friedman_p: Of no difference between any of them.
        p_values: Wilcoxon's of each pair, adjusted, shape (n, n); 1 on the diagonal.
        cliques: First and last place of each largest group in which no pair differs.
    """

    names: tuple[str, ...]
    ranks: tuple[float, ...]
    n_data_sets: int
    friedman_p: float
    p_values: Floats
    cliques: tuple[tuple[int, int], ...]

    @property
    def smallest_p(self) -> float:
        """The smallest p-value that Wilcoxon's test can give with so many data sets."""
        return float(2.0 ** (1 - self.n_data_sets))


def critical_difference(names: Sequence[str], values: Floats) -> CriticalDifference:
    """Ranks entries over data sets; larger values are better.

    Where Friedman's test finds nothing, no pair is said to differ.

    Args:
        names: Of the entries, three or more.
        values: Shape (data sets, entries), finite; three data sets or more.

    Raises:
        InputError: There are too few of either.
    """
    n, k = values.shape
    if n < LEAST_DATA_SETS:
        raise InputError(f"ranks over data sets: need {LEAST_DATA_SETS} data sets or more, got {n}")
    if k < LEAST_ENTRIES:
        raise InputError(f"ranks over data sets: need {LEAST_ENTRIES} entries or more, got {k}")
    ranks = stats.rankdata(-values, axis=1).mean(axis=0)
    order = np.argsort(ranks, kind="stable")
    ranked = values[:, order]
    same = bool((np.ptp(ranked, axis=1) == 0).all())
    friedman = 1.0 if same else float(stats.friedmanchisquare(*ranked.T).pvalue)
    p_values = _pairs(ranked)
    apart = (p_values < ERROR_RATE) & (friedman < ERROR_RATE)
    return CriticalDifference(
        names=tuple(names[i] for i in order),
        ranks=tuple(ranks[order].tolist()),
        n_data_sets=n,
        friedman_p=friedman,
        p_values=p_values,
        cliques=_cliques(apart),
    )


def _pairs(values: Floats) -> Floats:
    """Adjusted p-values of all pairs; of entries that never differ 1."""
    k = values.shape[1]
    pairs = list(combinations(range(k), 2))
    differences = [values[:, a] - values[:, b] for a, b in pairs]
    raw = [float(stats.wilcoxon(d).pvalue) if d.any() else 1.0 for d in differences]
    found = np.ones((k, k))
    for (a, b), p in zip(pairs, holm(raw), strict=True):
        found[a, b] = found[b, a] = p
    return found


def _cliques(apart: NDArray[np.bool_]) -> tuple[tuple[int, int], ...]:
    """Largest runs of neighbours by rank of which no two are apart; of two entries or more."""
    runs: list[tuple[int, int]] = []
    for first in range(len(apart)):
        last = first
        while last + 1 < len(apart) and not apart[first : last + 2, first : last + 2].any():
            last += 1
        if last > first and (not runs or last > runs[-1][1]):
            runs.append((first, last))
    return tuple(runs)


class CriticalDifferenceDisplay:
    """Entries at their average ranks; a bar joins those that cannot be told apart."""

    STEP = 0.3  # inches from one name to the next

    def __init__(self, found: CriticalDifference) -> None:
        self.found = found

    @property
    def height(self) -> float:
        """Of a figure that suits it, in inches."""
        lines = (len(self.found.names) + 1) // 2 + len(self.found.cliques)
        return 1.0 + self.STEP * lines

    def frame(self) -> pd.DataFrame:
        """One row an entry, from the best on: entry, average rank."""
        return pd.DataFrame({"entry": self.found.names, "average rank": self.found.ranks})

    def plot(self, ax: Any) -> None:
        """Draws the better half with names at the left, the others at the right."""
        names, ranks = self.found.names, self.found.ranks
        k = len(names)
        for level, (first, last) in enumerate(self.found.cliques, start=1):
            ends = [ranks[first] - 0.05, ranks[last] + 0.05]
            ax.plot(ends, [-0.55 * level] * 2, color="#0072B2", linewidth=4, solid_capstyle="butt")
        below = 0.55 * len(self.found.cliques) + 0.9
        half = (k + 1) // 2
        for i, (name, rank) in enumerate(zip(names, ranks, strict=True)):
            left = i < half
            depth = -below - (i if left else k - 1 - i)
            side = 0.8 if left else k + 0.2
            ax.plot([rank, rank, side], [0, depth, depth], color="#5c636d", linewidth=0.9)
            text = f"{name}  {rank:.2f}" if left else f"{rank:.2f}  {name}"
            ax.text(side, depth, f" {text} ", ha="right" if left else "left", va="center")
        ax.set_xlim(0.8, k + 0.2)
        ax.set_ylim(-below - half, 0)
        ax.set_xticks(range(1, k + 1))
        ax.xaxis.set_ticks_position("top")
        ax.xaxis.set_label_position("top")
        ax.set_xlabel(f"average rank over {self.found.n_data_sets} data sets; 1 is best")
        ax.set_yticks([])
        ax.grid(False)
        for side_name in ("left", "right", "bottom"):
            ax.spines[side_name].set_visible(False)
