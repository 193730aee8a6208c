"""Recall at a precision, and the measures that take scores as probabilities."""

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics
from sklearn.calibration import calibration_curve

from kepler_keras.evaluation import metrics

# Log loss: -ln 0.8, -ln 0.5, -ln 0.9.
LABELS = np.array([1, 0, 0], np.int8)
SCORES = np.array([0.8, 0.5, 0.1])
PROBABILITY = (metrics.calibration_error, metrics.log_loss, metrics.mean_score)
ALL = (metrics.recall_at_precision, *PROBABILITY)


def _example(seed, *, distinct=10**9, n=120):
    rng = np.random.default_rng(seed)
    labels = (rng.random(n) < 0.2).astype(np.int8)
    labels[:2] = 0, 1
    scores = rng.integers(0, distinct + 1, n) / distinct
    scores[labels == 1] = np.sqrt(scores[labels == 1])  # better than chance
    return labels, scores, rng.standard_exponential((7, n))


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0], 1),
        ([1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 0, 1], 9 / 10),  # 9 of 10 reach it, 10 of 12 do not
        ([0, 1, 1, 1], 0),  # never better than 3 of 4
        ([1, 0, 1, 0], 1 / 2),
    ],
)
def test_recall_at_precision_by_hand(labels, expected):
    scores = np.linspace(0.9, 0.1, len(labels))
    assert metrics.recall_at_precision(np.array(labels), scores) == expected
    # A factor that all weights share changes nothing, though 0.1 + 0.1 + 0.1 is more than 0.3.
    weights = np.full(len(labels), 0.1)
    assert metrics.recall_at_precision(np.array(labels), scores, weights) == pytest.approx(expected)


def test_recall_at_precision_with_weights_by_hand():
    labels, scores = np.array([1, 0, 1]), np.array([0.9, 0.5, 0.4])
    weights = np.array([[1.0, 1, 1], [1, 0.2, 1], [3, 0.3, 1], [1, 9, 0], [0, 1, 0]])
    value = metrics.recall_at_precision(labels, scores, weights)
    assert value[:4] == pytest.approx([1 / 2, 1, 1, 1])
    assert np.isnan(value[4])


def test_equal_scores_reach_a_precision_together():
    assert metrics.recall_at_precision(np.array([1, 1, 0]), np.array([0.9, 0.5, 0.5])) == 0.5
    assert metrics.recall_at_precision(np.array([1, 1, 0]), np.full(3, 0.5)) == 0


@pytest.mark.parametrize("distinct", [1, 4, 30, 10**9])
@pytest.mark.parametrize("seed", range(4))
def test_recall_at_precision_is_that_of_scikit_learns_curve(seed, distinct):
    labels, scores, weights = _example(seed, distinct=distinct)
    scores[np.flatnonzero(labels == 1)[:5]] = 1
    for weight in (None, *weights):
        precision, recall, _ = sklearn_metrics.precision_recall_curve(
            labels, scores, sample_weight=weight
        )
        expected = recall[precision >= 0.9].max()  # its last point is precision 1 at recall 0
        assert metrics.recall_at_precision(labels, scores, weight) == pytest.approx(expected)


def test_log_loss_by_hand():
    each = -np.log([0.8, 0.5, 0.9])
    assert metrics.log_loss(LABELS, SCORES) == pytest.approx(each.mean(), abs=1e-15)
    weights = np.array([[1.0, 2, 3], [0, 0, 5]])
    expected = [(each[0] + 2 * each[1] + 3 * each[2]) / 6, each[2]]
    assert metrics.log_loss(LABELS, SCORES, weights) == pytest.approx(expected, abs=1e-15)


def test_a_sure_mistake_costs_much_and_not_infinitely_much():
    wrong = metrics.log_loss(np.array([1, 0]), np.array([0.0, 1.0]))
    assert wrong == pytest.approx(15 * np.log(10), rel=1e-3)  # 1 - 1e-15 is 1 - 9.99e-16
    right = metrics.log_loss(np.array([1, 0]), np.array([1.0, 0.0]))
    assert 0 <= right < 1e-14


@pytest.mark.parametrize("seed", range(4))
def test_log_loss_is_scikit_learns(seed):
    labels, scores, weights = _example(seed)
    for weight in (None, *weights):
        expected = sklearn_metrics.log_loss(labels, scores, sample_weight=weight)
        assert metrics.log_loss(labels, scores, weight) == pytest.approx(expected, abs=1e-12)


def test_mean_score_by_hand():
    assert metrics.mean_score(LABELS, SCORES) == pytest.approx(1.4 / 3, abs=1e-15)
    weights = np.array([[1.0, 2, 5], [0, 1, 0]])
    assert metrics.mean_score(LABELS, SCORES, weights) == pytest.approx([2.3 / 8, 0.5])


def test_calibration_error_by_hand():
    # Twenty rows make ten pairs by score: the two planets score too low, all others too high.
    labels = np.array([1, 1] + [0] * 18)
    scores = np.array([0.9, 0.8] + [0.1 + 0.001 * i for i in range(18)])
    others = scores[2:].sum()
    assert metrics.calibration_error(labels, scores) == pytest.approx((0.3 + others) / 20)
    # A pair of one planet and one other row at 0.5: over and under cancel within the group.
    labels, scores = np.tile([1, 0], 10), np.repeat(np.arange(10) / 100 + 0.45, 2)
    scores[::2] += 0.001
    distance = np.abs(scores.reshape(10, 2).mean(axis=1) - 0.5).mean()
    assert metrics.calibration_error(labels, scores) == pytest.approx(distance, abs=1e-15)
    # Planets of the weight of three make it 3/4 of each group.
    weights = np.tile([3.0, 1.0], 10)
    mean = (scores * weights).reshape(10, 2).sum(axis=1) / 4
    expected = np.abs(mean - 0.75).mean()
    both = metrics.calibration_error(labels, scores, np.array([weights, np.ones(20)]))
    assert both == pytest.approx([expected, distance], abs=1e-15)


def test_equal_scores_stay_in_one_group():
    # Eleven at 0.2 and nine others: the share of planets among the eleven is all that counts.
    labels = np.array([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] + [0] * 9)
    scores = np.array([0.2] * 11 + [0.0] * 9)
    expected = 11 / 20 * abs(0.2 - 2 / 11)
    assert metrics.calibration_error(labels, scores) == pytest.approx(expected, abs=1e-15)
    order = np.random.default_rng(0).permutation(20)
    shuffled = metrics.calibration_error(labels[order], scores[order])
    assert shuffled == pytest.approx(expected, abs=1e-15)


def test_scores_of_the_share_of_planets_are_calibrated():
    labels = (np.arange(200) % 4 == 0).astype(np.int8)
    assert metrics.calibration_error(labels, np.full(200, 0.25)) == pytest.approx(0, abs=1e-15)
    assert metrics.calibration_error(labels, np.full(200, 0.75)) == pytest.approx(0.5, abs=1e-15)


@pytest.mark.parametrize("seed", range(4))
def test_calibration_error_is_that_of_scikit_learns_curve(seed):
    labels, scores, _ = _example(seed, n=200)  # 200 different scores make ten groups of 20
    share, mean = calibration_curve(labels, scores, n_bins=10, strategy="quantile")
    expected = np.abs(share - mean).mean()
    assert metrics.calibration_error(labels, scores) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("measure", ALL)
@pytest.mark.parametrize("order", ["C", "F"])
def test_many_weightings_equal_one_by_one(measure, order):
    labels, scores, weights = _example(9, distinct=25)
    together = measure(labels, scores, np.asarray(weights, order=order))
    assert together.shape == (7,)
    expected = [measure(labels, scores, weight) for weight in weights]
    np.testing.assert_allclose(together, expected, rtol=0, atol=1e-14)
    ones = measure(labels, scores, np.ones((2, 120)))
    np.testing.assert_allclose(ones, [measure(labels, scores)] * 2, rtol=0, atol=1e-14)


def test_undefined_is_nan_and_raises_no_warning():
    assert np.isnan(metrics.recall_at_precision(np.zeros(3), SCORES))
    for measure in ALL:
        assert np.isnan(measure(LABELS, SCORES, np.zeros(3)))
        drawn = measure(LABELS, SCORES, np.array([[1.0, 1, 1], [0, 0, 0]]))
        assert np.isnan(drawn).tolist() == [False, True]


@pytest.mark.parametrize("measure", PROBABILITY)
@pytest.mark.parametrize("odd", [-0.01, 1.01, np.nan])
def test_scores_that_are_no_probabilities_have_none_of_their_measures(measure, odd):
    scores = np.array([0.8, odd, 0.1])
    assert np.isnan(measure(LABELS, scores))
    assert np.isnan(measure(LABELS, scores, np.ones((2, 3)))).all()
