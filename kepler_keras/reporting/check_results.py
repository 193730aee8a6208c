"""The part of the results that says what the checks and canaries found."""

from kepler_keras.evaluation.checks.check import Level, checks, findings
from kepler_keras.evaluation.checks.evidence import Evidence
from kepler_keras.record import Record
from kepler_keras.reporting.result_parts import Part, number


class FindingResult(Part):
    """What one check found; `entries` is empty where it is about the data or the run."""

    code: str
    title: str
    level: Level
    entries: list[str]
    sentence: str


class CanaryResult(Part):
    """One canary; `adjusted_p_value` counts all canaries of the comparison.

    Null (None) where it could not be fitted, as `reason` says.
    """

    kind: str
    entries: list[str]
    pipeline: str
    model: str
    average_precision: float | None
    random_ranking: float | None
    p_value: float | None
    adjusted_p_value: float | None
    reason: str | None


def finding_results(evidence: Evidence) -> list[FindingResult]:
    """All findings: red before warnings before notes, each by code."""
    return [
        FindingResult(
            code=one.code,
            title=one.title,
            level=one.level,
            entries=list(one.entries),
            sentence=one.sentence,
        )
        for one in findings(evidence)
    ]


def silent_checks(found: list[FindingResult]) -> list[tuple[str, str]]:
    """Codes and titles of the checks that found nothing."""
    loud = {one.code for one in found}
    return [(check.code, check.title) for check in checks() if check.code not in loud]


def canary_results(record: Record, evidence: Evidence) -> list[CanaryResult]:
    """All canaries, those that could not be fitted too."""
    canaries = record.diagnostics.canaries
    judged = iter(evidence.canaries)
    results = []
    for run in canaries.runs if canaries else []:
        facts = next(judged) if run.folds else None
        results.append(
            CanaryResult(
                kind=run.kind,
                entries=run.entries,
                pipeline=run.pipeline,
                model=run.model,
                average_precision=number(facts.test.average_precision) if facts else None,
                random_ranking=number(facts.test.null) if facts else None,
                p_value=facts.test.p_value if facts else None,
                adjusted_p_value=facts.adjusted if facts else None,
                reason=run.reason,
            )
        )
    return results
