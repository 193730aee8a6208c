"""Logistic regression on standardised columns."""

import numpy as np
import peer_checks
import pytest
from sklearn.linear_model import LogisticRegression

from kepler_keras.models.logistic_regression import logistic_regression

MODEL = logistic_regression({"global_view": (peer_checks.LENGTH, 1)})


def test_it_finds_planets():
    peer_checks.check_ranks(MODEL)


def test_equal_seeds_give_equal_scores():
    peer_checks.check_seeds(MODEL, draws=False)


def test_weights_are_honoured():
    peer_checks.check_weights(MODEL)


def test_it_is_saved_without_pickle(tmp_path):
    peer_checks.check_saving(MODEL, tmp_path)


def test_it_is_scikit_learns_on_columns_of_unit_scatter():
    rows, labels = peer_checks.curves()
    rows[:, 3] *= 1e6
    standard = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    expected = LogisticRegression(C=0.1).fit(standard, labels).predict_proba(standard)
    model = logistic_regression({"a": (48, 1)}, C=0.1).fit(rows, labels)
    np.testing.assert_allclose(model.predict_proba(rows), expected, atol=1e-3)


def test_nan_and_constant_columns_say_nothing():
    rows, labels = peer_checks.curves()
    expected = MODEL.fit(rows, labels).predict_proba(rows)
    odd = np.column_stack([rows, np.full(60, 7.0), np.full(60, np.nan)]).astype(np.float32)
    model = logistic_regression({"global_view": (48, 1), "scalars": (2,)}).fit(odd, labels)
    np.testing.assert_allclose(model.predict_proba(odd), expected, rtol=1e-5)


def test_a_missing_number_counts_as_the_mean():
    rows, labels = peer_checks.curves()
    model = logistic_regression({"a": (48, 1)}).fit(rows, labels)
    gap, mean = rows[:1].copy(), rows[:1].copy()
    gap[0, 5], mean[0, 5] = np.nan, rows[:, 5].mean()
    assert model.decision_function(gap) == pytest.approx(model.decision_function(mean), abs=1e-5)
