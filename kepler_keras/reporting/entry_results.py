"""The part of `results.json` about one entry."""

import math
from collections.abc import Iterable

from kepler_keras.evaluation.estimates import Confusion, EntrySummary
from kepler_keras.evaluation.summary import METRICS
from kepler_keras.evaluation.threshold_rules import ThresholdRule
from kepler_keras.experiment import Entry
from kepler_keras.record import FoldFit, ScoreKind
from kepler_keras.reporting.result_parts import MetricResult, Part, metrics_result, number


class ThresholdResult(Part):
    """The score from which on a row is called a planet, one value a fold."""

    rule: str
    folds: list[float | None]


class ConfusionResult(Part):
    """Counts summed over the folds of a repeat, averaged over repeats (hence maybe no integers).

    They are whole rows, never weighted to a prevalence.
    """

    tp: int | float
    fp: int | float
    fn: int | float
    tn: int | float


class EntryResult(Part):
    """One competitor. `train_seconds` is the mean wall time of fitting one fold's model.

    `cpu_seconds` is the mean processor time of it, which other work does not lengthen; None (null)
    where it is unknown for one of the folds. An ensemble's parameters and seconds are those of all
    its members together. Decision values have no calibration: the metrics that `not_applicable`
    names are None (null) all through. The stars are those of test rows with a planet and without;
    `always_no` is the accuracy of calling no row a planet.
    """

    name: str
    model: str
    n_parameters: int | None
    score_kind: ScoreKind
    metrics: dict[str, MetricResult]
    not_applicable: list[str]
    threshold: ThresholdResult
    confusion: ConfusionResult
    planet_stars: int
    other_stars: int
    always_no: float | None
    train_seconds: float | None
    cpu_seconds: float | None


def entry_result(
    entry: Entry, summary: EntrySummary, fits: Iterable[FoldFit], *, rule: ThresholdRule
) -> EntryResult:
    """One entry from its summary and, among `fits`, its own."""
    own = [fit for fit in fits if fit.entry == entry.name]
    seconds = [fit.train_seconds for fit in own]
    cpu = [fit.cpu_seconds for fit in own if fit.cpu_seconds is not None]
    known = bool(cpu) and len(cpu) == len(own)
    kinds = {fit.score_kind for fit in own}
    return EntryResult(
        name=entry.name,
        model=entry.model.name,
        n_parameters=own[0].n_parameters if own else None,
        score_kind="decision" if "decision" in kinds else "probability",
        metrics=metrics_result(summary),
        not_applicable=[name for name in METRICS if name not in summary.metrics],
        threshold=ThresholdResult(
            rule=rule.words, folds=[number(value) for value in summary.thresholds]
        ),
        confusion=_confusion(summary.confusion),
        planet_stars=summary.planet_stars,
        other_stars=summary.other_stars,
        always_no=number(summary.always_no),
        train_seconds=math.fsum(seconds) / len(seconds) if seconds else None,
        cpu_seconds=math.fsum(cpu) / len(cpu) if known else None,
    )


def _confusion(confusion: Confusion) -> ConfusionResult:
    counts = (confusion.tp, confusion.fp, confusion.fn, confusion.tn)
    tp, fp, fn, tn = (int(count) if float(count).is_integer() else count for count in counts)
    return ConfusionResult(tp=tp, fp=fp, fn=fn, tn=tn)
