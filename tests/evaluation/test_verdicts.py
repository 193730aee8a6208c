import numpy as np
import pytest
from scipy import stats

from kepler_keras.evaluation.verdicts import corrected_interval, verdict


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
def test_verdict_of_a_pair_by_itself(low, high, expected):
    adjusted_p = 0.04 if low > 0 or high < 0 else 0.06
    assert verdict(low, high, adjusted_p=adjusted_p, margin=0.02) == expected


def test_the_adjusted_p_value_decides_and_not_the_interval():
    assert verdict(0.03, 0.1, adjusted_p=0.05, margin=0.02) == "not decided"
    assert verdict(0.03, 0.1, adjusted_p=np.nan, margin=0.02) == "not decided"
    assert verdict(0.001, 0.01, adjusted_p=0.3, margin=0.02) == "equivalent"


def test_verdict_without_a_margin():
    assert verdict(0.0, 0.0, adjusted_p=1, margin=0) == "equivalent"
    assert verdict(1e-9, 1e-3, adjusted_p=0.01, margin=0) == "better"
    assert verdict(-1e-9, 1e-9, adjusted_p=1, margin=0) == "not decided"


def test_corrected_interval_by_hand():
    # Mean 0.03, variance (4 + 1 + 0 + 1 + 4) / 4 * 1e-4 = 2.5e-4, times 1/5 + 1/4 = 1.125e-4.
    # Student's t with 4 degrees of freedom has its 97.5 % point at 2.7764.
    low, high, p_value = corrected_interval(
        [0.01, 0.02, 0.03, 0.04, 0.05], test_share=1 / 4, n_planets=50
    )
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
    low, high, p_value = corrected_interval(list(differences), test_share=0, n_planets=50)
    assert p_value == pytest.approx(plain.pvalue, abs=1e-12)
    assert (low, high) == pytest.approx(tuple(plain.confidence_interval(0.95)), abs=1e-12)
    wider = corrected_interval(list(differences), test_share=1 / 4, n_planets=50)
    assert wider[0] < low
    assert wider[1] > high
    assert wider[2] > p_value


def test_two_folds_stay_within_what_is_possible():
    low, high, p_value = corrected_interval([0.0, 0.4], test_share=1, n_planets=50)
    assert (low, high) == (-1, 1)
    assert 0.5 < p_value < 1


def test_equal_differences_decide_nothing_but_equality():
    # Of five planets none changed: with 97.5 % no more than 1 - 0.025^(1/5) would.
    found = corrected_interval([0.0, 0.0, 0.0], test_share=0.5, n_planets=5)
    assert found == pytest.approx((-0.5218, 0.5218, 1), abs=1e-4)
    for equal in ([0.1] * 7, [1.0] * 5, [0.1, 0.1, 0.3 - 0.2]):
        assert np.isnan(corrected_interval(equal, test_share=0.2, n_planets=50)).all()


def test_an_undefined_fold_makes_all_undefined():
    assert np.isnan(corrected_interval([0.1, np.nan, 0.2], test_share=0.5, n_planets=50)).all()


def test_planets_bound_the_degrees_of_freedom():
    # Fifteen folds of three repeats: with five planets Student's t has 4 degrees of freedom.
    differences = np.random.default_rng(0).normal(0.02, 0.05, 15).tolist()
    error = np.sqrt(np.var(differences, ddof=1) * (1 / 15 + 1 / 4))
    for n_planets, freedom in ((5, 4), (15, 14), (500, 14)):
        low, high, p = corrected_interval(differences, test_share=1 / 4, n_planets=n_planets)
        assert (high - low) / 2 == pytest.approx(stats.t.ppf(0.975, freedom) * error)
        assert p == pytest.approx(2 * stats.t.sf(abs(np.mean(differences)) / error, freedom))
