"""The section of the report that shows whether scores are shares of planets."""

from dataclasses import dataclass

from markupsafe import Markup

from kepler_keras.record import Record
from kepler_keras.reporting.calibration_results import CalibrationResult
from kepler_keras.reporting.remedy_pictures import mean_scores_picture
from kepler_keras.reporting.remedy_results import ablations
from kepler_keras.reporting.results import Results


@dataclass(frozen=True)
class CalibrationSection:
    """The entries whose scores were corrected, each behind the entry it stands against.

    Attributes:
        share: Of planets among the test rows, as weighted.
        picture: None where no score was corrected.
        members: Whether in an ensemble each member's scores were corrected by themselves.
        not_applicable: Names of the entries that have no calibration, by the reason.
    """

    rows: tuple[CalibrationResult, ...]
    share: float
    picture: Markup | None
    members: bool
    not_applicable: dict[str, list[str]]


def calibration_section(record: Record, results: Results) -> CalibrationSection | None:
    """The section; None where no score was corrected and all are probabilities."""
    members = [item.entry for item in results.calibration if item.members_corrected]
    corrected = [
        item.entry
        for item in results.calibration
        if item.before is not None or item.members_corrected
    ]
    reasons: dict[str, list[str]] = {}
    for item in results.calibration:
        if item.not_applicable:
            reasons.setdefault(item.not_applicable, []).append(item.entry)
    if not corrected and not reasons:
        return None
    against = ablations(record.experiment)
    shown = {*corrected, *(against[name] for name in corrected if name in against)}
    names = [entry.name for entry in results.entries]
    rows = sorted(
        (item for item in results.calibration if item.entry in shown and item.after is not None),
        key=lambda item: names.index(against.get(item.entry, item.entry)),
    )
    share = _share_of_planets(record)
    picture = mean_scores_picture(rows, share=share) if rows else None
    return CalibrationSection(tuple(rows), share, picture, bool(members), reasons)


def _share_of_planets(record: Record) -> float:
    prevalence = record.experiment.protocol.prevalence
    table = record.predictions
    return prevalence or float(table.loc[table["split"] == "test", "label"].mean())
