"""Equations 3 to 7 against hand-worked sums, NumPy and Keras's layers on random shapes."""

import keras
import numpy as np
import pytest
from keras import layers

from kepler_keras.errors import InputError
from kepler_keras.handout.channels import convolutional_layer, n_parameters
from kepler_keras.handout.convolution import (
    convolution_1d,
    convolution_over_image,
    convolution_over_kernel,
    cross_correlation,
    rotated,
)
from kepler_keras.handout.windows import windows

SEEDS = range(6)


def whole(rng, *shape):
    """Whole numbers: sums of their products are exact in float32."""
    return rng.integers(-9, 10, shape).astype(np.float64)


def keras_layer(made, x, kernel, bias):
    """What a layer of Keras gives for one example when it holds this kernel and this bias."""
    made.build((None, *x.shape))
    made.set_weights([kernel, bias])
    return keras.ops.convert_to_numpy(made(x[None].astype(np.float32)))[0]


def test_sums_worked_by_hand():
    # s(0) = 1*3, s(1) = 1*5 + 2*3, s(2) = 2*5
    np.testing.assert_array_equal(convolution_1d([1, 2], [3, 5]), [3, 11, 10])
    np.testing.assert_array_equal(cross_correlation([1, 2, 4], [3, 5]), [13, 26])
    np.testing.assert_array_equal(
        cross_correlation([[1, 2], [3, 4]], [[1, 10], [100, 1000]]), [[4321]]
    )
    np.testing.assert_array_equal(rotated([[1, 2], [3, 4]]), [[4, 3], [2, 1]])


@pytest.mark.parametrize("seed", SEEDS)
def test_one_dimension_is_numpys(seed):
    rng = np.random.default_rng(seed)
    signal, kernel = whole(rng, rng.integers(5, 20)), whole(rng, rng.integers(1, 6))
    np.testing.assert_array_equal(convolution_1d(signal, kernel), np.convolve(signal, kernel))
    np.testing.assert_array_equal(convolution_1d(kernel, signal), np.convolve(signal, kernel))
    valid = np.correlate(signal, kernel, mode="valid")
    np.testing.assert_array_equal(cross_correlation(signal, kernel), valid)
    np.testing.assert_array_equal(
        cross_correlation(signal, rotated(kernel)), np.convolve(signal, kernel, mode="valid")
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_both_orders_of_the_sum_are_equal_and_rotation_makes_one_the_other(seed):
    rng = np.random.default_rng(seed)
    image, kernel = whole(rng, *rng.integers(5, 12, 2)), whole(rng, *rng.integers(1, 5, 2))
    full = convolution_over_kernel(image, kernel)
    np.testing.assert_array_equal(full, convolution_over_image(image, kernel))
    np.testing.assert_array_equal(full, convolution_over_kernel(kernel, image))
    inside = tuple(
        slice(side - 1, size) for side, size in zip(kernel.shape, image.shape, strict=True)
    )
    np.testing.assert_array_equal(full[inside], cross_correlation(image, rotated(kernel)))


def test_a_kernel_that_is_not_rotated_is_another_thing():
    image, kernel = [[0, 0, 0], [0, 1, 0], [0, 0, 0]], [[1, 2], [3, 4]]
    convolved = convolution_over_kernel(image, kernel)[1:3, 1:3]
    np.testing.assert_array_equal(convolved, kernel)  # an impulse draws the kernel
    np.testing.assert_array_equal(cross_correlation(image, kernel), rotated(kernel))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("n_axes", [1, 2])
def test_a_layer_is_keras_layer(seed, n_axes):
    rng = np.random.default_rng(seed)
    depth, n_kernels, stride, side = (int(one) for one in rng.integers(1, 5, 4))
    x = whole(rng, *rng.integers(6, 12, n_axes), depth)
    kernels, biases = whole(rng, *[side] * n_axes, depth, n_kernels), whole(rng, n_kernels)
    layer = (layers.Conv1D if n_axes == 1 else layers.Conv2D)(n_kernels, side, strides=stride)
    ours = convolutional_layer(x, kernels, biases, stride=stride)
    np.testing.assert_array_equal(ours, keras_layer(layer, x, kernels, biases))
    assert layer.count_params() == n_parameters((side,) * n_axes, depth=depth, n_kernels=n_kernels)


@pytest.mark.parametrize("seed", SEEDS)
def test_real_numbers_agree_to_float32(seed):
    rng = np.random.default_rng(seed)
    x, kernels, biases = (
        rng.normal(size=(9, 8, 3)),
        rng.normal(size=(3, 2, 3, 2)),
        rng.normal(size=2),
    )
    theirs = keras_layer(layers.Conv2D(2, (3, 2)), x, kernels, biases)
    np.testing.assert_allclose(convolutional_layer(x, kernels, biases), theirs, atol=1e-5)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: cross_correlation([1, 2], [1, 2, 3]), "window: must fit into values of shape"),
        (lambda: cross_correlation([1, 2], [[1]]), "window: must fit"),
        (lambda: windows(np.ones(3), (2,), stride=0), "stride: must be at least 1, it is 0"),
        (
            lambda: convolutional_layer(np.ones((5, 3)), np.ones((2, 2, 1)), [0]),
            "kernels: must have 3 channels as the input, has 2",
        ),
        (
            lambda: convolutional_layer(np.ones((5, 3)), np.ones((2, 3, 2)), np.zeros((4, 2))),
            r"biases: must be one a kernel, shape \(2,\), it is \(4, 2\)",
        ),
    ],
)
def test_what_does_not_fit_is_said(call, words):
    with pytest.raises(InputError, match=words):
        call()
