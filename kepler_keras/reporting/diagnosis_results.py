"""The part of the results that reads bias and variance out of the fits."""

from collections.abc import Sequence

import numpy as np

from kepler_keras.diagnostics import CurvePoint
from kepler_keras.evaluation.checks.evidence import EntryFacts, Evidence
from kepler_keras.evaluation.diagnosis import Diagnosis, Interval, diagnose
from kepler_keras.experiment import Entry
from kepler_keras.record import FoldFit, MemberFit, Record
from kepler_keras.reporting.diagnosis_wording import fit_sentence
from kepler_keras.reporting.result_parts import IntervalResult, Part, number


class DiagnosisResult(Part):
    """Level, gap and slope of one entry, all of average precision, and what they say.

    `slope` is the rise from the largest share of the stars below 1 to all of them; None (null)
    where no curve was asked for.
    """

    entry: str
    train: float | None
    test: float | None
    gap: IntervalResult
    fit: str
    slope: IntervalResult | None
    data: str | None
    sentence: str


def diagnosis_results(record: Record, evidence: Evidence) -> list[DiagnosisResult]:
    """One of each competitor that learns, and whose training rows were scored."""
    results = []
    entries = {entry.name: entry for entry in record.experiment.entries}
    for facts in evidence.judged:
        train, test = facts.train_average_precision, evidence.average_precision(facts)
        if not facts.competitor or len(train) != len(test) or np.isnan([*train, *test]).any():
            continue
        entry = entries[facts.name]
        diagnosis = diagnose(
            train,
            test.tolist(),
            test_share=evidence.test_share,
            n_planets=evidence.n_planets,
            smaller=_smaller(facts, record),
            at_last_epoch=_at_last_epoch(entry, record.fits),
        )
        results.append(_result(facts.name, diagnosis))
    return results


def curve_of(entry: str, points: Sequence[CurvePoint]) -> dict[float, list[CurvePoint]]:
    """The points of an entry by share, of those shares that could be fitted on every fold."""
    shares: dict[float, list[CurvePoint]] = {}
    for point in points:
        if point.entry == entry:
            shares.setdefault(point.share, []).append(point)
    return {
        share: sorted(own, key=lambda point: point.fold)
        for share, own in sorted(shares.items())
        if all(point.average_precision is not None for point in own)
    }


def _smaller(facts: EntryFacts, record: Record) -> tuple[float, list[float], list[float]] | None:
    """The last share below 1, what it gave, and what all stars gave, fold by fold."""
    if record.diagnostics.learning_curve is None:
        return None
    curve = curve_of(facts.name, record.diagnostics.learning_curve.points)
    below = [share for share in curve if share < 1]
    if not below or 1.0 not in curve:
        return None
    less, whole = (
        [point.average_precision or 0.0 for point in curve[share]] for share in (below[-1], 1.0)
    )
    return below[-1], less, whole


def _at_last_epoch(entry: Entry, fits: Sequence[FoldFit]) -> int:
    """Folds in which a fit's best epoch was the last allowed."""
    own = [fit for fit in fits if fit.entry == entry.name]
    every: list[list[FoldFit | MemberFit]] = [[*fit.members] or [fit] for fit in own]
    return sum(any(one.epochs == entry.training.epochs for one in fold) for fold in every)


def _result(name: str, diagnosis: Diagnosis) -> DiagnosisResult:
    return DiagnosisResult(
        entry=name,
        train=number(diagnosis.train),
        test=number(diagnosis.test),
        gap=_interval(diagnosis.gap),
        fit=diagnosis.fit,
        slope=_interval(diagnosis.slope) if diagnosis.slope else None,
        data=diagnosis.data,
        sentence=fit_sentence(name, diagnosis),
    )


def _interval(value: Interval) -> IntervalResult:
    return IntervalResult(mean=number(value.mean), low=number(value.low), high=number(value.high))
