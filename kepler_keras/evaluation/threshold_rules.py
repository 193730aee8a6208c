"""Which score of the validation rows becomes the threshold, as a rule that is stated beforehand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kepler_keras.evaluation.thresholds import (
    ThresholdCurve,
    best_f_beta_threshold,
    least_cost_threshold,
    precision_threshold,
)

Floats = NDArray[np.float64]
RuleKind = Literal["f_beta", "precision", "missed_cost", "given"]


@dataclass(frozen=True)
class ThresholdRule:
    """A rule and its number.

    Attributes:
        kind: ``f_beta``: the highest F-beta; ``precision``: the highest recall at that precision;
            ``missed_cost``: the least cost, a missed planet costing so many false alarms;
            ``given``: the number itself, whatever the rows say.
        value: Beta, precision, cost or the threshold.
    """

    kind: RuleKind
    value: float

    def threshold(
        self, labels: NDArray[Any], scores: Floats, *, prevalence: float | None = None
    ) -> float:
        """The threshold of one fold.

        Args:
            labels: Of the validation rows, shape (n,), n > 0.
            scores: Shape (n,).
            prevalence: The share of planets that is meant; None takes that of the rows.
        """
        match self.kind:
            case "f_beta":
                return best_f_beta_threshold(labels, scores, beta=self.value, prevalence=prevalence)
            case "precision":
                return precision_threshold(
                    labels, scores, precision=self.value, prevalence=prevalence
                )
            case "missed_cost":
                return least_cost_threshold(
                    labels, scores, missed=self.value, prevalence=prevalence
                )
            case "given":
                return self.value

    def objective(self, curve: ThresholdCurve) -> Floats | None:
        """What the rule looks at, at each threshold of the curve; None where it has no such value.

        F-beta; or the cost as a share of that of calling nothing a planet. The rule on precision
        looks at precision and recall themselves.
        """
        if self.kind == "f_beta":
            return curve.f_beta(self.value)
        if self.kind == "missed_cost":
            return curve.cost(self.value) / (self.value * curve.planets)
        return None

    @property
    def words(self) -> str:
        """The rule in words, as they stand behind "the threshold is that of"."""
        match self.kind:
            case "f_beta":
                name = "F1" if self == BEST_F1 else f"F-beta with beta {self.value:g}"
                return f"best {name} on validation rows"
            case "precision":
                return f"highest recall at a precision of {self.value:g} on validation rows"
            case "missed_cost":
                return (
                    "least cost on validation rows, where a missed planet costs "
                    f"{self.value:g} false alarms"
                )
            case "given":
                return f"given beforehand: {self.value:g}"


BEST_F1 = ThresholdRule("f_beta", 1.0)


@dataclass(frozen=True)
class MeanCurve:
    """What thresholds would give on the validation rows, each the mean over folds.

    Attributes:
        thresholds: From the lowest up, shape (m,).
        precision: NaN from where on no fold calls a row.
        recall: Shape (m,).
        objective: What the rule looks at, shape (m,), or None.
    """

    thresholds: Floats
    precision: Floats
    recall: Floats
    objective: Floats | None


def mean_curve(
    curves: Sequence[ThresholdCurve], thresholds: Floats, rule: ThresholdRule
) -> MeanCurve:
    """The curves of all folds at common thresholds, averaged; rows of folds are never pooled.

    A fold that calls no row at a threshold has no precision there and is left out of that mean.

    Args:
        curves: One a fold, from its validation rows.
        thresholds: Rising, shape (m,).
        rule: What it looks at is averaged too.
    """
    folds = [_at(curve, thresholds) for curve in curves]
    objectives = [rule.objective(fold) for fold in folds]
    precision = np.array([fold.precision for fold in folds])
    known = np.isfinite(precision)
    n = known.sum(axis=0)
    total = np.where(known, precision, 0.0).sum(axis=0)
    return MeanCurve(
        thresholds=thresholds,
        precision=np.divide(total, n, out=np.full(len(thresholds), np.nan), where=n > 0),
        recall=np.mean([fold.recall for fold in folds], axis=0),
        objective=_mean(objectives),
    )


def _mean(values: Sequence[Floats | None]) -> Floats | None:
    known = [value for value in values if value is not None]
    return np.asarray(np.mean(known, axis=0)) if known else None


def _at(curve: ThresholdCurve, thresholds: Floats) -> ThresholdCurve:
    """The same rows, called at other thresholds: a row is called from its score downwards."""
    place = np.searchsorted(-curve.thresholds, -thresholds, side="right")
    tp, fp = (np.append(0.0, counts)[place] for counts in (curve.tp, curve.fp))
    return ThresholdCurve(thresholds, tp, fp, curve.planets)
