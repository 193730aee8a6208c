"""The scaler sees training rows only."""

import numpy as np
import pytest

from kepler_keras.data.scaling import UNSCALED, ViewScaler, fit_scaler
from kepler_keras.data.views import Views, one_view


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


def test_features_are_scaled_column_by_column_and_missing_ones_become_0():
    known = np.array([[1.0, 100.0, 7.0], [3.0, np.nan, 7.0], [np.nan, 300.0, 7.0]], np.float32)
    blank = np.full((3, 1), np.nan, np.float32)
    views = one_view(np.concatenate([known, blank], axis=1))
    scaler = fit_scaler(views, np.arange(3))
    assert scaler.views["view"] == ViewScaler((2.0, 200.0, 7.0, 0.0), (1.0, 100.0, 1.0, 1.0))
    assert scaler(views).single.tolist() == [[-1, -1, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0]]
    assert np.isnan(views.single[2, 0])  # what was given stays as it was


def test_features_outside_training_change_nothing():
    """The planted fault: one wild value in a validation row."""
    features = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32)
    planted = features.copy()
    planted[12, 1] = 1e30
    rows = np.arange(10)
    clean, wild = one_view(features), one_view(planted)
    assert fit_scaler(clean, rows) == fit_scaler(wild, rows)
    assert fit_scaler(clean, rows) != fit_scaler(wild, np.arange(13))


def test_every_view_has_a_scaling_of_its_own():
    curves = np.array([[1.0, 3.0], [5.0, 7.0]], np.float32)[..., None]
    features = np.array([[10.0, 0.0], [30.0, np.nan]], np.float32)
    views = Views({"flux": curves, "scalars": features})
    scaler = fit_scaler(views, np.arange(2))
    assert scaler.views["flux"] == ViewScaler((4.0,), (pytest.approx(np.sqrt(5)),))
    assert scaler.views["scalars"] == ViewScaler((20.0, 0.0), (10.0, 1.0))
    scaled = scaler(views)
    assert list(scaled.arrays) == ["flux", "scalars"]
    assert scaled.arrays["scalars"].tolist() == [[-1, 0], [1, 0]]
    assert np.array_equal(
        scaled.arrays["flux"], fit_scaler(one_view(curves), np.arange(2))(one_view(curves)).single
    )


def test_views_must_have_equally_many_rows():
    with pytest.raises(ValueError, match=r"equally many examples are needed, got {'a': 2, 'b': 3}"):
        Views({"a": np.zeros((2, 1), np.float32), "b": np.zeros((3, 1), np.float32)})
