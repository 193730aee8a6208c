"""What the tables of a write-up say, before any language has it."""

from collections.abc import Sequence
from dataclasses import dataclass

from kepler_keras.record import Record
from kepler_keras.reporting.comparison_results import ComparisonResult
from kepler_keras.reporting.entry_results import EntryResult
from kepler_keras.reporting.remedy_results import ablations
from kepler_keras.reporting.results import Results
from kepler_keras.reporting.wording import METRIC_NAMES, count, decimal, interval, p_value

TABLED = ("average_precision", "recall_at_precision", "precision", "recall")


@dataclass(frozen=True)
class Cell:
    """A measure: its value, the counts behind a rate, its interval or why there is none."""

    value: str
    counts: str
    interval: str


@dataclass(frozen=True)
class ResultRow:
    """One entry; a cell for each measure that `measures` names."""

    name: str
    baseline: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class VerdictRow:
    """One pair; the verdict is about the first."""

    first: str
    second: str
    difference: str
    interval: str
    p_value: str
    verdict: str


def competitors(record: Record, results: Results) -> list[EntryResult]:
    """The entries that are no ablations, in the experiment's order."""
    against = ablations(record.experiment)
    return [entry for entry in results.entries if entry.name not in against]


def shown_pairs(record: Record, results: Results) -> list[ComparisonResult]:
    """The pairs of competitors that were asked for: with the baseline, and of questions."""
    names = {entry.name for entry in competitors(record, results)}
    baseline = record.experiment.baseline
    return [
        pair
        for pair in results.comparisons
        if {pair.a, pair.b} <= names
        and (pair.family == "questions" or baseline in (pair.a, pair.b))
    ]


def measures(results: Results) -> tuple[str, ...]:
    """Keys of the measures that the table shows: the primary one first."""
    return tuple(dict.fromkeys((results.primary_metric, *TABLED)))


def result_rows(record: Record, results: Results) -> list[ResultRow]:
    """A row for each competitor."""
    return [
        ResultRow(
            entry.name,
            entry.name == record.experiment.baseline,
            tuple(_cell(entry, key, results.protocol.prevalence) for key in measures(results)),
        )
        for entry in competitors(record, results)
    ]


def verdict_rows(pairs: Sequence[ComparisonResult]) -> list[VerdictRow]:
    """A row for each pair."""
    return [
        VerdictRow(
            pair.a,
            pair.b,
            decimal(pair.shown.mean, sign=True),
            interval(pair.shown.low, pair.shown.high, sign=True),
            p_value(pair.adjusted_p_value),
            pair.verdict,
        )
        for pair in pairs
    ]


def heading(key: str) -> str:
    """Name of a measure at the head of its column."""
    return METRIC_NAMES[key][:1].upper() + METRIC_NAMES[key][1:]


def _cell(entry: EntryResult, key: str, prevalence: float | None) -> Cell:
    """Counts are whole rows: at a stated prevalence precision is another number than theirs."""
    metric, cells = entry.metrics[key], entry.confusion
    rate = key in ("precision", "recall")
    ends = interval(metric.low, metric.high, digits=2 if rate else 3)
    if metric.mean is None:
        ends = ""
    elif metric.low is None:
        ends = "not estimable"
    total = {"precision": cells.tp + cells.fp, "recall": cells.tp + cells.fn}.get(key)
    shown = total is not None and not (key == "precision" and prevalence)
    counts = f"{count(cells.tp)}/{count(total)}" if shown else ""
    return Cell(decimal(metric.mean, digits=2 if rate else 3), counts, ends)
