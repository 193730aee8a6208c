import numpy as np
import pytest
from made_up_predictions import folds, random_table, table
from scipy import stats

from kepler_keras.evaluation.comparison import (
    compare,
    corrected_interval,
    overall_verdict,
    verdict,
)
from kepler_keras.evaluation.summary import summarise


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.03, 0.10, "better"),
        (-0.10, -0.03, "worse"),
        (-0.03, 0.10, "not decided"),
        (-0.02, 0.02, "equivalent"),  # the margin itself belongs to it
        (0.0, 0.0, "equivalent"),
        (0.001, 0.01, "equivalent"),  # sure, and too small to matter
        (-0.01, -0.001, "equivalent"),
        (0.001, 0.0201, "better"),
        (-0.0201, -0.001, "worse"),
        (0.0, 0.10, "not decided"),  # zero itself is not excluded
        (-0.10, 0.0, "not decided"),
        (-0.0201, 0.02, "not decided"),
        (-0.02, 0.0201, "not decided"),
        (np.nan, np.nan, "not decided"),
        (np.nan, 0.01, "not decided"),
    ],
)
def test_verdict(low, high, expected):
    assert verdict(low, high, 0.02) == expected


def test_verdict_without_a_margin():
    assert verdict(0.0, 0.0, 0) == "equivalent"
    assert verdict(1e-9, 1e-3, 0) == "better"
    assert verdict(-1e-9, 1e-9, 0) == "not decided"


def test_corrected_interval_by_hand():
    # Mean 0.03, variance (4 + 1 + 0 + 1 + 4) / 4 * 1e-4 = 2.5e-4, times 1/5 + 1/4 = 1.125e-4.
    # Student's t with 4 degrees of freedom has its 97.5 % point at 2.7764.
    low, high, p_value = corrected_interval([0.01, 0.02, 0.03, 0.04, 0.05], test_share=1 / 4)
    error = 1.125e-4**0.5
    assert low == pytest.approx(0.03 - 2.776445 * error, abs=1e-8)
    assert high == pytest.approx(0.03 + 2.776445 * error, abs=1e-8)
    # With 4 degrees of freedom P(T > t) has a closed form.
    t = 0.03 / error
    tail = 0.5 - t * (t * t + 6) / (2 * (t * t + 4) ** 1.5)
    assert p_value == pytest.approx(2 * tail, abs=1e-12)


def test_without_overlap_it_is_the_plain_t_test():
    differences = np.random.default_rng(0).normal(0.02, 0.05, 10)
    plain = stats.ttest_1samp(differences, 0)
    low, high, p_value = corrected_interval(list(differences), test_share=0)
    assert p_value == pytest.approx(plain.pvalue, abs=1e-12)
    assert (low, high) == pytest.approx(tuple(plain.confidence_interval(0.95)), abs=1e-12)
    wider = corrected_interval(list(differences), test_share=1 / 4)
    assert wider[0] < low
    assert wider[1] > high
    assert wider[2] > p_value


def test_two_folds_stay_within_what_is_possible():
    low, high, p_value = corrected_interval([0.0, 0.4], test_share=1)
    assert (low, high) == (-1, 1)
    assert 0.5 < p_value < 1


def test_equal_differences_decide_nothing_but_equality():
    assert corrected_interval([0.0, 0.0, 0.0], test_share=0.5) == (0, 0, 1)
    for equal in ([0.1] * 7, [1.0] * 5, [0.1, 0.1, 0.3 - 0.2]):
        assert np.isnan(corrected_interval(equal, test_share=0.2)).all()


def test_an_undefined_fold_makes_all_undefined():
    assert np.isnan(corrected_interval([0.1, np.nan, 0.2], test_share=0.5)).all()


def _compare(rows, baseline="a", margin=0.02, metric="average_precision"):
    summaries = summarise(rows, draws=200)
    made = compare(
        rows, summaries, primary_metric=metric, margin=margin, baseline=baseline, draws=200
    )
    return made, overall_verdict(made, summaries, baseline=baseline, primary_metric=metric)


@pytest.mark.parametrize("baseline", ["a", "b", "c"])
def test_the_baseline_is_always_b(baseline):
    made, _ = _compare(random_table({"a": 1, "b": 2, "c": 3}), baseline=baseline)
    assert len({frozenset((item.a, item.b)) for item in made}) == len(made) == 3
    assert [item.b for item in made[:2]] == [baseline, baseline]
    assert baseline not in (made[2].a, made[2].b)


def test_the_difference_is_that_of_the_folds():
    rows = random_table({"a": 1, "b": 2}, repeats=2)
    (made,), _ = _compare(rows)
    summaries = summarise(rows, draws=5)
    a, b = (np.array(summaries[name].metrics["average_precision"].folds) for name in "ab")
    assert made.difference.folds == pytest.approx(tuple(b - a))
    assert made.difference.mean == pytest.approx((b - a).mean())
    low, high, p_value = corrected_interval(list(b - a), test_share=1 / 4)
    assert (made.difference.low, made.difference.high, made.p_value) == (low, high, p_value)


def test_identical_entries_are_equivalent():
    one = random_table({"a": 1})
    for n_folds in (1, 5):
        one = random_table({"a": 1}, n_folds=n_folds)
        (made,), _ = _compare(table(one, one.assign(entry="b")))
        assert made.verdict == "equivalent"
        assert (made.difference.low, made.difference.mean, made.difference.high) == (0, 0, 0)
        assert made.p_value == 1 or n_folds == 1


def test_decided_sentences():
    made, overall = _compare(random_table({"a": 0.5, "b": 4}, n=600))
    (item,) = made
    d = item.difference
    interval = f"95 % interval +{d.low:.3f} to +{d.high:.3f}"
    assert item.verdict == "better"
    assert item.sentence == (
        f"b is better than a: average precision higher by {d.mean:.3f} ({interval})."
    )
    assert overall.startswith("b stands first with average precision 0.9")
    assert overall.endswith(" Better than the baseline a: b.")
    (item,), overall = _compare(random_table({"a": 0.5, "b": 4}, n=600), baseline="b")
    assert item.sentence.startswith("a is worse than b: average precision lower by 0.")
    assert overall.endswith(" Worse than the baseline b: a.")


def test_undecided_and_equivalent_sentences():
    tests = [([1, 0, 0], [0.9, 0.2, 0.1]), ([1, 0, 0], [0.9, 0.2, 0.1])]
    other = [([1, 0, 0], [0.1, 0.2, 0.9]), ([1, 0, 0], [0.9, 0.2, 0.1])]
    rows = table(*folds("a", tests), *folds("b", tests), *folds("c", other))
    (same, open_, rivals), overall = _compare(rows)
    assert same.sentence == (
        "b and a are equivalent: their average precision differs by +0.000 "
        "(95 % interval +0.000 to +0.000), within the margin of practical equivalence of 0.02."
    )
    assert open_.sentence == (
        "c against a: not decided. Average precision differs by -0.333, "
        "and the data allow anything from -1.000 to +1.000 (95 % interval)."
    )
    assert (rivals.a, rivals.b) == ("c", "b")
    assert overall == (
        "a stands first with average precision 1.000 (95 % interval 0.103 to 1.000). "
        "Equivalent to the baseline a: b. Not decided against the baseline a: c."
    )
    _, overall = _compare(rows, baseline="b")
    assert overall.endswith("Not decided between a and c.")


def test_one_fold_speaks_of_these_fitted_models():
    (made,), overall = _compare(random_table({"a": 0, "b": 5}, n_folds=1, n=400))
    assert made.verdict == "better"
    assert np.isnan(made.p_value)
    assert 0 < made.difference.low < made.difference.mean < made.difference.high <= 1
    assert made.sentence.endswith("This holds for these fitted models, not for models fitted anew.")
    assert overall.endswith("This holds for these fitted models, not for models fitted anew.")
    many, overall = _compare(random_table({"a": 0, "b": 5}))
    assert "fitted models" not in many[0].sentence + overall


def test_one_fold_compares_counted_measures_too():
    (made,), _ = _compare(random_table({"a": 0, "b": 5}, n_folds=1, n=400), metric="recall")
    assert made.difference.low <= made.difference.mean <= made.difference.high


def test_one_fold_keeps_both_entries_on_the_same_stars():
    rows = random_table({"a": 1}, n_folds=1)
    shifted = rows.assign(entry="b", score=rows["score"] * 2 + 1)  # the same ranking
    (made,), _ = _compare(table(rows, shifted))
    assert (made.difference.low, made.difference.high) == (0, 0)


def test_undefined_folds_are_not_decided():
    loud = [([1, 0], [0.9, 0.1]), ([1, 0], [0.9, 0.1])]
    silent = [([1, 0], [0.9, 0.1]), ([1, 0], [0.2, 0.1])]
    rows = table(*folds("a", loud), *folds("b", silent))
    (made,), overall = _compare(rows, metric="precision")
    assert made.verdict == "not decided"
    assert np.isnan([made.difference.low, made.difference.high, made.p_value]).all()
    assert made.sentence == (
        "b against a: not decided, because precision is undefined for one of them in "
        "1 of 2 test folds."
    )
    assert "Not decided against the baseline a: b." in overall


def test_overall_verdict_where_nothing_is_defined():
    silent = [([1, 0], [0.2, 0.1]), ([1, 0], [0.2, 0.1])]
    _, overall = _compare(table(*folds("a", silent), *folds("b", silent)), metric="precision")
    assert overall == "No entry has a defined precision: nothing is decided."


def test_a_lonely_entry_has_no_comparison():
    made, overall = _compare(random_table({"a": 2}))
    assert made == []
    assert overall.startswith("a stands first")
    assert "baseline" not in overall
