import pytest

from kepler_keras.evaluation.estimates import Verdict
from kepler_keras.reporting.remedy_results import RemedyResult, SelectionResult
from kepler_keras.reporting.remedy_wording import (
    choice_sentence,
    decided_sentence,
    remedy_name,
    stars,
)
from kepler_keras.reporting.result_parts import MetricResult

NOTHING = MetricResult(mean=0, low=None, high=None, folds=[])


def effect(name: str, verdict: Verdict) -> RemedyResult:
    return RemedyResult(
        entry=f"mlp.{name}",
        against="mlp",
        measure="average_precision",
        difference=NOTHING,
        p_value=None,
        adjusted_p_value=None,
        family_low=None,
        family_high=None,
        verdict=verdict,
        stars_to_decide=None,
    )


def selection(choices: list[str], *, needed: int | None = None) -> SelectionResult:
    return SelectionResult(
        base="mlp",
        choices=choices,
        average_precision=NOTHING,
        difference=NOTHING,
        p_value=None,
        verdict="not decided",
        stars_to_decide=needed,
        sentence="",
    )


def test_an_ablation_is_named_without_its_entry() -> None:
    assert remedy_name("conv1d.focal.noise", "conv1d") == "focal.noise"
    assert remedy_name("mine", "conv1d") == "mine"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (7, "7"),
        (30_412, "31,000"),
        (31_000, "31,000"),
        (999_001, "1,000,000"),
        (1_000_001, "> 1 million"),
    ],
)
def test_stars_are_rounded_up(value, text) -> None:
    assert stars(value) == text


def test_what_is_decided_and_which_way() -> None:
    effects = [
        effect("smote", "better"),
        effect("focal", "worse"),
        effect("adasyn", "worse"),
        effect("output_bias", "equivalent"),
        effect("noise", "not decided"),
    ]
    assert decided_sentence(effects) == (
        "Average precision: 4 of 5 remedies are decided. Better: smote. Worse: focal, adasyn. "
        "No difference that matters: output_bias. Not decided: the other 1."
    )


@pytest.mark.parametrize(
    ("verdicts", "text"),
    [
        (["not decided"] * 2, "none of 2 remedies is decided."),
        (["better", "not decided"], "1 of 2 remedies is decided. Better: r0. Not decided:"),
        (["not decided"], "the one remedy is not decided."),
        (["worse"], "the one remedy is decided. Worse: r0."),
    ],
)
def test_few_and_none_in_words(verdicts, text) -> None:
    effects = [effect(f"r{i}", verdict) for i, verdict in enumerate(verdicts)]
    assert text in decided_sentence(effects)


def test_choices_are_counted() -> None:
    assert choice_sentence(selection(["mlp.smote", "mlp", "mlp.smote"])) == (
        "Validation rows chose smote in 2 of 3 folds, no remedy in 1."
    )
    assert choice_sentence(selection(["mlp"])) == "Validation rows chose no remedy."
