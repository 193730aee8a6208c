from dataclasses import replace

import numpy as np
import pytest
from made_up_predictions import folds, random_table, table

from kepler_keras.evaluation.comparison import compare
from kepler_keras.evaluation.estimates import Estimate
from kepler_keras.evaluation.multiple import holm
from kepler_keras.evaluation.summary import summarise
from kepler_keras.evaluation.verdict_words import overall_verdict
from kepler_keras.evaluation.verdicts import corrected_interval


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
    low, high, p_value = corrected_interval(list(b - a), test_share=1 / 4, n_planets=30)
    assert (made.difference.low, made.difference.high, made.p_value) == (low, high, p_value)


def test_identical_entries_are_equivalent_where_planets_are_many():
    # 30 planets of which none changed allow 1 - 0.025^(1/30) = 0.1157; 200 allow 0.0183.
    for n, expected, reach in ((300, "not decided", 0.1157), (2000, "equivalent", 0.0183)):
        one = random_table({"a": 1}, n=n)
        (made,), _ = _compare(table(one, one.assign(entry="b")))
        assert made.verdict == expected
        difference = (made.difference.low, made.difference.mean, made.difference.high)
        assert difference == pytest.approx((-reach, 0, reach), abs=1e-4)
        assert made.p_value == 1
        assert made.probabilities is None
    (made,), _ = _compare(table(*(random_table({"a": 1}).assign(entry=name) for name in "ab")))
    # 183 planets are the first that allow less than 0.02; every tenth star has one.
    assert (made.stars_to_decide, made.planets_to_decide) == (1830, 183)


def test_one_fold_decides_nothing():
    (made,), overall = _compare(random_table({"a": 0, "b": 5}, n_folds=1, n=400))
    assert made.verdict == "not decided"
    assert np.isnan([made.difference.low, made.difference.high, made.p_value]).all()
    assert np.isnan(made.adjusted_p_value)
    assert (made.stars_to_decide, made.planets_to_decide, made.probabilities) == (None, None, None)
    assert 0 < made.fitted.low < made.fitted.mean < made.fitted.high <= 1
    assert made.fitted.mean == made.difference.mean
    assert made.sentence.startswith(
        "b against a: not decided, with one test set. For these fitted models average precision "
        f"differs by {made.fitted.mean:+.3f} (95 % interval"
    )
    assert overall.endswith(
        "One test set says nothing about models fitted anew, so that nothing is decided."
    )
    many, overall = _compare(random_table({"a": 0, "b": 5}))
    assert "fitted models" not in many[0].sentence + overall


def test_families_are_adjusted_apart():
    rows = random_table({"a": 1, "b": 1.2, "c": 1.4, "d": 1.6})
    summaries = summarise(rows, draws=20)
    made = compare(
        rows, summaries, primary_metric="average_precision", margin=0.02, baseline="a",
        questions=[("c", "d"), ("a", "c")], draws=20,
    )  # fmt: skip
    families = {(item.a, item.b): item.family for item in made}
    assert families == {
        ("b", "a"): "baseline", ("c", "a"): "questions",
        ("d", "a"): "baseline", ("d", "c"): "questions",
        ("c", "b"): "other pairs", ("d", "b"): "other pairs",
    }  # fmt: skip
    for kind in set(families.values()):
        mine = [item for item in made if item.family == kind]
        adjusted = [item.adjusted_p_value for item in mine]
        assert adjusted == pytest.approx(holm([item.p_value for item in mine]))


def test_what_is_better_alone_need_not_be_in_its_family():
    alone = [0.06, 0.02, 0.05, 0.03, 0.02]  # p = 0.039, twice that 0.078
    pair, other, _ = _judged([alone, [0.1, -0.1, 0.05, 0.0, -0.02]])
    (single,) = _judged([alone])
    assert single.verdict == "better"
    assert pair.p_value == single.p_value < 0.05 < pair.adjusted_p_value == 2 * pair.p_value
    assert (pair.verdict, other.verdict) == ("not decided", "not decided")
    assert pair.difference == single.difference
    assert pair.difference.low > 0
    assert "among 2 pairs that are judged together" in pair.sentence
    # Student's t of 98.75 % with 4 degrees of freedom, 3.4954, over the 2.2893 of these folds.
    assert pair.stars_to_decide == int(300 * (3.4954 / _t(alone)) ** 2) + 1
    assert pair.planets_to_decide == -(-pair.stars_to_decide // 10)


def _t(differences):
    return np.mean(differences) / np.sqrt(np.var(differences, ddof=1) * (1 / 5 + 1 / 4))


def _judged(differences):
    """Comparisons of entries whose folds differ by typed values from those of the baseline."""
    names = "bcde"[: len(differences)]
    rows = random_table(dict.fromkeys(("a", *names), 1.0))
    summaries = summarise(rows, draws=20)
    base = np.full(5, 0.5)
    for name, values in zip(("a", *names), [np.zeros(5), *map(np.array, differences)], strict=True):
        folds_ = tuple((base + values).tolist())
        metrics = {"average_precision": Estimate(float(np.mean(folds_)), 0.0, 1.0, folds_)}
        summaries[name] = replace(summaries[name], metrics=metrics)
    return compare(
        rows, summaries, primary_metric="average_precision", margin=0.02, baseline="a", draws=20
    )


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
    # Two planets of which none changed allow 1 - 0.025^(1/2) = 0.842, and 183 would be needed.
    assert same.sentence == (
        "b against a: not decided. Average precision differs by +0.000, and the data allow "
        "anything from −0.842 to +0.842 (95 % interval). If it stayed so, about 550 tested stars, "
        "190 of them with a planet, would decide it; there are 6, 2 with a planet."
    )
    assert open_.sentence.startswith(
        "c against a: not decided. Average precision differs by −0.333, "
        "and the data allow anything from −1.000 to +1.000 (95 % interval). If it stayed so, about "
    )
    assert (rivals.a, rivals.b) == ("c", "b")
    assert overall == (
        "a stands first with average precision 1.000 (95 % interval 0.103 to 1.000). "
        "Not decided against the baseline a: b, c."
    )
    _, overall = _compare(rows, baseline="b")
    assert overall.endswith("Not decided between a and c.")
    one = random_table({"a": 1}, n=2000)
    (made,), _ = _compare(table(one, one.assign(entry="b")))
    assert made.sentence == (
        "b and a are equivalent: their average precision differs by +0.000 "
        "(95 % interval −0.018 to +0.018), within the margin of practical equivalence of 0.02."
    )


def test_one_fold_compares_counted_measures_too():
    (made,), _ = _compare(random_table({"a": 0, "b": 5}, n_folds=1, n=400), metric="recall")
    assert made.fitted.low <= made.fitted.mean <= made.fitted.high


def test_one_fold_keeps_both_entries_on_the_same_stars():
    rows = random_table({"a": 1}, n_folds=1)
    shifted = rows.assign(entry="b", score=rows["score"] * 2 + 1)  # the same ranking
    (made,), _ = _compare(table(rows, shifted))
    assert (made.fitted.low, made.fitted.high) == (0, 0)


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
