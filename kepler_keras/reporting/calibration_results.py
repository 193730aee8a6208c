"""The part of `results.json` about calibration: whether scores are shares of planets."""

from collections.abc import Mapping

from kepler_keras.evaluation.calibration import UNCORRECTED
from kepler_keras.evaluation.estimates import EntrySummary, Estimate
from kepler_keras.evaluation.summary import CALIBRATION
from kepler_keras.evaluation.uncorrected import calibration_before
from kepler_keras.record import Record
from kepler_keras.reporting.entries import decision_entries
from kepler_keras.reporting.result_parts import IntervalResult, Part, interval_result

NOT_APPLICABLE = "not applicable: scores are decision values"


class CalibrationMeasures(Part):
    """Three measures at the prevalence of the comparison.

    `mean_score` is to be held against the share of planets, which it equals where scores are
    shares.
    """

    mean_score: IntervalResult
    calibration_error: IntervalResult
    log_loss: IntervalResult
    brier: IntervalResult


class CalibrationResult(Part):
    """An entry's calibration as its models left it, and after the correction for its remedy.

    `before` is None (null) where nothing was corrected, and in an ensemble, where each member is
    corrected by itself, before the mean: then `members_corrected` says so. Where the scores are
    decision values, both are None, and `not_applicable` says so; else that is None (null).
    """

    entry: str
    before: CalibrationMeasures | None
    after: CalibrationMeasures | None
    members_corrected: bool
    not_applicable: str | None


def calibration_results(
    record: Record, summaries: Mapping[str, EntrySummary]
) -> list[CalibrationResult]:
    """The calibration of every entry, in the order of `summaries`."""
    decision = decision_entries(record)
    fits = [fit for fit in record.fits if fit.entry not in decision]
    before = calibration_before(
        record.predictions,
        {(fit.entry, fit.repeat, fit.fold): fit.correction for fit in fits},
        prevalence=record.experiment.protocol.prevalence,
    )
    members_corrected = {
        fit.entry for fit in fits if any(one.correction != UNCORRECTED for one in fit.members)
    }
    return [
        CalibrationResult(
            entry=name,
            before=_measures(before[name]) if name in before else None,
            after=None if name in decision else _measures(summary.metrics),
            members_corrected=name in members_corrected,
            not_applicable=NOT_APPLICABLE if name in decision else None,
        )
        for name, summary in summaries.items()
    ]


def _measures(metrics: Mapping[str, Estimate]) -> CalibrationMeasures:
    return CalibrationMeasures(**{name: interval_result(metrics[name]) for name in CALIBRATION})
