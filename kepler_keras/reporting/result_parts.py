"""What all parts of `results.json` are made of."""

import math

from pydantic import BaseModel, ConfigDict

from kepler_keras.evaluation.estimates import EntrySummary, Estimate
from kepler_keras.evaluation.summary import METRICS


class Part(BaseModel):
    """Base of every part of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


class IntervalResult(Part):
    """A value with its 95 % interval; None (null) where undefined."""

    mean: float | None
    low: float | None
    high: float | None


class MetricResult(IntervalResult):
    """A measure; `folds` is in the order repeat 0 fold 0, repeat 0 fold 1, ...

    `reason` says why there is no interval, and is empty where there is one.
    """

    folds: list[float | None]
    reason: str = ""


def interval_result(estimate: Estimate) -> IntervalResult:
    """An estimate without its folds."""
    return IntervalResult(
        mean=number(estimate.mean), low=number(estimate.low), high=number(estimate.high)
    )


def metric_result(estimate: Estimate) -> MetricResult:
    """An estimate with its folds."""
    folds = [number(value) for value in estimate.folds]
    ends = interval_result(estimate).model_dump()
    return MetricResult(**ends, folds=folds, reason=estimate.reason)


def metrics_result(summary: EntrySummary) -> dict[str, MetricResult]:
    """All measures of an entry by name; those that its scores do not have hold None (null)."""
    n_folds = len(summary.thresholds)
    nothing = MetricResult(mean=None, low=None, high=None, folds=[None] * n_folds)
    known = {name: metric_result(estimate) for name, estimate in summary.metrics.items()}
    return {name: known.get(name, nothing) for name in METRICS}


def number(value: float) -> float | None:
    """JSON knows no NaN."""
    return float(value) if math.isfinite(value) else None
