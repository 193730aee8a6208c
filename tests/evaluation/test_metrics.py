import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from kepler_keras.evaluation import metrics

# From the top: planet, not, planet, not. Precision 1/1 and 2/3 where recall rises by 1/2 each.
LABELS = np.array([1, 0, 1, 0], np.int8)
SCORES = np.array([0.9, 0.8, 0.7, 0.1])


def test_average_precision_by_hand():
    assert metrics.average_precision(LABELS, SCORES) == pytest.approx((1 + 2 / 3) / 2, abs=1e-15)


def test_roc_auc_by_hand():
    # Of the four pairs of a planet and another, three stand in the right order.
    assert metrics.roc_auc(LABELS, SCORES) == 0.75


def test_equal_scores_share_one_threshold():
    tied = np.full(4, 0.3)
    assert metrics.average_precision(LABELS, tied) == 0.5
    assert metrics.roc_auc(LABELS, tied) == 0.5


def test_a_weight_of_two_is_an_example_twice():
    weights = np.array([1.0, 2.0, 1.0, 1.0])
    twice = np.repeat(np.arange(4), [1, 2, 1, 1])
    for measure in (metrics.average_precision, metrics.roc_auc):
        expected = measure(LABELS[twice], SCORES[twice])
        assert measure(LABELS, SCORES, weights) == pytest.approx(expected, abs=1e-15)


def test_confusion_by_hand():
    cells = metrics.confusion(LABELS, SCORES >= 0.8)
    assert cells.tolist() == [1, 1, 1, 1]
    cells = metrics.confusion(LABELS, SCORES >= 0.8, np.array([[1.0, 2, 3, 4], [4, 3, 2, 1]]))
    assert cells.tolist() == [[1, 2, 3, 4], [4, 3, 2, 1]]


def test_shares_of_counts_by_hand():
    cells = np.array([3.0, 1.0, 2.0, 10.0])
    assert metrics.precision(cells) == 0.75
    assert metrics.recall(cells) == 0.6
    assert metrics.f1(cells) == pytest.approx(6 / 9, abs=1e-15)


def _example(seed, *, distinct):
    rng = np.random.default_rng(seed)
    labels = (rng.random(120) < 0.2).astype(np.int8)
    labels[:2] = 0, 1
    scores = rng.integers(0, distinct, 120) / distinct
    return labels, scores, rng.standard_exponential((7, 120))


@pytest.mark.parametrize("distinct", [1, 4, 30, 10**9])
@pytest.mark.parametrize("seed", range(4))
def test_ranking_measures_are_scikit_learns(seed, distinct):
    labels, scores, weights = _example(seed, distinct=distinct)
    for ours, theirs in (
        (metrics.average_precision, sklearn_metrics.average_precision_score),
        (metrics.roc_auc, sklearn_metrics.roc_auc_score),
    ):
        assert ours(labels, scores) == pytest.approx(theirs(labels, scores), abs=1e-12)
        expected = [theirs(labels, scores, sample_weight=weight) for weight in weights]
        np.testing.assert_allclose(ours(labels, scores, weights), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_counted_measures_are_scikit_learns(seed):
    labels, scores, weights = _example(seed, distinct=10)
    called = scores >= 0.6
    for weight in (None, *weights):
        cells = metrics.confusion(labels, called, weight)
        (tn, fp), (fn, tp) = sklearn_metrics.confusion_matrix(labels, called, sample_weight=weight)
        np.testing.assert_allclose(cells, [tp, fp, fn, tn], rtol=0, atol=1e-12)
        for ours, theirs in (
            (metrics.precision, sklearn_metrics.precision_score),
            (metrics.recall, sklearn_metrics.recall_score),
            (metrics.f1, sklearn_metrics.f1_score),
        ):
            expected = theirs(labels, called, sample_weight=weight)
            assert ours(cells) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("measure", [metrics.average_precision, metrics.roc_auc])
@pytest.mark.parametrize("order", ["C", "F"])
def test_many_weightings_equal_one_by_one(measure, order):
    labels, scores, weights = _example(9, distinct=25)
    together = measure(labels, scores, np.asarray(weights, order=order))
    assert together.shape == (7,)
    expected = [measure(labels, scores, weight) for weight in weights]
    np.testing.assert_allclose(together, expected, rtol=0, atol=1e-14)


def test_undefined_is_nan_and_raises_no_warning():
    none, all_planets = np.zeros(4, np.int8), np.ones(4, np.int8)
    assert np.isnan(metrics.average_precision(none, SCORES))
    assert np.isnan(metrics.roc_auc(none, SCORES))
    assert np.isnan(metrics.roc_auc(all_planets, SCORES))
    weights = np.array([[1.0, 1, 1, 1], [0, 1, 0, 1]])  # the second draw has no planet left
    for measure in (metrics.average_precision, metrics.roc_auc):
        assert np.isnan(measure(LABELS, SCORES, weights)).tolist() == [False, True]


def test_shares_of_nothing_are_nan():
    nothing_called, no_planet = np.array([0.0, 0, 2, 5]), np.array([0.0, 0, 0, 5])
    assert np.isnan(metrics.precision(nothing_called))
    assert metrics.recall(nothing_called) == 0
    assert metrics.f1(nothing_called) == 0
    assert np.isnan(metrics.recall(no_planet))
    assert np.isnan(metrics.f1(no_planet))


def test_weightless_examples_at_the_top_change_nothing():
    weights = np.array([0.0, 0.0, 1.0, 1.0])
    assert metrics.average_precision(LABELS, SCORES, weights) == 1
    assert metrics.roc_auc(LABELS, SCORES, weights) == 1
