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
    """

    rows: tuple[CalibrationResult, ...]
    share: float
    picture: Markup


def calibration_section(record: Record, results: Results) -> CalibrationSection | None:
    """The section; None where no score was corrected."""
    corrected = [item.entry for item in results.calibration if item.before is not None]
    if not corrected:
        return None
    against = ablations(record.experiment)
    shown = {*corrected, *(against[name] for name in corrected if name in against)}
    names = [entry.name for entry in results.entries]
    rows = sorted(
        (item for item in results.calibration if item.entry in shown),
        key=lambda item: names.index(against.get(item.entry, item.entry)),
    )
    share = _share_of_planets(record)
    return CalibrationSection(tuple(rows), share, mean_scores_picture(rows, share=share))


def _share_of_planets(record: Record) -> float:
    prevalence = record.experiment.protocol.prevalence
    table = record.predictions
    return prevalence or float(table.loc[table["split"] == "test", "label"].mean())
