"""Hiding parts of what a linear model sees: the answer is known without any model."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from kepler_keras.data.scaling import Scaler, ViewScaler
from kepler_keras.data.views import Views, one_view
from kepler_keras.training.fitted import FittedSklearn
from kepler_keras.training.occlusion import continuum, occlusion

CURVE = np.array([0.0, 1.0, 0.0, -8.0, -4.0, 0.0], np.float32)  # median 0
WEIGHTS = np.array([1.0, 2.0, 3.0, -1.0, -2.0, 5.0])


def linear(weights, scaler=None):
    """Log-odds are `weights @ x + 0.5`."""
    model = LogisticRegression()
    model.classes_, model.n_features_in_ = np.array([0, 1]), len(weights)
    model.coef_, model.intercept_ = np.array([weights], float), np.array([0.5])
    return FittedSklearn(model) if scaler is None else FittedSklearn(model, scaler)


def test_a_hidden_window_costs_what_it_held_times_its_weights():
    view = CURVE.reshape(1, 6, 1)
    found = occlusion(linear(WEIGHTS), one_view(view, "flux"), {})["flux"]
    assert (found.width, found.starts.tolist()) == (3, [0, 1, 2, 3])
    # weight times (value - median), summed over steps 0-2, 1-3, 2-4, 3-5
    assert found.change == pytest.approx(np.array([[2.0, 2 + 8, 8 + 8, 8 + 8]]), abs=1e-6)


def test_what_is_hidden_becomes_the_continuum_and_not_zero():
    raised = (CURVE + 100).reshape(1, 6, 1)
    found = occlusion(linear(WEIGHTS / 100), one_view(raised, "flux"), {})["flux"]
    assert found.change[0] == pytest.approx([0.02, 0.10, 0.16, 0.16], abs=1e-4)


def test_every_example_is_compared_with_itself():
    flat = np.full(6, 7.0, np.float32)
    views = one_view(np.stack([flat, CURVE])[..., None], "flux")
    found = occlusion(linear(WEIGHTS / 10), views, {})["flux"]
    assert found.change[0] == pytest.approx(0, abs=1e-6)
    assert found.change[1] == pytest.approx([0.2, 1.0, 1.6, 1.6], abs=1e-6)


def test_an_image_is_hidden_along_its_columns_by_the_median_of_each_row():
    image = np.array([[1, 1, 1, -4], [2, 2, 9, 2]], np.float32).reshape(1, 2, 4, 1)
    assert continuum(image).ravel().tolist() == [1, 2]
    weights = np.array([1, 1, 1, 1, 10, 10, 10, 10]) / 100
    found = occlusion(linear(weights), one_view(image, "folded_image"), {})["folded_image"]
    assert found.starts.tolist() == [0, 1]
    # Columns 0-2 hold the 9, 7 above its row; columns 1-3 also the -4, 5 below its own.
    assert found.change[0] == pytest.approx([0.70, 0.70 - 0.05], abs=1e-6)


def test_channels_are_hidden_together():
    view = np.zeros((1, 3, 2), np.float32)
    view[0, 1] = [-2, 5]
    weights = np.ones(6)
    found = occlusion(linear(weights), one_view(view, "flux"), {})["flux"]
    assert found.change == pytest.approx(np.array([[3.0]]))


def test_features_are_hidden_one_by_one_by_those_of_a_typical_star():
    curve, features = CURVE.reshape(1, 6, 1), np.array([[4.0, np.nan]], np.float32)
    scaler = Scaler(
        {
            "flux": ViewScaler((0.0,), (1.0,)),
            "search_features": ViewScaler((1.0, 2.0), (1.0, 1.0)),
        }
    )
    model = linear(np.concatenate([WEIGHTS, [3.0, 7.0]]), scaler)
    views = Views({"flux": curve, "search_features": features})
    found = occlusion(model, views, {"search_features": np.array([2.0, 2.5], np.float32)})
    assert found["flux"].change.shape == (1, 4)
    # 3 * (4 - 2); the other is missing, which is scaled to 0, and 2.5 to 0.5.
    assert found["search_features"].change == pytest.approx(np.array([[6.0, -3.5]]), rel=1e-3)
    assert found["search_features"].width == 1


def test_windows_cover_a_long_curve_to_its_end():
    view = np.zeros((1, 3197, 1), np.float32)
    view[0, -1] = -3
    found = occlusion(linear(np.full(3197, -0.5)), one_view(view, "flux"), {})["flux"]
    assert (found.width, found.starts[0], found.starts[-1]) == (128, 0, 3197 - 128)
    assert np.diff(found.starts).max() <= 64
    assert found.change[0, :-1] == pytest.approx(0, abs=1e-6)
    assert found.change[0, -1] == pytest.approx(1.5)


def test_views_that_came_are_left_as_they_were():
    view = CURVE.reshape(1, 6, 1).copy()
    occlusion(linear(WEIGHTS), one_view(view, "flux"), {})
    assert view.ravel().tolist() == CURVE.tolist()
