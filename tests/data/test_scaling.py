"""The scaler sees training rows only."""

import numpy as np
import pytest

from kepler_keras.data.scaling import UNSCALED, fit_scaler
from kepler_keras.data.views import one_view


def test_mean_and_standard_deviation_over_all_values_of_the_rows():
    values = np.array([[1.0, 3.0], [5.0, 7.0], [100.0, 100.0]], np.float32)
    view = one_view(values[..., None])
    scaler = fit_scaler(view, np.array([0, 1]))
    assert scaler.views["view"].mean == (4.0,)
    assert scaler.views["view"].scale == pytest.approx((np.sqrt(5),))
    assert scaler(view[:2]).single.mean() == pytest.approx(0, abs=1e-6)
    assert scaler(view).single.dtype == np.float32


def test_rows_outside_training_change_nothing():
    view = np.random.default_rng(0).normal(size=(20, 6, 1)).astype(np.float32)
    planted = view.copy()
    planted[10:] = 1e30
    rows = np.arange(10)
    clean, planted = one_view(view), one_view(planted)
    assert fit_scaler(clean, rows) == fit_scaler(planted, rows)
    assert fit_scaler(clean, rows) != fit_scaler(planted, np.arange(11))


def test_constant_view_is_only_centred():
    for shape in ((3, 4, 1), (3, 4)):
        view = one_view(np.full(shape, 7, np.float32))
        scaled = fit_scaler(view, np.arange(3))(view).single
        assert scaled.tolist() == np.zeros(shape).tolist()


def test_unscaled_leaves_values_alone():
    view = np.array([[0.1, -3.0]], np.float32)
    assert np.array_equal(UNSCALED(one_view(view)).single, view)
