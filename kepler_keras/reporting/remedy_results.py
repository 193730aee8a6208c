"""The parts of `results.json` about remedies: what each buys, and what a choice among them buys."""

from collections.abc import Mapping

from kepler_keras.evaluation.estimates import EntrySummary, Verdict
from kepler_keras.evaluation.remedies import remedy_effects
from kepler_keras.evaluation.selection import select_by_validation
from kepler_keras.evaluation.tested import what_is_tested
from kepler_keras.experiment import Experiment
from kepler_keras.record import Record
from kepler_keras.reporting.result_parts import MetricResult, Part, metric_result, number

PARTS = ("train", "validation", "test")


class RemedyResult(Part):
    """What a remedy changed of one measure; the difference is `entry` minus `against`.

    `adjusted_p_value` (Holm), `family_low` and `family_high` (Bonferroni) and the verdict hold for
    all pairs of the same measure together; the difference's own interval and `p_value` for this
    pair alone. `stars_to_decide` is None (null) where it is decided, or no number would do.
    """

    entry: str
    against: str
    measure: str
    difference: MetricResult
    p_value: float | None
    adjusted_p_value: float | None
    family_low: float | None
    family_high: float | None
    verdict: Verdict
    stars_to_decide: int | None


class SelectionResult(Part):
    """An entry with the remedy that validation chose in each fold, against the entry itself.

    `average_precision` is that of the chosen ones; `choices` is in the order of its `folds`.
    """

    base: str
    choices: list[str]
    average_precision: MetricResult
    difference: MetricResult
    p_value: float | None
    verdict: Verdict
    stars_to_decide: int | None
    sentence: str


def ablations(experiment: Experiment) -> dict[str, str]:
    """The entry of each ablation, in the experiment's order."""
    return {entry.name: entry.against for entry in experiment.entries if entry.against is not None}


def thinned_test_share(record: Record) -> float | None:
    """n_test / n_train of folds thinned to a prevalence; None for whole ones.

    Thinning leaves tests whole, so that fewer rows train for each that is tested.
    """
    if record.experiment.protocol.prevalence is None:
        return None
    rows = {name: sum(p.n_examples for p in record.parts if p.part == name) for name in PARTS}
    return rows["test"] / (rows["train"] + rows["validation"])


def remedy_results(record: Record, summaries: Mapping[str, EntrySummary]) -> list[RemedyResult]:
    """What every remedy changed; empty where the experiment has no ablations.

    Args:
        record: The comparison.
        summaries: Of its predictions.
    """
    margin, share = record.experiment.protocol.margin, thinned_test_share(record)
    about = what_is_tested(
        record.predictions, metric="average_precision", margin=margin, test_share=share
    )
    effects = remedy_effects(
        summaries,
        ablations(record.experiment),
        n_folds=about.n_folds,
        n_stars=about.n_stars,
        n_planets=about.n_planets,
        margin=margin,
        test_share=share,
    )
    return [
        RemedyResult(
            entry=effect.entry,
            against=effect.against,
            measure=effect.measure,
            difference=metric_result(effect.difference),
            p_value=number(effect.p_value),
            adjusted_p_value=number(effect.adjusted_p_value),
            family_low=number(effect.family_low),
            family_high=number(effect.family_high),
            verdict=effect.verdict,
            stars_to_decide=effect.stars_to_decide,
        )
        for effect in effects
    ]


def selection_results(record: Record, *, prevalence: float | None = None) -> list[SelectionResult]:
    """What choosing by validation changed, one for each entry that has ablations.

    Args:
        record: The comparison.
        prevalence: The share of planets that its summaries were made at; None is each fold's own.
    """
    selections = select_by_validation(
        record.predictions,
        ablations(record.experiment),
        margin=record.experiment.protocol.margin,
        prevalence=prevalence,
        test_share=thinned_test_share(record),
    )
    return [
        SelectionResult(
            base=item.base,
            choices=list(item.choices),
            average_precision=metric_result(item.average_precision),
            difference=metric_result(item.difference),
            p_value=number(item.p_value),
            verdict=item.verdict,
            stars_to_decide=item.stars_to_decide,
            sentence=item.sentence,
        )
        for item in selections
    ]
