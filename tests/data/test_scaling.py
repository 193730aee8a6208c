"""The scaler sees training rows only."""

import numpy as np
import pytest

from kepler_keras.data.scaling import UNSCALED, fit_scaler


def test_mean_and_standard_deviation_over_all_values_of_the_rows():
    view = np.array([[1.0, 3.0], [5.0, 7.0], [100.0, 100.0]], np.float32)
    scaler = fit_scaler(view, np.array([0, 1]))
    assert scaler.mean == 4.0
    assert scaler.scale == pytest.approx(np.sqrt(5))
    assert scaler(view[:2]).mean() == pytest.approx(0, abs=1e-6)
    assert scaler(view).dtype == np.float32


def test_rows_outside_training_change_nothing():
    view = np.random.default_rng(0).normal(size=(20, 6, 1)).astype(np.float32)
    planted = view.copy()
    planted[10:] = 1e30
    rows = np.arange(10)
    assert fit_scaler(view, rows) == fit_scaler(planted, rows)
    assert fit_scaler(view, rows) != fit_scaler(planted, np.arange(11))


def test_constant_view_is_only_centred():
    view = np.full((3, 4), 7, np.float32)
    assert fit_scaler(view, np.arange(3))(view).tolist() == np.zeros((3, 4)).tolist()


def test_unscaled_leaves_values_alone():
    view = np.array([[0.1, -3.0]], np.float32)
    assert np.array_equal(UNSCALED(view), view)
