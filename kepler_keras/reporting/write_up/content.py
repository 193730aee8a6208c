"""All that the texts of a write-up say, once for every language."""

from collections.abc import Sequence
from dataclasses import dataclass

from kepler_keras.record import Record
from kepler_keras.reporting import wording
from kepler_keras.reporting.check_results import FindingResult
from kepler_keras.reporting.remedy_results import ablations
from kepler_keras.reporting.results import Results
from kepler_keras.reporting.write_up.facts import facts_of
from kepler_keras.reporting.write_up.figures import WrittenFigure
from kepler_keras.reporting.write_up.references import PARTS, Reference, references_for
from kepler_keras.reporting.write_up.rows import (
    ResultRow,
    VerdictRow,
    heading,
    measures,
    result_rows,
    shown_pairs,
    verdict_rows,
)


@dataclass(frozen=True)
class Content:
    """What templates are filled from; text is as the user or the evaluation wrote it.

    Attributes:
        headings: Of the columns of results, with `rows`.
        n_ablations: Entries with a remedy, which stand in none of the tables here.
        figures: The files that were drawn.
        cited: The references by the sentence that cites them.
    """

    results: Results
    metric: str
    margin: float
    headings: tuple[str, ...]
    rows: Sequence[ResultRow]
    verdicts: Sequence[VerdictRow]
    n_ablations: int
    protocol: str
    rule: str
    command: str
    figures: Sequence[WrittenFigure]
    references: Sequence[Reference]

    @property
    def one_fold(self) -> bool:
        """Whether there is one test set, which decides nothing."""
        return self.results.protocol.folds == 1

    @property
    def loud(self) -> list[FindingResult]:
        """What the checks found that must be read."""
        return [one for one in self.results.findings if one.level != "note"]

    @property
    def cited(self) -> dict[str, list[str]]:
        """Keys of the references by part; parts without any are left out."""
        keys = {part: [one.key for one in self.references if one.part == part] for part in PARTS}
        return {part: own for part, own in keys.items() if own}


def content_of(record: Record, results: Results, figures: Sequence[WrittenFigure]) -> Content:
    """The content of a record whose entries all take part.

    Args:
        record: The comparison.
        results: Of this record.
        figures: As they were drawn.
    """
    margin = record.experiment.protocol.margin
    return Content(
        results=results,
        metric=wording.METRIC_NAMES[results.primary_metric],
        margin=margin,
        headings=tuple(heading(key) for key in measures(results)),
        rows=result_rows(record, results),
        verdicts=verdict_rows(shown_pairs(record, results)),
        n_ablations=len(ablations(record.experiment)),
        protocol=wording.protocol_sentence(record.experiment),
        rule=wording.verdict_rule(margin),
        command=record.command,
        figures=figures,
        references=references_for(facts_of(record)),
    )
