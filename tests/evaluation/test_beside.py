import baycomp
import numpy as np
import pytest
from made_up_predictions import folds, random_table, rows, table
from scipy import stats

from kepler_keras.evaluation.beside import drawn, mcnemar, mcnemar_p, probabilities
from kepler_keras.evaluation.summary import METRICS, folds_of, statistics
from kepler_keras.evaluation.uncertainty import draw_star_weights

DIFFERENCES = [0.01, 0.02, 0.03, 0.04, 0.05]


def test_probabilities_by_hand():
    # Student's t of 4 degrees of freedom around 0.03, scaled by sqrt(2.5e-4 (1/5 + 1/4)).
    found = probabilities(DIFFERENCES, margin=0.02, test_share=1 / 4, n_planets=50)
    error = 1.125e-4**0.5
    assert found.better == pytest.approx(stats.t.sf((0.02 - 0.03) / error, 4))
    assert found.worse == pytest.approx(stats.t.cdf((-0.02 - 0.03) / error, 4))
    assert found.better + found.equivalent + found.worse == pytest.approx(1)


@pytest.mark.parametrize("runs", [1, 2])
@pytest.mark.parametrize("margin", [0.0, 0.02])
def test_probabilities_are_those_of_baycomp(runs, margin):
    first, second = np.random.default_rng(runs).normal(0.7, 0.05, (2, 5 * runs))
    found = probabilities((first - second).tolist(), margin=margin, test_share=1 / 4, n_planets=99)
    expected = baycomp.two_on_single(second, first, rope=margin, runs=runs)
    assert (found.worse, found.better) == pytest.approx((expected[0], expected[-1]))
    assert found.equivalent == pytest.approx(expected[1] if margin else 0, abs=1e-12)


def test_few_planets_widen_the_probabilities():
    few, many = (
        probabilities(DIFFERENCES * 3, margin=0.02, test_share=1 / 4, n_planets=n) for n in (3, 99)
    )
    assert few.better < many.better


@pytest.mark.parametrize("differences", [[0.1], [0.1, 0.1, 0.1], [0.1, np.nan, 0.2]])
def test_no_spread_has_no_probabilities(differences):
    assert probabilities(differences, margin=0.02, test_share=1 / 4, n_planets=9) is None


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (0, 0, 1), (5, 0, 0.0625), (6, 0, 0.03125), (0, 6, 0.03125), (1, 1, 1),
        (9, 2, 2 * (1 + 11 + 55) / 2**11),
    ],
)  # fmt: skip
def test_mcnemar_p_by_hand(first, second, expected):
    assert mcnemar_p(first, second) == pytest.approx(expected)


def test_mcnemar_counts_stars_at_their_thresholds():
    # Thresholds are 0.5. Fold 0: a is right on all, b misses the planet. Fold 1: a raises an alarm.
    a = table(*folds("a", [([1, 0], [0.9, 0.1]), ([1, 0], [0.9, 0.5])]))
    b = table(*folds("b", [([1, 0], [0.4, 0.1]), ([1, 0], [0.9, 0.1])]))
    found = mcnemar(folds_of(a), folds_of(b))
    assert (found.first_only, found.second_only, found.p_value) == (1, 1, 1)


def test_a_star_has_one_vote_in_one_repeat():
    validation = [
        rows("a", [0, 1], [0.1, 0.5], split="validation", first=900, repeat=r) for r in (0, 1)
    ]

    def entry(scores):
        tests = [
            rows("a", [1, 1, 0], scores, repeat=r).assign(star=["p", "p", "q"]) for r in (0, 1)
        ]
        return folds_of(table(*tests, *validation))

    # Either curve of the star with a planet will do, and the second repeat counts for nothing.
    found = mcnemar(entry([0.9, 0.1, 0.1]), entry([0.1, 0.1, 0.1]))
    assert (found.first_only, found.second_only) == (1, 0)


@pytest.mark.parametrize("metric", METRICS)
def test_draws_are_those_of_the_entries_intervals(metric):
    table_ = random_table({"a": 1}, repeats=2)
    weights = draw_star_weights(table_, draws=30)
    folds_ = folds_of(table_, prevalence=0.05)
    expected = statistics(folds_, weights)[metric]
    assert drawn(folds_, weights, metric) == pytest.approx(expected, nan_ok=True)
