"""The threshold of a fold, chosen on its validation rows and on nothing else.

Each rule takes labels and scores of validation rows and gives the score at or above which a row is
called a planet: one of the scores, of equally good ones the highest.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.evaluation.counts import counts_by_score, ratio
from kepler_keras.evaluation.prevalence import others_weight
from kepler_keras.evaluation.ranking import ROUNDING

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ThresholdCurve:
    """What every threshold would give on the rows that one is chosen from.

    Attributes:
        thresholds: The distinct scores, from the highest down, shape (m,).
        tp, fp: Counts at or above each, fp weighted to the prevalence.
        planets: How many planets there are.
    """

    thresholds: Floats
    tp: Floats
    fp: Floats
    planets: float

    @property
    def precision(self) -> Floats:
        """Share of planets among the rows called so."""
        return np.asarray(ratio(self.tp, self.tp + self.fp))

    @property
    def recall(self) -> Floats:
        """Share of the planets that is called so; NaN without a planet."""
        return np.asarray(ratio(self.tp, np.full_like(self.tp, self.planets)))

    def f_beta(self, beta: float) -> Floats:
        """F-beta at each threshold."""
        weight = beta**2
        return np.asarray((1 + weight) * self.tp / (self.tp + self.fp + weight * self.planets))

    def cost(self, missed: float) -> Floats:
        """Cost in false alarms, where a missed planet costs as much as `missed` of them."""
        return np.asarray(missed * (self.planets - self.tp) + self.fp)


def threshold_curve(
    labels: NDArray[Any], scores: Floats, *, prevalence: float | None = None
) -> ThresholdCurve:
    """Counts at every threshold.

    Args:
        labels: Shape (n,), n > 0.
        scores: Shape (n,).
        prevalence: The share of planets that is meant; None takes that of the rows.
    """
    counts = counts_by_score(labels, scores)
    fp = counts.fp if prevalence is None else counts.fp * others_weight(labels, prevalence)
    return ThresholdCurve(np.unique(scores)[::-1], counts.tp, fp, float(counts.tp[-1]))


def best_f_beta_threshold(
    labels: NDArray[Any], scores: Floats, *, beta: float, prevalence: float | None = None
) -> float:
    """The threshold of the highest F-beta; without a planet all are 0 and it is the highest score.

    Args:
        labels: Shape (n,), n > 0.
        scores: Shape (n,).
        beta: How many times as much recall counts as precision, > 0.
        prevalence: The share of planets that is meant; None takes that of the rows.
    """
    curve = threshold_curve(labels, scores, prevalence=prevalence)
    return float(curve.thresholds[np.argmax(curve.f_beta(beta))])


def best_f1_threshold(
    labels: NDArray[Any], scores: Floats, *, prevalence: float | None = None
) -> float:
    """`best_f_beta_threshold` with recall and precision of equal weight."""
    return best_f_beta_threshold(labels, scores, beta=1.0, prevalence=prevalence)


def precision_threshold(
    labels: NDArray[Any], scores: Floats, *, precision: float, prevalence: float | None = None
) -> float:
    """The threshold of the highest recall whose precision is at least `precision`.

    Where none reaches it, the one of the highest precision.

    Args:
        labels: Shape (n,), n > 0.
        scores: Shape (n,).
        precision: The least, in (0, 1].
        prevalence: The share of planets that is meant; None takes that of the rows.
    """
    curve = threshold_curve(labels, scores, prevalence=prevalence)
    enough = curve.precision >= precision - ROUNDING
    if not enough.any():
        return float(curve.thresholds[np.argmax(np.nan_to_num(curve.precision))])
    return float(curve.thresholds[np.argmax(np.where(enough, curve.tp, -1.0))])


def least_cost_threshold(
    labels: NDArray[Any], scores: Floats, *, missed: float, prevalence: float | None = None
) -> float:
    """The threshold of the least cost, a missed planet costing as much as `missed` false alarms.

    Args:
        labels: Shape (n,), n > 0.
        scores: Shape (n,).
        missed: > 0.
        prevalence: The share of planets that is meant; None takes that of the rows.
    """
    curve = threshold_curve(labels, scores, prevalence=prevalence)
    return float(curve.thresholds[np.argmin(curve.cost(missed))])
