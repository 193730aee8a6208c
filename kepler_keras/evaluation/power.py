"""What so many planets can decide at all, before anybody looks at who is better."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, stats

from kepler_keras.evaluation.beside import mcnemar_p
from kepler_keras.evaluation.tested import Tested
from kepler_keras.evaluation.verdicts import ERROR_RATE, NO_SPREAD, corrected_error

POWER = 0.8
RECALLS = (0.5, 0.9)


@dataclass(frozen=True)
class Range:
    """The fewest and the most of something in a test fold."""

    fewest: int
    most: int


@dataclass(frozen=True)
class RecallWidth:
    """The exact 95 % interval of a recall of `found` in all planets."""

    found: int
    low: float
    high: float


@dataclass(frozen=True)
class PowerCard:
    """What the tests can decide.

    Attributes:
        n_stars: In the tests of a repeat.
        n_planets: Those of them with a planet.
        stars_per_fold: In a test fold.
        planets_per_fold: In a test fold.
        recalls: Intervals of a recall of about 0.5 and 0.9.
        half_width: Of the corrected interval of a difference of the primary measure, median over
            pairs; None where there is none.
        smallest_difference: True difference that one pair by itself would show with 80 %.
        mcnemar_floor: The smallest p-value that McNemar's test of the planets can give.
        mcnemar_planets: So many planets, all found by the same one of two entries only, make it
            less than 0.05; None where all planets are too few.
    """

    n_stars: int
    n_planets: int
    stars_per_fold: Range
    planets_per_fold: Range
    recalls: tuple[RecallWidth, ...]
    half_width: float | None
    smallest_difference: float | None
    mcnemar_floor: float
    mcnemar_planets: int | None


def power_card(
    predictions: pd.DataFrame, differences: Sequence[Sequence[float]], about: Tested
) -> PowerCard:
    """The power card of a comparison.

    Args:
        predictions: As `evaluation.predictions` describes it.
        differences: Of the folds, one sequence a pair.
        about: What the pairs are tested on.
    """
    tests = predictions[predictions["split"] == "test"]
    tests = tests[tests["entry"] == tests["entry"].iloc[0]]
    n = about.n_planets
    half_width, smallest = _of_typical_pair(differences, about)
    needed = next(k for k in range(1, 100) if mcnemar_p(k, 0) < ERROR_RATE)
    return PowerCard(
        n_stars=about.n_stars,
        n_planets=n,
        stars_per_fold=_range(tests),
        planets_per_fold=_range(tests[tests["label"] == 1]),
        recalls=tuple(recall_width(round(share * n), n) for share in RECALLS),
        half_width=half_width,
        smallest_difference=smallest,
        mcnemar_floor=mcnemar_p(n, 0),
        mcnemar_planets=needed if needed <= n else None,
    )


def _range(rows: pd.DataFrame) -> Range:
    counts = rows.groupby(["repeat", "fold"])["star"].nunique()
    return Range(int(counts.min()), int(counts.max()))


def recall_width(found: int, n: int) -> RecallWidth:
    """The exact interval of Clopper & Pearson 1934 (Biometrika 26:404)."""
    interval = stats.binomtest(found, n).proportion_ci(0.95, method="exact")
    return RecallWidth(found, float(interval.low), float(interval.high))


def _of_typical_pair(
    differences: Sequence[Sequence[float]], about: Tested
) -> tuple[float | None, float | None]:
    """Half-width of the interval and smallest difference, at the median error over pairs."""
    usable = [d for d in differences if len(d) > 1 and np.ptp(d) > NO_SPREAD]  # NaN is none, too
    if not usable:
        return None, None
    share, n = about.test_share, about.n_planets
    found = [corrected_error(d, test_share=share, n_planets=n) for d in usable]
    error, freedom = float(np.median([one for one, _ in found])), found[0][1]
    half_width = float(stats.t.ppf(1 - ERROR_RATE / 2, freedom)) * error
    return half_width, error * detectable(freedom)


def detectable(freedom: int) -> float:
    """The true difference in standard errors that a two-sided t-test finds with 80 %.

    With a true difference its statistic has the noncentral t-distribution, whose other tail is
    too far off to count.
    """
    critical = float(stats.t.ppf(1 - ERROR_RATE / 2, freedom))

    def missed(size: float) -> float:
        return float(stats.nct.sf(critical, freedom, size)) - POWER

    return float(optimize.brentq(missed, 0.0, 2 * critical))
