"""Equations 8 and 9, and pooling, against Keras on random sizes."""

import keras
import numpy as np
import pytest
from keras import layers

from kepler_keras.errors import InputError
from kepler_keras.handout.output_size import keras_output_size, output_size
from kepler_keras.handout.padding import full_padding, half_padding, same_padding, zero_padded
from kepler_keras.handout.pooling import average_pooling, max_pooling


def of_keras(layer, x):
    return keras.ops.convert_to_numpy(layer(np.asarray(x, dtype=np.float32)[None]))[0]


def test_worked_numbers_of_the_handout():
    assert output_size(32, 5) == 28
    assert output_size(28, 2, stride=2) == 14
    assert len(zero_padded(np.ones(32), half_padding(5))) == 36
    assert output_size(32, 5, padding=half_padding(5)) == 32
    assert output_size(32, 5, padding=full_padding(5)) == 32 + 5 - 1
    assert zero_padded(np.ones((3, 3)), 1).shape == (5, 5)  # figure 8
    assert max_pooling(np.ones((3, 3)), (2, 2), stride=1).shape == (2, 2)  # figure 9


def random_sizes(n):
    """Sides, kernels that fit into them, and strides."""
    return np.random.default_rng(0).integers((7, 1, 1), (40, 8, 8), (n, 3)).tolist()


@pytest.mark.parametrize(("size", "kernel", "stride"), random_sizes(60))
def test_sizes_are_those_of_keras(size, kernel, stride):
    for padding in ("valid", "same"):
        expected = keras_output_size(size, kernel, padding=padding, stride=stride)
        conv = layers.Conv1D(1, kernel, strides=stride, padding=padding)
        pool = layers.MaxPooling1D(kernel, strides=stride, padding=padding)
        assert conv.compute_output_shape((None, size, 1))[1] == expected
        assert pool.compute_output_shape((None, size, 1))[1] == expected
    before, after = same_padding(size, kernel, stride=stride)
    padded = zero_padded(np.ones(size), before, after)
    assert output_size(len(padded), kernel, stride=stride) == expected


@pytest.mark.parametrize(("size", "kernel", "stride"), random_sizes(12))
def test_same_padding_puts_zeros_where_keras_does(size, kernel, stride):
    x = np.random.default_rng(size).integers(1, 9, size).astype(float)
    layer = layers.Conv1D(1, kernel, strides=stride, padding="same", use_bias=False)
    layer.build((None, size, 1))
    weights = np.arange(1.0, kernel + 1)
    layer.set_weights([weights[:, None, None]])
    padded = zero_padded(x, *same_padding(size, kernel, stride=stride))
    ours = np.lib.stride_tricks.sliding_window_view(padded, kernel)[::stride] @ weights
    np.testing.assert_array_equal(of_keras(layer, x[:, None])[:, 0], ours)


def test_half_padding_keeps_the_size_for_odd_kernels_and_stride_1_only():
    for kernel in (1, 3, 5, 7):
        assert output_size(32, kernel, padding=half_padding(kernel)) == 32
        assert same_padding(32, kernel) == (half_padding(kernel),) * 2
        assert output_size(32, kernel, padding=half_padding(kernel), stride=2) == 16
    assert sum(same_padding(32, 4)) == 3  # no even number of zeros keeps 32


@pytest.mark.parametrize(("size", "kernel", "stride"), random_sizes(12))
@pytest.mark.parametrize("n_axes", [1, 2])
def test_pooling_is_keras_pooling(size, kernel, stride, n_axes):
    x = np.random.default_rng(kernel).integers(-9, 9, (size, size - 1, 3)[2 - n_axes :])
    kinds = {
        1: (layers.MaxPooling1D, layers.AveragePooling1D),
        2: (layers.MaxPooling2D, layers.AveragePooling2D),
    }
    highest, mean = (kind(kernel, strides=stride) for kind in kinds[n_axes])
    window = (kernel,) * n_axes
    np.testing.assert_array_equal(max_pooling(x, window, stride=stride), of_keras(highest, x))
    ours = average_pooling(x, window, stride=stride)
    np.testing.assert_allclose(ours, of_keras(mean, x), atol=1e-5)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: half_padding(4), "half padding needs an odd side of at least 1, it is 4"),
        (lambda: half_padding(-1), "it is -1"),
        (lambda: output_size(4, 5), "must fit into the padded side of 4, it is 5"),
        (lambda: output_size(4, 2, stride=0), "at least 1, 1 and 0, they are 2, 0, 0"),
    ],
)
def test_what_has_no_size_is_said(call, words):
    with pytest.raises(InputError, match=words):
        call()
