"""Figure 10 and equations 10 to 12 against scikit-learn."""

import numpy as np
import pytest
from sklearn import metrics

from kepler_keras.errors import InputError
from kepler_keras.handout.confusion import (
    Confusion,
    accuracy,
    count,
    precision,
    recall,
    rows_are_predictions,
    rows_are_truth,
)


def test_counts_by_hand():
    truth, called = [1, 1, 1, 0, 0, 0, 0, 0, 0, 0], [1, 1, 0, 1, 1, 1, 0, 0, 0, 0]
    counts = count(truth, called)
    assert counts == Confusion(tp=2, fp=3, fn=1, tn=4)
    np.testing.assert_array_equal(rows_are_predictions(counts), [[4, 1], [3, 2]])
    np.testing.assert_array_equal(rows_are_truth(counts), [[4, 3], [1, 2]])
    assert (accuracy(counts), precision(counts), recall(counts)) == (0.6, 0.4, 2 / 3)


def share(rng):
    return rng.choice([0.0, 0.3, 1.0])


@pytest.mark.parametrize("seed", range(20))
def test_both_orientations_and_all_rates_are_scikit_learns(seed):
    rng = np.random.default_rng(seed)
    truth, called = (rng.random(12) < share(rng) for _ in range(2))
    counts = count(truth, called)
    theirs = metrics.confusion_matrix(truth, called, labels=[0, 1])
    np.testing.assert_array_equal(rows_are_truth(counts), theirs)
    np.testing.assert_array_equal(rows_are_predictions(counts), theirs.T)
    ours = [accuracy(counts), precision(counts), recall(counts)]
    expected = [
        metrics.accuracy_score(truth, called),
        metrics.precision_score(truth, called, zero_division=np.nan),
        metrics.recall_score(truth, called, zero_division=np.nan),
    ]
    np.testing.assert_allclose(ours, expected, rtol=1e-15)


def test_undefined_is_nan():
    nothing = Confusion(tp=0, fp=0, fn=0, tn=0)
    assert np.isnan([accuracy(nothing), precision(nothing), recall(nothing)]).all()
    assert np.isnan(precision(Confusion(tp=0, fp=0, fn=37, tn=5050)))


@pytest.mark.parametrize(
    ("truth", "called", "words"),
    [
        ([0, 1], [1], "one a label"),
        ([0, 2], [0, 1], "must be 0 or 1"),
        ([0, 1], [0, 0.5], "0 or 1"),
    ],
)
def test_what_cannot_be_counted_is_said(truth, called, words):
    with pytest.raises(InputError, match=words):
        count(truth, called)
