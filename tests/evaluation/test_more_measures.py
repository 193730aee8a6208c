"""Measures of the ranking, of counts and of probabilities, by hand and against scikit-learn."""

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from kepler_keras.evaluation import counted, metrics, probabilistic, ranking
from kepler_keras.evaluation.counts import counts_by_score
from kepler_keras.evaluation.proportions import clopper_pearson

CELLS = np.array([3.0, 1, 2, 10])  # tp, fp, fn, tn


def _example(seed, *, distinct):
    rng = np.random.default_rng(seed)
    labels = (rng.random(120) < 0.2).astype(np.int8)
    labels[:2] = 0, 1
    scores = rng.integers(0, distinct + 1, 120) / distinct
    return labels, scores, rng.standard_exponential((5, 120))


def test_counted_measures_by_hand():
    assert counted.specificity(CELLS) == 10 / 11
    assert counted.f_beta(CELLS) == pytest.approx(15 / (15 + 8 + 1))
    assert counted.balanced_accuracy(CELLS) == pytest.approx((3 / 5 + 10 / 11) / 2)
    assert counted.matthews(CELLS) == pytest.approx((30 - 2) / np.sqrt(4 * 5 * 11 * 12))
    assert counted.candidates_per_planet(CELLS) == pytest.approx(4 / 3)
    assert counted.accuracy(CELLS) == 13 / 16


@pytest.mark.parametrize("seed", range(3))
def test_counted_measures_are_scikit_learns(seed):
    labels, scores, weights = _example(seed, distinct=10)
    called = scores >= 0.6
    pairs = (
        (counted.f_beta, lambda *a, **k: sklearn_metrics.fbeta_score(*a, beta=2, **k)),
        (counted.balanced_accuracy, sklearn_metrics.balanced_accuracy_score),
        (counted.matthews, sklearn_metrics.matthews_corrcoef),
        (counted.accuracy, sklearn_metrics.accuracy_score),
        (counted.specificity, lambda *a, **k: sklearn_metrics.recall_score(*a, pos_label=0, **k)),
    )
    for weight in (None, *weights):
        cells = metrics.confusion(labels, called, weight)
        for ours, theirs in pairs:
            expected = theirs(labels, called, sample_weight=weight)
            assert ours(cells) == pytest.approx(expected, abs=1e-12)


def test_counted_measures_of_nothing():
    silent, no_row = np.array([0.0, 0, 2, 5]), np.zeros(4)
    assert np.isnan(counted.candidates_per_planet(silent))
    assert counted.matthews(silent) == 0
    for measure in (counted.matthews, counted.accuracy, counted.specificity, counted.f_beta):
        assert np.isnan(measure(no_row))


@pytest.mark.parametrize("distinct", [1, 4, 30, 10**9])
@pytest.mark.parametrize("seed", range(3))
def test_the_partial_area_is_scikit_learns(seed, distinct):
    labels, scores, weights = _example(seed, distinct=distinct)
    for weight in (None, *weights):
        expected = sklearn_metrics.roc_auc_score(labels, scores, max_fpr=0.1, sample_weight=weight)
        assert metrics.partial_auc(labels, scores, weight) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("distinct", [4, 30, 10**9])
def test_precision_at_recall_is_on_scikit_learns_curve(distinct):
    labels, scores, weights = _example(5, distinct=distinct)
    for weight in (None, *weights):
        precision, recall, _ = sklearn_metrics.precision_recall_curve(
            labels, scores, sample_weight=weight
        )
        expected = precision[np.flatnonzero(recall >= 0.9 - 1e-12)[-1]]
        assert metrics.precision_at_recall(labels, scores, weight) == pytest.approx(expected)


def test_precision_among_the_first_ten_by_hand():
    labels = np.array([1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0])
    assert metrics.precision_at_k(labels, -np.arange(12.0)) == pytest.approx(0.3)
    # The tenth place is shared by three rows, one of them a planet.
    tied = -np.array([0.0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9])
    assert metrics.precision_at_k(labels, tied) == pytest.approx((3 + 1 / 3) / 10)
    assert np.isnan(metrics.precision_at_k(labels[:9], -np.arange(9.0)))


def test_the_weight_of_the_first_ten_is_their_share_of_all():
    labels, scores, _ = _example(2, distinct=30)
    plain = metrics.precision_at_k(labels, scores)
    weights = np.full((2, 120), [[1.0], [0.25]])
    assert metrics.precision_at_k(labels, scores, weights) == pytest.approx([plain, plain])


def test_the_brier_score_is_scikit_learns():
    labels, scores, weights = _example(1, distinct=30)
    for weight in (None, *weights):
        expected = sklearn_metrics.brier_score_loss(labels, scores, sample_weight=weight)
        assert metrics.brier(labels, scores, weight) == pytest.approx(expected, abs=1e-12)


def test_cautious_average_precision_by_hand():
    # Of the first planet a half counts; of the second, below one other, three quarters do not.
    counts = counts_by_score(np.array([1, 0, 1, 0]), np.array([0.9, 0.8, 0.7, 0.1]))
    expected = (1 + 1.25 / 2.25) / 2
    assert ranking.cautious_average_precision(counts) == pytest.approx(expected)


def test_a_blind_ranking_looks_no_better_than_it_is():
    rng = np.random.default_rng(0)
    labels = (np.arange(100) == 0).astype(np.int8)
    counts = [counts_by_score(labels, rng.random(100)) for _ in range(4000)]
    assert np.mean([ranking.average_precision(one) for one in counts]) > 0.045  # H_100 / 100
    assert np.mean([ranking.cautious_average_precision(one) for one in counts]) < 0.02


def test_the_reliability_curve_by_hand():
    labels = np.tile(np.array([0, 0, 0, 1]), 10)
    curve = probabilistic.reliability_curve(labels, np.repeat([0.2, 0.4], 20))
    assert curve.score == pytest.approx([0.2, 0.4])
    assert curve.planets.tolist() == [5, 5]
    assert curve.rows.tolist() == [20, 20]
    # Clopper & Pearson's interval of 5 of 20, as tabled by R's binom.test.
    assert (curve.low[0], curve.high[0]) == pytest.approx((0.0865715, 0.4910459), abs=1e-6)


def test_clopper_and_pearson_at_the_ends():
    low, high = clopper_pearson(np.array([0, 5, 0]), np.array([5, 5, 0]))
    assert low == pytest.approx([0, 0.025 ** (1 / 5), 0])
    assert high == pytest.approx([1 - 0.025 ** (1 / 5), 1, 1])
