"""Measures of scores as probabilities: how far each row, or each group of rows, is off.

Every one is a sum over groups of |sum of the rows' values| over the weight of all rows; but for the
calibration error there is one group and no value is negative, so that it is a mean. Values are NaN
where a score lies outside [0, 1].
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.evaluation.counts import group_sums, ratio
from kepler_keras.evaluation.proportions import clopper_pearson

Floats = NDArray[np.float64]
GROUPS = 10  # of the calibration error
LEAST_SCORE = 1e-15  # a planet at score 0 would cost infinitely much


def probabilities(scores: Floats) -> Floats:
    """The scores, or NaN for all where one lies outside [0, 1]."""
    return scores if ((scores >= 0) & (scores <= 1)).all() else np.full(len(scores), np.nan)


def excess(labels: NDArray[Any], scores: Floats) -> Floats:
    """How far each score is above the label; its mean is the calibration in the large."""
    return np.asarray(probabilities(scores) - (labels == 1))


def squared_error(labels: NDArray[Any], scores: Floats) -> Floats:
    """Of each row; their mean is the Brier score (Brier 1950, Mon. Weather Rev. 78:1)."""
    return excess(labels, scores) ** 2


def surprise(labels: NDArray[Any], scores: Floats) -> Floats:
    """Negative log likelihood in nats, of scores clipped to `LEAST_SCORE` from 0 and 1."""
    clipped = np.clip(probabilities(scores), LEAST_SCORE, 1 - LEAST_SCORE)
    return np.asarray(-np.where(labels == 1, np.log(clipped), np.log1p(-clipped)))


def score_itself(labels: NDArray[Any], scores: Floats) -> Floats:
    """The score, to be held against the share of planets; labels do not count."""
    return probabilities(scores)


def groups_of(scores: Floats) -> NDArray[np.intp]:
    """The one of `GROUPS` groups of equal count by score that each row is in.

    Equal scores stay together, in the group of the middle one. Naeini et al. 2015 (AAAI 29:2901)
    sort scores into ten groups, too; Guo et al. 2017 (ICML 70:1321) take groups of equal width, of
    which rare planets leave most nearly empty.
    """
    ranked = np.sort(scores)
    first, end = (np.searchsorted(ranked, scores, side=side) for side in ("left", "right"))
    return np.asarray((first + end - 1) * GROUPS // (2 * len(scores)))


def mean_value(
    values: Floats, weights: Floats | None = None, group: NDArray[Any] | None = None
) -> Any:
    """Sum over groups of |weighted sum of values| over all weight; by default of one group."""
    one = np.zeros(len(values), np.intp)
    sums = group_sums(values, weights, one if group is None else group, GROUPS)
    whole = group_sums(np.ones(len(values)), weights, one, 1)[0]
    return ratio(np.abs(sums).sum(axis=0), whole)


@dataclass(frozen=True)
class Reliability:
    """The rows of each group of scores, lowest first, each of shape (groups,).

    Attributes:
        score: Mean score.
        planets: How many are planets.
        rows: How many there are.
        low, high: Ends of the 95 % interval of the share of planets (Clopper & Pearson 1934,
            Biometrika 26:404), for rows of one star each.
    """

    score: Floats
    planets: NDArray[np.intp]
    rows: NDArray[np.intp]
    low: Floats
    high: Floats


def reliability_curve(labels: NDArray[Any], scores: Floats) -> Reliability:
    """Mean score and share of planets of the groups that the calibration error is made of."""
    group = groups_of(scores)
    rows = np.bincount(group, minlength=GROUPS)
    kept = rows > 0  # ties may leave a group empty
    planets = np.bincount(group[labels == 1], minlength=GROUPS)[kept]
    total = np.bincount(group, weights=probabilities(scores), minlength=GROUPS)[kept]
    low, high = clopper_pearson(planets, rows[kept])
    return Reliability(total / rows[kept], planets, rows[kept], low, high)
