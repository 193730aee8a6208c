"""Scores that only rank: everything about their order is theirs, nothing about their size."""

import numpy as np
import pytest
from made_up_predictions import folds, random_table, table

from kepler_keras.evaluation.comparison import compare
from kepler_keras.evaluation.displays import PrecisionRecallDisplay, RocDisplay
from kepler_keras.evaluation.estimates import EntrySummary
from kepler_keras.evaluation.predictions import check_predictions
from kepler_keras.evaluation.remedies import remedy_effects
from kepler_keras.evaluation.selection import select_by_validation
from kepler_keras.evaluation.summary import (
    CALIBRATION,
    METRICS,
    folds_of,
    statistics,
    summarise,
)

ORDER = [name for name in METRICS if name not in CALIBRATION]
# The threshold is the value of the validation planet, 40; fold 0: tp 1, fp 1, fn 1, tn 1.
TYPED = [([1, 0, 1, 0], [900.0, 80.0, -3.0, -1000.0]), ([1, 0, 0, 0], [41.0, 39.0, -1.0, -7.0])]


def typed():
    rows = table(*folds("a", TYPED))
    validation = rows["split"] == "validation"
    return rows.assign(score=rows["score"].where(~validation, rows["label"] * 80.0 - 40))


def of_any_size(rows, names):
    """Log-odds in hundreds, in the place of the probabilities of some entries."""
    mine = rows["entry"].isin(names)
    log_odds = 300 * np.log(rows["score"] / (1 - rows["score"]))
    return rows.assign(score=rows["score"].where(~mine, log_odds))


def calibration_measures(summary: EntrySummary) -> set[str]:
    return set(CALIBRATION) & set(summary.metrics)


def test_order_and_threshold_are_worked_out_by_hand() -> None:
    summary = summarise(typed(), decision={"a"}, draws=20)["a"]
    assert summary.thresholds == (40, 40)
    assert summary.metrics["average_precision"].folds == pytest.approx([5 / 6, 1])
    assert summary.metrics["roc_auc"].folds == pytest.approx([3 / 4, 1])
    cells = summary.confusion
    assert (cells.tp, cells.fp, cells.fn, cells.tn) == (2, 1, 1, 4)
    assert summary.metrics["f1"].mean == pytest.approx(2 / 3)


@pytest.mark.parametrize("prevalence", [None, 0.02])
def test_everything_about_the_order_is_as_of_probabilities(prevalence) -> None:
    rows = random_table({"a": 1.5}, repeats=2)
    plain = summarise(rows, prevalence=prevalence, draws=50)["a"]
    sized = of_any_size(rows, ["a"])
    check_predictions(sized)
    assert not sized["score"].between(0, 1).all()
    summary = summarise(sized, prevalence=prevalence, decision={"a"}, draws=50)["a"]
    assert list(summary.metrics) == ORDER
    assert repr(summary.metrics) == repr({name: plain.metrics[name] for name in ORDER})
    assert summary.confusion == plain.confusion
    for display in (PrecisionRecallDisplay, RocDisplay):
        shown, expected = (display(part, prevalence=prevalence) for part in (sized, rows))
        np.testing.assert_array_equal(shown.curves["a"], expected.curves["a"])
        assert shown.values == expected.values


def test_decision_values_between_0_and_1_have_no_calibration_either() -> None:
    """The planted fault: by their size alone these would pass for probabilities."""
    rows = random_table({"a": 1.5, "b": 1.5})
    mistaken = summarise(rows, draws=5)
    assert calibration_measures(mistaken["a"]) == set(CALIBRATION)
    told = summarise(rows, decision={"a"}, draws=5)
    assert calibration_measures(told["a"]) == set()
    assert told["b"] == mistaken["b"]


def test_statistics_hold_what_the_folds_scores_have() -> None:
    rows = random_table({"a": 1.5})
    assert list(statistics(folds_of(rows))) == list(METRICS)
    assert list(statistics(folds_of(rows, probabilities=False))) == ORDER


@pytest.mark.parametrize("n_folds", [1, 5])
def test_decision_values_are_compared_with_probabilities(n_folds) -> None:
    rows = random_table({"a": 2.5, "b": 0.5}, n_folds=n_folds)
    settings = {"primary_metric": "average_precision", "margin": 0.02, "baseline": "b"}
    plain, sized = (
        compare(part, summarise(part, decision=names, draws=50), draws=50, **settings)
        for part, names in ((rows, ()), (of_any_size(rows, ["a"]), ("a",)))
    )
    assert sized[0].difference == plain[0].difference
    assert sized[0].sentence == plain[0].sentence


def test_remedies_of_decision_values_are_not_judged_by_calibration() -> None:
    rows = random_table({"a": 1.5, "a.x": 1.7, "b": 1.5, "b.x": 1.6})
    against = {"a.x": "a", "b.x": "b"}
    settings = {"n_folds": 5, "n_stars": 300, "n_planets": 30, "margin": 0.02}
    summaries = summarise(rows, decision={"a", "a.x"}, draws=5)
    effects = remedy_effects(summaries, against, **settings)
    assert [one.measure for one in effects if one.against == "a"] == [
        "average_precision", "recall_at_precision",
    ]  # fmt: skip
    alone = [one for one in effects if (one.against, one.measure) == ("b", "log_loss")]
    assert alone[0].adjusted_p_value == alone[0].p_value  # a family of one
    mixed = remedy_effects(summarise(rows, decision={"a"}, draws=5), against, **settings)
    assert [one.entry for one in mixed if one.measure == "log_loss"] == ["b.x"]


def test_a_remedy_is_chosen_by_rank_alone() -> None:
    rows = random_table({"a": 0.5, "a.x": 3.0})
    plain, sized = (
        select_by_validation(part, {"a.x": "a"}, margin=0.02, draws=5)[0]
        for part in (rows, of_any_size(rows, ["a", "a.x"]))
    )
    assert sized == plain
    assert set(sized.choices) == {"a.x"}
