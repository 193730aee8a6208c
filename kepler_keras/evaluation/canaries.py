"""Whether a canary sings: its average precision against random ranking in the same folds.

Each fold by itself is tested exactly, for any model, as its ranking cannot know the labels. Folds
are not independent of each other: each trains on the stars that another tests, so that the same
pairs of stars count in both, and the mean over folds scatters more than that of independent ones.
However p-values depend on each other, twice their median is one (Meinshausen, Meier & Buehlmann
2009, J. Am. Stat. Assoc. 104:1671): it falls where half of the folds leak, and not where one fold
was lucky.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kepler_keras.evaluation.null import null_of_counts

ALARM = 1e-3  # a canary is red below, all canaries of a comparison together
# Rankings that are drawn of each fold, and the p-value below which the next number is.
ROUNDS = ((1000, 0.02), (20_000, 0.0))


@dataclass(frozen=True)
class CanaryTest:
    """What a canary reached, beside what random ranking reaches.

    Attributes:
        average_precision: Mean of the folds.
        null: The same mean under random ranking.
        p_value: Of one canary alone, from those of its folds.
    """

    average_precision: float
    null: float
    p_value: float


def judge_canary(
    values: Sequence[float], counts: Sequence[tuple[int, int]], *, seed: int = 0
) -> CanaryTest:
    """Tests one canary.

    Args:
        values: Average precision of each test fold of one repeat.
        counts: Of each test fold how many were ranked, and how many of them are planets.
        seed: Of the random rankings.
    """
    for draws, doubtful in ROUNDS:
        test = against_chance(values, counts, draws=draws, seed=seed)
        if test.p_value >= doubtful:
            break
    return test


def against_chance(
    values: Sequence[float], counts: Sequence[tuple[int, int]], *, draws: int, seed: int = 0
) -> CanaryTest:
    """As `judge_canary`, with a given number of random rankings of each fold."""
    nulls = [_null(one, draws, seed + place) for place, one in enumerate(counts)]
    p_values = [_p_value(null, value) for null, value in zip(nulls, values, strict=True)]
    return CanaryTest(
        float(np.mean(values)),
        float(np.mean([null.mean() for null in nulls])),
        min(2 * sorted(p_values)[(len(p_values) - 1) // 2], 1.0),
    )


@lru_cache(maxsize=32)  # the canaries of a kind share their labels
def _null(counts: tuple[int, int], draws: int, seed: int) -> NDArray[np.float64]:
    return null_of_counts([counts], draws=draws, seed=seed)


def _p_value(null: NDArray[np.float64], value: float) -> float:
    """Never 0: the canary's own ranking is one of those that may have come."""
    return float((1 + np.count_nonzero(null >= value)) / (1 + len(null)))
