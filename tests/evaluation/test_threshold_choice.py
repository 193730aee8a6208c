"""Threshold rules as an experiment names them, and their curves, by hand."""

import numpy as np
import pytest
from made_up_predictions import folds, rows, table

from kepler_keras.evaluation.checks.evidence import EntryFacts, Evidence
from kepler_keras.evaluation.checks.fitting import threshold_edge
from kepler_keras.evaluation.comparison import compare
from kepler_keras.evaluation.summary import folds_of, summarise
from kepler_keras.evaluation.threshold_rules import BEST_F1, ThresholdRule, mean_curve
from kepler_keras.evaluation.thresholds import best_f1_threshold, threshold_curve

# From the highest score down: planet, planet, other, planet, other, other.
LABELS = np.array([1, 1, 0, 1, 0, 0], np.int8)
SCORES = np.array([0.9, 0.8, 0.7, 0.6, 0.3, 0.2])
GIVEN = ThresholdRule("given", 0.65)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (BEST_F1, 0.6),
        (ThresholdRule("f_beta", 0.25), 0.8),
        (ThresholdRule("precision", 0.9), 0.8),
        (ThresholdRule("precision", 0.7), 0.6),
        (ThresholdRule("missed_cost", 0.5), 0.8),
        (ThresholdRule("missed_cost", 20.0), 0.6),
        (GIVEN, 0.65),
    ],
)
def test_each_rule_chooses_by_hand(rule, expected):
    assert rule.threshold(LABELS, SCORES) == expected


def test_without_a_rule_it_is_the_best_f1():
    assert BEST_F1.threshold(LABELS, SCORES) == best_f1_threshold(LABELS, SCORES)
    weighted = best_f1_threshold(LABELS, SCORES, prevalence=0.01)
    assert BEST_F1.threshold(LABELS, SCORES, prevalence=0.01) == weighted
    shown = table(*folds("a", [([1, 0], [0.9, 0.1])]))
    plain, ruled = (summarise(shown, rules=rules, draws=5) for rules in (None, {"a": BEST_F1}))
    assert repr(plain) == repr(ruled)  # NaN differs from itself


def test_what_a_rule_looks_at():
    curve = threshold_curve(LABELS, SCORES)
    assert BEST_F1.objective(curve)[3] == pytest.approx(6 / 7)  # tp 3, fp 1, fn 0
    cost = ThresholdRule("missed_cost", 2.0).objective(curve)
    assert cost == pytest.approx(np.array([4, 2, 3, 1, 2, 3]) / 6)
    assert GIVEN.objective(curve) is None
    assert ThresholdRule("precision", 0.9).objective(curve) is None


def test_a_mean_curve_calls_rows_from_their_score_downwards():
    mean = mean_curve([threshold_curve(LABELS, SCORES)], np.array([0.65, 0.8, 0.81, 0.95]), BEST_F1)
    assert mean.recall == pytest.approx([2 / 3, 2 / 3, 1 / 3, 0])
    assert mean.precision == pytest.approx([2 / 3, 1, 1, np.nan], nan_ok=True)
    assert mean.objective == pytest.approx([2 / 3, 0.8, 0.5, 0])


def test_a_fold_that_calls_nothing_has_no_say_in_precision():
    low = threshold_curve(np.array([1, 0]), np.array([0.1, 0.2]))
    high = threshold_curve(np.array([1, 0]), np.array([0.9, 0.2]))
    mean = mean_curve([low, high], np.array([0.2, 0.5]), GIVEN)
    assert mean.precision == pytest.approx([(0 + 0.5) / 2, 1])
    assert mean.recall == pytest.approx([0.5, 0.5])
    assert mean.objective is None


def test_folds_and_summaries_take_the_rule_of_their_entry():
    both = table(
        *(folds("a", [([1, 0], [0.6, 0.1])])),
        *(folds("b", [([1, 0], [0.6, 0.1])])),
    )
    assert folds_of(both[both["entry"] == "a"], rule=GIVEN)[0].threshold == 0.65
    summaries = summarise(both, rules={"b": GIVEN}, draws=5)
    assert summaries["a"].thresholds == (0.5,)
    assert summaries["b"].thresholds == (0.65,)
    assert [summaries[name].confusion.tp for name in "ab"] == [1, 0]


def test_votes_of_a_pair_are_cast_at_its_own_thresholds():
    tests = [([1, 0], [0.6, 0.1]), ([1, 0], [0.6, 0.1])]
    both = table(*folds("a", tests), *folds("b", tests))
    settings = {"primary_metric": "f1", "margin": 0.02, "baseline": "b", "draws": 5}
    rules = {"b": GIVEN}
    (plain,) = compare(both, summarise(both, draws=5), **settings)
    (ruled,) = compare(both, summarise(both, rules=rules, draws=5), rules=rules, **settings)
    assert (plain.mcnemar.first_only, ruled.mcnemar.first_only) == (0, 2)


def test_a_given_threshold_stands_at_no_edge():
    part = {"split": "validation", "first": 50}
    shown = table(
        rows("a", [1, 0], [0.9, 0.1]), rows("a", [1, 0], [0.65, 0.1], **part),
    )  # fmt: skip
    found = {
        rule: list(threshold_edge(Evidence(shown, (EntryFacts("a", "mlp", rule=rule),))))
        for rule in (BEST_F1, GIVEN)
    }
    assert len(found[BEST_F1]) == 1
    assert found[GIVEN] == []
