import numpy as np
import pytest
from made_up_predictions import random_table
from scipy import stats

from kepler_keras.evaluation.power import detectable, power_card, recall_width
from kepler_keras.evaluation.tested import what_is_tested


def card(differences=(), **shape):
    rows = random_table({"a": 1, "b": 2}, **shape)
    about = what_is_tested(rows, metric="average_precision", margin=0.02)
    return power_card(rows, differences, about)


def test_counts_are_of_stars():
    found = card(n=300)
    assert (found.n_stars, found.n_planets) == (300, 30)
    assert (found.stars_per_fold.fewest, found.stars_per_fold.most) == (60, 60)
    assert (found.planets_per_fold.fewest, found.planets_per_fold.most) == (6, 6)
    assert [one.found for one in found.recalls] == [15, 27]


def test_recall_width_by_hand():
    # All of five found: the lower end is the fifth root of 0.025.
    found = recall_width(5, 5)
    assert (found.low, found.high) == pytest.approx((0.025**0.2, 1))
    found = recall_width(2, 4)
    tails = stats.binom.sf(1, 4, found.low), stats.binom.cdf(2, 4, found.high)
    assert tails == pytest.approx((0.025, 0.025))


@pytest.mark.parametrize(("n", "floor", "needed"), [(50, 0.0625, None), (60, 0.03125, 6)])
def test_the_floor_of_mcnemars_test(n, floor, needed):
    found = card(n=n)  # every tenth star has a planet
    assert found.mcnemar_floor == pytest.approx(floor)
    assert found.mcnemar_planets == needed


def test_the_typical_pair_is_the_median():
    # Standard errors sqrt(2.5e-4 x 0.45) times 1, 2 and 9; half-width 2.7764 times the middle one.
    one = np.array([0.01, 0.02, 0.03, 0.04, 0.05])
    found = card([(size * one).tolist() for size in (9, 1, 2)] + [[0.0] * 5, [np.nan] * 5])
    error = 2 * 1.125e-4**0.5
    assert found.half_width == pytest.approx(2.776445 * error)
    assert found.smallest_difference == pytest.approx(detectable(4) * error)


def test_without_a_spread_no_difference_is_named():
    found = card([[0.0] * 5])
    assert (found.half_width, found.smallest_difference) == (None, None)
    found = card([[0.1]], n_folds=1)
    assert (found.half_width, found.smallest_difference) == (None, None)


@pytest.mark.parametrize("freedom", [1, 4, 14, 49])
def test_detectable_differences_are_found_four_times_in_five(freedom):
    size = detectable(freedom)
    rng = np.random.default_rng(freedom)
    n = 100_000
    statistic = (rng.normal(size, 1, n)) / np.sqrt(rng.chisquare(freedom, n) / freedom)
    found = np.abs(statistic) > stats.t.ppf(0.975, freedom)
    assert found.mean() == pytest.approx(0.8, abs=0.006)


def test_with_many_degrees_of_freedom_it_is_the_normal_one():
    assert detectable(100_000) == pytest.approx(1.95996 + 0.84162, abs=1e-3)
