"""Rules that choose a threshold from validation rows, by hand."""

import numpy as np
import pytest

from kepler_keras.evaluation.thresholds import (
    best_f1_threshold,
    best_f_beta_threshold,
    least_cost_threshold,
    precision_threshold,
    threshold_curve,
)

# From the top: planet, planet, other, planet, other, other, other, planet.
LABELS = np.array([1, 1, 0, 1, 0, 0, 0, 1], np.int8)
SCORES = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2])


def test_the_curve_by_hand():
    curve = threshold_curve(LABELS, SCORES)
    assert curve.thresholds.tolist() == SCORES.tolist()
    assert curve.tp.tolist() == [1, 2, 2, 3, 3, 3, 3, 4]
    assert curve.fp.tolist() == [0, 0, 1, 1, 2, 3, 4, 4]
    assert curve.precision[3] == 3 / 4
    assert curve.recall[3] == 3 / 4
    assert curve.f_beta(1.0)[3] == 2 * 3 / (3 + 1 + 4)
    assert curve.cost(10.0)[3] == 10 + 1


def test_a_prevalence_weighs_false_alarms():
    # Four planets of eight rows; at 1/5 others weigh four times as much.
    curve = threshold_curve(LABELS, SCORES, prevalence=0.2)
    assert curve.fp.tolist() == [0, 0, 4, 4, 8, 12, 16, 16]


def test_recall_that_counts_more_lowers_the_threshold():
    assert best_f1_threshold(LABELS, SCORES) == 0.6
    assert best_f_beta_threshold(LABELS, SCORES, beta=0.25) == 0.8
    assert best_f_beta_threshold(LABELS, SCORES, beta=4.0) == 0.2


@pytest.mark.parametrize(("precision", "expected"), [(1.0, 0.8), (0.75, 0.6), (0.5, 0.2)])
def test_the_highest_recall_at_a_precision(precision, expected):
    assert precision_threshold(LABELS, SCORES, precision=precision) == expected


def test_a_precision_that_none_reaches_is_approached():
    labels, scores = np.array([0, 1, 1, 0]), np.array([0.9, 0.8, 0.7, 0.6])
    assert precision_threshold(labels, scores, precision=0.9) == 0.7


@pytest.mark.parametrize(("missed", "expected"), [(0.5, 0.8), (2.0, 0.6), (10.0, 0.2)])
def test_the_dearer_a_miss_the_lower_the_threshold(missed, expected):
    assert least_cost_threshold(LABELS, SCORES, missed=missed) == expected


def test_of_equal_costs_the_highest_score_is_taken():
    assert least_cost_threshold(LABELS, SCORES, missed=1.0) == 0.8


def test_equal_scores_share_one_threshold():
    labels, scores = np.array([1, 0, 1]), np.array([0.5, 0.5, 0.1])
    assert threshold_curve(labels, scores).thresholds.tolist() == [0.5, 0.1]
    assert precision_threshold(labels, scores, precision=0.6) == 0.1
