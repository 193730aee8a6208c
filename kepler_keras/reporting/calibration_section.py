"""The section of the report that shows whether scores are shares of planets."""

from dataclasses import dataclass

from markupsafe import Markup

from kepler_keras.record import Record
from kepler_keras.reporting.calibration_results import CalibrationResult
from kepler_keras.reporting.reliability import reliability_pictures
from kepler_keras.reporting.remedy_pictures import mean_scores_picture
from kepler_keras.reporting.remedy_results import ablations
from kepler_keras.reporting.results import Results


@dataclass(frozen=True)
class CalibrationSection:
    """The entries whose scores were corrected, each behind the entry it stands against.

    Attributes:
        reliability: A diagram of each competitor that has one, by its name.
        share: Of planets among the test rows, as weighted.
        picture: None where no score was corrected.
        members: Whether in an ensemble each member's scores were corrected by themselves.
        not_applicable: Names of the entries that have no calibration, by the reason.
    """

    reliability: dict[str, Markup]
    rows: tuple[CalibrationResult, ...]
    share: float
    picture: Markup | None
    members: bool
    not_applicable: dict[str, list[str]]


def calibration_section(record: Record, results: Results) -> CalibrationSection | None:
    """The section; None where there is nothing to show or to say."""
    members = [item.entry for item in results.calibration if item.members_corrected]
    corrected = [item.entry for item in results.calibration if _is_corrected(item)]
    reasons: dict[str, list[str]] = {}
    for item in results.calibration:
        if item.not_applicable:
            reasons.setdefault(item.not_applicable, []).append(item.entry)
    reliability = reliability_pictures(record)
    if not corrected and not reasons and not reliability:
        return None
    rows = calibration_rows(record, results)
    share = share_of_planets(record)
    picture = mean_scores_picture(rows, share=share) if rows else None
    return CalibrationSection(reliability, rows, share, picture, bool(members), reasons)


def calibration_rows(record: Record, results: Results) -> tuple[CalibrationResult, ...]:
    """The entries whose scores were corrected and those they stand against, these first."""
    corrected = {item.entry for item in results.calibration if _is_corrected(item)}
    against = ablations(record.experiment)
    shown = {*corrected, *(against[name] for name in corrected if name in against)}
    names = [entry.name for entry in results.entries]
    rows = (item for item in results.calibration if item.entry in shown and item.after is not None)
    return tuple(sorted(rows, key=lambda item: names.index(against.get(item.entry, item.entry))))


def _is_corrected(item: CalibrationResult) -> bool:
    return item.before is not None or item.members_corrected


def share_of_planets(record: Record) -> float:
    """Among the test rows, as weighted."""
    prevalence = record.experiment.protocol.prevalence
    table = record.predictions
    return prevalence or float(table.loc[table["split"] == "test", "label"].mean())
