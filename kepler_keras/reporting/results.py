"""`results.json`: every number of a comparison, in one file that other programs can read."""

from collections.abc import Mapping, Sequence
from typing import Literal

from kepler_keras.evaluation.comparison import compare
from kepler_keras.evaluation.estimates import Comparison, EntrySummary
from kepler_keras.evaluation.summary import summarise
from kepler_keras.evaluation.tested import what_is_tested
from kepler_keras.evaluation.verdict_words import overall_verdict
from kepler_keras.experiment import Experiment
from kepler_keras.record import Environment, LeftOut, Record
from kepler_keras.reporting.calibration_results import CalibrationResult, calibration_results
from kepler_keras.reporting.check_results import (
    CanaryResult,
    FindingResult,
    canary_results,
    finding_results,
)
from kepler_keras.reporting.comparison_results import ComparisonResult, comparison_result
from kepler_keras.reporting.diagnosis_results import DiagnosisResult, diagnosis_results
from kepler_keras.reporting.entries import (
    decision_entries,
    taking_part,
    threshold_rules,
    warnings_of,
)
from kepler_keras.reporting.entry_results import EntryResult, entry_result
from kepler_keras.reporting.evidence import evidence_of
from kepler_keras.reporting.member_results import MemberResult, member_results
from kepler_keras.reporting.power_results import PowerResult, power_result
from kepler_keras.reporting.question_results import AnswerResult, answers
from kepler_keras.reporting.remedy_results import (
    RemedyResult,
    SelectionResult,
    ablations,
    remedy_results,
    selection_results,
    thinned_test_share,
)
from kepler_keras.reporting.result_parts import Part
from kepler_keras.reporting.strata_results import StratumResult, strata_results
from kepler_keras.reporting.tuning_results import TuningResult, tuning_results


class DataResult(Part):
    """The data set; stars count once however many curves they have."""

    source: str
    n_examples: int
    n_positive: int
    n_stars: int
    n_positive_stars: int
    fingerprint: str


class ProtocolResult(Part):
    """How the data were split; a given split has one fold and one repeat.

    `prevalence` is the share of planets that all measures hold at; None (null): each fold's own.
    """

    split: Literal["kfold", "given"]
    folds: int
    repeats: int
    seed: int
    grouped_by: Literal["star"]
    threads: int
    prevalence: float | None


class Results(Part):
    """The whole file. Warnings stand at the head of the report, notes beside the data.

    Who stands in `left_out` stands nowhere else.
    """

    experiment: str
    question: str
    quick: bool
    primary_metric: str
    data: DataResult
    protocol: ProtocolResult
    entries: list[EntryResult]
    left_out: list[LeftOut]
    comparisons: list[ComparisonResult]
    power: PowerResult
    remedies: list[RemedyResult]
    selection: list[SelectionResult]
    calibration: list[CalibrationResult]
    members: list[MemberResult]
    answers: list[AnswerResult]
    tunings: list[TuningResult]
    findings: list[FindingResult]
    canaries: list[CanaryResult]
    diagnoses: list[DiagnosisResult]
    strata: list[StratumResult]
    verdict: str
    warnings: list[str]
    notes: list[str]
    environment: Environment


def results_json(results: Results) -> str:
    """The text of `results.json`: keys in the order of the schema, null where undefined."""
    return results.model_dump_json(indent=1) + "\n"


def summarise_record(record: Record) -> dict[str, EntrySummary]:
    """All measures of every entry that takes part, in the experiment's order."""
    record = taking_part(record)
    prevalence = record.experiment.protocol.prevalence
    summaries = summarise(
        record.predictions,
        prevalence=prevalence,
        decision=decision_entries(record),
        rules=threshold_rules(record),
    )
    return {entry.name: summaries[entry.name] for entry in record.experiment.entries}


def build_results(record: Record) -> Results:
    """Evaluates a record: nothing but the record decides what comes out."""
    record = taking_part(record)
    experiment = record.experiment
    protocol = experiment.protocol
    summaries = summarise_record(record)
    rules = threshold_rules(record)
    about = what_is_tested(
        record.predictions,
        metric=protocol.primary_metric,
        margin=protocol.margin,
        test_share=thinned_test_share(record),
    )
    comparisons = compare(
        record.predictions,
        summaries,
        primary_metric=protocol.primary_metric,
        margin=protocol.margin,
        baseline=experiment.baseline,
        prevalence=protocol.prevalence,
        rules=rules,
        against=ablations(experiment),
        questions=[(question.better, question.than) for question in experiment.questions],
        test_share=thinned_test_share(record),
    )
    evidence = evidence_of(record)
    data = {name: getattr(record.data, name) for name in DataResult.model_fields}
    return Results(
        experiment=experiment.name,
        question=experiment.question,
        quick=record.quick,
        primary_metric=protocol.primary_metric,
        data=DataResult(**data),
        protocol=_protocol(record),
        entries=[
            entry_result(entry, summaries[entry.name], record.fits, rule=rules[entry.name])
            for entry in experiment.entries
        ],
        left_out=record.left_out,
        comparisons=[comparison_result(comparison) for comparison in comparisons],
        power=power_result(record.predictions, comparisons, about),
        remedies=remedy_results(record, summaries),
        selection=selection_results(record, prevalence=protocol.prevalence),
        calibration=calibration_results(record, summaries),
        members=member_results(record),
        answers=answers(
            experiment,
            comparisons,
            n_stars=about.n_stars,
            n_planets=about.n_planets,
        ),
        tunings=tuning_results(record),
        findings=finding_results(evidence),
        canaries=canary_results(record, evidence),
        diagnoses=diagnosis_results(record, evidence),
        strata=strata_results(record, summaries),
        verdict=_verdict(experiment, comparisons, summaries),
        warnings=warnings_of(record),
        notes=record.data.notes,
        environment=record.environment,
    )


def tested_stars(record: Record) -> int:
    """How many stars stand in tests."""
    tests = record.predictions["split"] == "test"
    return int(record.predictions.loc[tests, "star"].nunique())


def _verdict(
    experiment: Experiment,
    comparisons: Sequence[Comparison],
    summaries: Mapping[str, EntrySummary],
) -> str:
    """The verdict on the competitors.

    An entry with data options of its own is the control of another entry on other data: it has a
    table of its own in the report and takes no place in the ranking; so has an ablation, which is
    judged against its own entry.
    """
    controls = {entry.name for entry in experiment.entries if entry.data_options or entry.against}
    return overall_verdict(
        [pair for pair in comparisons if not {pair.a, pair.b} & controls],
        {name: summary for name, summary in summaries.items() if name not in controls},
        baseline=experiment.baseline,
        primary_metric=experiment.protocol.primary_metric,
    )


def _protocol(record: Record) -> ProtocolResult:
    protocol = record.experiment.protocol
    given = protocol.split == "given"
    return ProtocolResult(
        split=protocol.split,
        folds=1 if given else protocol.folds,
        repeats=1 if given else protocol.repeats,
        seed=protocol.seed,
        grouped_by="star",
        threads=protocol.threads,
        prevalence=protocol.prevalence,
    )
