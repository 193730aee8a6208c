"""Scores corrected for what a remedy added, typed in by hand and on simulated rows."""

import numpy as np
import pytest
from scipy.special import expit, logit

from kepler_keras.evaluation.calibration import (
    LEAST_SLOPE,
    UNCORRECTED,
    Correction,
    platt_scaling,
)


def test_a_correction_is_a_straight_line():
    correction = Correction(slope=2.0, intercept=-1.0)
    assert correction(np.array([-1.0, 0.0, 3.0])).tolist() == [-3.0, -1.0, 5.0]
    assert correction.undo(np.array([-3.0, -1.0, 5.0])).tolist() == [-1.0, 0.0, 3.0]
    assert UNCORRECTED(np.array([0.25])).tolist() == [0.25]


def test_two_values_are_fitted_exactly():
    """A line through two points: at -1 one of 4 is a planet, at 2 three of 4 are.

    Platt's targets of 4 planets and 4 others are 5/6 and 1/6, so the shares there become
    (5/6 + 3/6) / 4 = 1/3 and 2/3: log-odds -log 2 and log 2, 3 apart in what came.
    """
    log_odds = np.array([-1.0] * 4 + [2.0] * 4)
    labels = np.array([1, 0, 0, 0, 1, 1, 1, 0])
    made = platt_scaling(labels, log_odds)
    assert made.slope == pytest.approx(2 * np.log(2) / 3, abs=1e-4)
    assert made.intercept == pytest.approx(-np.log(2) / 3, abs=1e-4)
    assert expit(made(np.array([-1.0, 2.0]))) == pytest.approx([1 / 3, 2 / 3], abs=1e-4)


@pytest.mark.parametrize(("slope", "intercept"), [(0.5, -2.0), (1.0, 3.0), (3.0, -1.0)])
def test_known_slope_and_intercept_are_found_again(slope, intercept):
    rng = np.random.default_rng(0)
    log_odds = rng.normal(scale=1.5, size=20000)
    labels = (rng.random(20000) < expit(slope * log_odds + intercept)).astype(np.int8)
    made = platt_scaling(labels, log_odds)
    assert made.slope == pytest.approx(slope, abs=0.1)
    assert made.intercept == pytest.approx(intercept, abs=0.15)
    assert expit(made(log_odds)).mean() == pytest.approx(labels.mean(), abs=1e-3)


def test_units_and_origin_of_the_log_odds_do_not_matter():
    rng = np.random.default_rng(1)
    log_odds = rng.normal(size=500)
    labels = (rng.random(500) < expit(log_odds)).astype(np.int8)
    plain, moved = platt_scaling(labels, log_odds), platt_scaling(labels, 1e4 * log_odds + 1e5)
    assert moved(1e4 * log_odds + 1e5) == pytest.approx(plain(log_odds), abs=1e-3)


def test_a_ranking_is_never_turned_round():
    labels = np.array([1, 1, 1, 0, 0, 0])
    log_odds = np.array([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0])
    made = platt_scaling(labels, log_odds)
    assert made.slope * log_odds.std() == pytest.approx(LEAST_SLOPE)
    assert (np.diff(made(log_odds)) > 0).all()
    assert expit(made(log_odds)).mean() == pytest.approx(0.5, abs=1e-3)


def test_classes_without_an_overlap_keep_finite_scores():
    labels = np.repeat([0, 1], 50)
    log_odds = np.repeat([-34.5, 34.5], 50) + np.linspace(0, 0.1, 100)
    made = platt_scaling(labels, log_odds)
    assert np.isfinite([made.slope, made.intercept]).all()
    scores = expit(made(log_odds))
    assert scores[0] == pytest.approx(1 / 52, abs=2e-3)  # Platt's targets for 50 rows a class
    assert scores[-1] == pytest.approx(51 / 52, abs=2e-3)


@pytest.mark.parametrize("rounding", [0.0, 1e-9])
def test_one_score_for_all_rows_is_moved_and_not_stretched(rounding):
    """Rounding makes equal scores differ by a bit; a slope learned from it would be absurd."""
    labels = np.array([1, 0, 0, 0, 0, 0, 0, 0, 0])
    log_odds = np.full(9, 0.37469345) + rounding * np.arange(9)
    made = platt_scaling(labels, log_odds)
    assert made.slope == 1
    share = (2 / 3 + 8 * 1 / 10) / 9  # Platt's targets for 1 planet and 8 others
    assert made(log_odds) == pytest.approx(np.full(9, logit(share)), abs=1e-6)


def test_rows_of_one_class_give_finite_scores():
    made = platt_scaling(np.zeros(20), np.linspace(-1, 1, 20))
    assert np.isfinite([made.slope, made.intercept]).all()
    assert (expit(made(np.linspace(-1, 1, 20))) < 0.2).all()
