"""Figures 3 to 5 and f(g(x)) = g(f(x)) against Keras: weights, gradients, shifts and flips."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from kepler_keras.errors import InputError
from kepler_keras.handout.connectivity import (
    banded_matrix,
    convolution_connections,
    count_weights,
    dense_connections,
    reached,
    receptive_field,
)
from kepler_keras.handout.convolution import cross_correlation
from kepler_keras.handout.equivariance import (
    circular_correlation,
    equivariance_error,
    flipped,
    invariance_error,
    shifted,
)
from kepler_keras.handout.pooling import average_pooling, max_pooling


def positive(widths, strides, *, padding):
    """Convolutions of one channel with weights of one and no bias."""
    return keras.Sequential(
        [
            layers.Conv1D(
                1, width, strides=stride, padding=padding, use_bias=False, kernel_initializer="ones"
            )
            for width, stride in zip(widths, strides, strict=True)
        ]
    )


def jacobian(network, size):
    """How each output changes with each input, shape (outputs, size)."""
    x = tf.zeros((1, size, 1))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = network(x)
    return tape.jacobian(y, x).numpy()[0, :, 0, 0, :, 0]


def test_figures_3_and_4_by_hand():
    np.testing.assert_array_equal(dense_connections(3, 2), np.ones((2, 3)))
    by_hand = [[1, 1, 0, 0, 0], [1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 0, 1, 1]]
    np.testing.assert_array_equal(convolution_connections(5, width=3), by_hand)
    with pytest.raises(InputError, match="odd"):
        convolution_connections(5, width=2)


@pytest.mark.parametrize("widths", [(3,), (3, 3), (3, 3, 3), (5, 3)])
def test_connections_and_reach_are_the_jacobians(widths):
    layer_by_layer = [convolution_connections(11, width=width) for width in widths]
    theirs = jacobian(positive(widths, [1] * len(widths), padding="same"), 11)
    np.testing.assert_array_equal(reached(layer_by_layer), theirs != 0)
    assert reached(layer_by_layer)[5].sum() == receptive_field(widths)


@pytest.mark.parametrize("seed", range(6))
def test_receptive_field_is_the_extent_of_the_gradient(seed):
    rng = np.random.default_rng(seed)
    n_layers = int(rng.integers(1, 5))
    strides = rng.integers(1, 4, n_layers).tolist()
    widths = [int(rng.integers(stride, 6)) for stride in strides]  # no gaps between windows
    seen = receptive_field(widths, strides)
    places = np.flatnonzero(jacobian(positive(widths, strides, padding="valid"), seen + 7)[0])
    assert places[-1] - places[0] + 1 == seen


def test_weights_stored_are_those_of_keras():
    counted = count_weights(7, 5, width=3)
    dense = layers.Dense(5, use_bias=False)
    dense.build((None, 7))
    shared = layers.Conv1D(1, 3, use_bias=False)
    shared.build((None, 7, 1))
    assert shared.compute_output_shape((None, 7, 1))[1] == 5
    assert (dense.count_params(), shared.count_params()) == (counted.dense, counted.shared)
    assert counted.sparse == 15 == np.count_nonzero(banded_matrix([1, 2, 3], 7))


@pytest.mark.parametrize("seed", range(4))
def test_the_banded_matrix_is_the_correlation(seed):
    rng = np.random.default_rng(seed)
    kernel, row = rng.integers(-9, 9, 4), rng.integers(-9, 9, 11)
    matrix = banded_matrix(kernel, 11)
    np.testing.assert_array_equal(matrix @ row, cross_correlation(row, kernel))
    dense = layers.Dense(8, use_bias=False)
    dense.build((None, 11))
    dense.set_weights([matrix.T])
    theirs = keras.ops.convert_to_numpy(dense(row[None].astype(np.float32)))[0]
    np.testing.assert_array_equal(cross_correlation(row, kernel), theirs)


@pytest.fixture
def circle():
    return np.random.default_rng(3).integers(-9, 9, 24).astype(float)


def keras_circle(kernel):
    """Keras's convolution about a circle: the row is wrapped first."""
    layer = layers.Conv1D(1, len(kernel), use_bias=False)
    layer.build((None, 24, 1))
    layer.set_weights([np.asarray(kernel, dtype=np.float32)[:, None, None]])

    def convolved(row):
        wrapped = np.pad(row, len(kernel) // 2, mode="wrap").astype(np.float32)
        return keras.ops.convert_to_numpy(layer(wrapped[None, :, None]))[0, :, 0]

    return convolved


@pytest.mark.parametrize("kernel", [(1, 2, 3), (2, 0, -1, 5, 1)])
def test_convolution_moves_with_its_input_and_does_not_flip_with_it(circle, kernel):
    for layer in (lambda row: circular_correlation(row, kernel), keras_circle(kernel)):
        assert equivariance_error(layer, shifted, circle) == 0
        assert equivariance_error(layer, lambda row: shifted(row, 7), circle) == 0
        assert equivariance_error(layer, flipped, circle) > 0
    symmetric = np.array(kernel) + np.array(kernel)[::-1]
    for layer in (lambda row: circular_correlation(row, symmetric), keras_circle(symmetric)):
        assert equivariance_error(layer, flipped, circle) == 0
    np.testing.assert_array_equal(
        circular_correlation(circle, kernel), keras_circle(kernel)(circle)
    )


@pytest.mark.parametrize("pooling", [max_pooling, average_pooling])
def test_pooling_with_a_stride_moves_with_shifts_by_its_stride_alone(circle, pooling):
    def pooled(row):
        return pooling(row, (4,), stride=4)

    def by(places):
        return lambda row: shifted(row, places)

    assert equivariance_error(pooled, by(4), circle, after=shifted) == 0
    assert all(equivariance_error(pooled, by(1), circle, after=by(out)) > 0 for out in range(6))


def test_global_max_pooling_is_invariant_and_local_is_not(circle):
    highest = layers.GlobalMaxPooling1D()

    def whole(row):
        return keras.ops.convert_to_numpy(highest(row[None, :, None]))[0]

    for places in range(24):
        assert invariance_error(whole, lambda row, by=places: shifted(row, by), circle) == 0
    np.testing.assert_array_equal(whole(circle), [circle.max()])
    assert invariance_error(lambda row: max_pooling(row, (4,), stride=4), shifted, circle) > 0
    assert invariance_error(lambda row: max_pooling(row, (4,), stride=1), shifted, circle) > 0
