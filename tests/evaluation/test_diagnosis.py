"""Bias and variance in a word, from numbers typed by hand."""

import numpy as np
import pytest

from kepler_keras.evaluation.canaries import judge_canary
from kepler_keras.evaluation.diagnosis import diagnose, gap_interval

HIGH, LOW = (0.98, 0.97, 0.99, 0.98), (0.50, 0.52, 0.49, 0.51)


def word(train, test):
    return diagnose(train, test, test_share=0.25, n_planets=100).fit


def test_interval_is_that_of_nadeau_and_bengio():
    gap = gap_interval(np.array([0.3, 0.31]), np.array([0.2, 0.2]), test_share=0.05, n_planets=100)
    error = np.std([0.1, 0.11], ddof=1) * np.sqrt(1 / 2 + 0.05)
    assert gap.mean == pytest.approx(0.105)
    assert gap.high - gap.mean == pytest.approx(12.7062 * error, rel=1e-4)  # t of 1 degree
    assert gap.mean - gap.low == pytest.approx(gap.high - gap.mean)


def test_a_gap_is_not_larger_than_one_and_few_planets_widen_it():
    wide = gap_interval(np.array([0.9, 1.0]), np.array([0.1, 0.0]), test_share=0.25, n_planets=9)
    assert (wide.high, wide.mean) == (1.0, pytest.approx(0.9))
    values = np.array([0.3, 0.31, 0.35, 0.4, 0.2]), np.zeros(5)
    few, many = (gap_interval(*values, test_share=0.25, n_planets=n) for n in (3, 100))
    assert few.high > many.high


def test_one_fold_decides_nothing():
    assert word((0.99,), (0.1,)) == "not decided"


@pytest.mark.parametrize(
    ("train", "test", "expected"),
    [
        (HIGH, LOW, "overfitting"),
        (LOW, LOW, "underfitting"),
        (HIGH, HIGH, "neither"),
        (HIGH, (0.9, 0.6, 0.95, 0.7), "not decided"),
    ],
)
def test_words_follow_level_and_gap(train, test, expected):
    assert word(train, test) == expected


@pytest.mark.parametrize(
    ("less", "expected"),
    [
        ((0.40, 0.42, 0.39, 0.41), "more data would help"),
        ((0.499, 0.521, 0.489, 0.511), "more data would hardly help"),
        ((0.55, 0.40, 0.56, 0.42), "not decided"),
    ],
)
def test_more_data_help_where_the_curve_still_rises(less, expected):
    found = diagnose(HIGH, LOW, test_share=0.25, n_planets=100, smaller=(0.5, less, LOW))
    assert (found.data, found.last_share) == (expected, 0.5)
    assert diagnose(HIGH, LOW, test_share=0.25, n_planets=100).data is None


def test_canary_that_ranks_all_planets_first_is_beyond_chance():
    sure = judge_canary([1.0] * 4, [(40, 4)] * 4)
    assert sure.p_value == pytest.approx(1e-4, rel=0.7)
    assert sure.null == pytest.approx(0.18, abs=0.02)
    assert judge_canary([0.18] * 4, [(40, 4)] * 4).p_value > 0.3


def test_folds_that_agree_are_no_more_evidence_than_one_of_them():
    """Folds share training stars: a p-value of 0.03 in each of five must not become 0.001."""
    one = judge_canary([0.55], [(40, 4)])
    five = judge_canary([0.55] * 5, [(40, 4)] * 5)
    assert 0.005 < one.p_value < 0.2
    assert five.p_value > one.p_value / 2
