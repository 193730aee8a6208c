"""Gradients of networks whose weights were typed in."""

import keras
import numpy as np
import pytest
from keras import layers

from kepler_keras.data.scaling import UNSCALED, Scaler, ViewScaler
from kepler_keras.data.views import Views, one_view
from kepler_keras.training.fitted import FittedKeras
from kepler_keras.training.saliency import saliency

WEIGHTS = np.array([0.5, -2.0, 0.0, 3.0], np.float32)


def linear(shape, weights):
    x = keras.Input(shape, name="flux")
    model = keras.Model(x, layers.Dense(1, name="logit")(layers.Flatten()(x)))
    model.get_layer("logit").set_weights([np.reshape(weights, (-1, 1)), np.zeros(1)])
    return model


def test_the_saliency_of_a_linear_network_is_the_size_of_its_weights():
    curves = np.random.default_rng(0).normal(size=(3, 4, 1)).astype(np.float32)
    found = saliency(FittedKeras(linear((4, 1), WEIGHTS), UNSCALED), one_view(curves, "flux"))
    assert found["flux"].tolist() == [np.abs(WEIGHTS).tolist()] * 3


def test_it_is_the_gradient_by_the_scaled_view():
    scaler = Scaler({"flux": ViewScaler((100.0,), (50.0,))})
    network = FittedKeras(linear((4, 1), WEIGHTS), scaler)
    found = saliency(network, one_view(np.full((1, 4, 1), 100.0, np.float32), "flux"))
    assert found["flux"][0] == pytest.approx(np.abs(WEIGHTS))


def test_of_several_channels_and_rows_the_largest_counts():
    two = linear((2, 2), [1.0, -4.0, 3.0, 0.5])
    views = one_view(np.zeros((1, 2, 2), np.float32), "flux")
    assert saliency(FittedKeras(two, UNSCALED), views)["flux"].tolist() == [[4.0, 3.0]]
    image = linear((2, 3, 1), [1, 2, 3, -9, 0, 1])  # two rows of three columns
    views = one_view(np.zeros((1, 2, 3, 1), np.float32), "flux")
    assert saliency(FittedKeras(image, UNSCALED), views)["flux"].tolist() == [[9.0, 2.0, 3.0]]


def test_where_nothing_comes_through_it_is_zero():
    """A ReLU that is shut passes no gradient, and a view that is not used has none."""
    x, unused = keras.Input((4, 1), name="flux"), keras.Input((2,), name="scalars")
    shut = layers.ReLU()(layers.Flatten()(x))
    model = keras.Model([x, unused], layers.Dense(1, name="logit")(shut))
    model.get_layer("logit").set_weights([WEIGHTS.reshape(4, 1), np.zeros(1)])
    curve = np.array([1.0, 1.0, 1.0, -1.0], np.float32).reshape(1, 4, 1)
    views = Views({"flux": curve, "scalars": np.zeros((1, 2), np.float32)})
    found = saliency(FittedKeras(model, UNSCALED), views)
    assert found["flux"].tolist() == [[0.5, 2.0, 0.0, 0.0]]
    assert found["scalars"].tolist() == [[0.0, 0.0]]


def test_dropout_is_off():
    x = keras.Input((4, 1), name="flux")
    dropped = layers.Dropout(0.9)(layers.Flatten()(x))
    model = keras.Model(x, layers.Dense(1, name="logit")(dropped))
    model.get_layer("logit").set_weights([WEIGHTS.reshape(4, 1), np.zeros(1)])
    found = saliency(FittedKeras(model, UNSCALED), one_view(np.ones((5, 4, 1), np.float32), "flux"))
    assert found["flux"].tolist() == [np.abs(WEIGHTS).tolist()] * 5
