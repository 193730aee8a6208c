"""Each rule against Keras, and against numbers worked out on paper."""

import math

import pytest

from kepler_keras.training.backend import load_tensorflow

load_tensorflow()

import keras  # noqa: E402
from keras import layers  # noqa: E402

from kepler_keras.models.anatomy.rules import RULES, facts_of, find_rule  # noqa: E402

LINE, IMAGE, ROW = (12, 6), (8, 10, 6), (6,)
CASES = [
    (LINE, lambda: layers.Conv1D(4, 3)),
    (LINE, lambda: layers.Conv1D(4, 3, 2, "same", use_bias=False)),
    (LINE, lambda: layers.Conv1D(4, 3, padding="causal", dilation_rate=2, groups=2)),
    (IMAGE, lambda: layers.Conv2D(4, (3, 5), (2, 1), "same")),
    (LINE, lambda: layers.DepthwiseConv1D(3, depth_multiplier=2)),
    (IMAGE, lambda: layers.DepthwiseConv2D(3, 2, "same")),
    (LINE, lambda: layers.SeparableConv1D(4, 3, padding="same", depth_multiplier=2)),
    (IMAGE, lambda: layers.SeparableConv2D(4, 3, use_bias=False)),
    *((LINE, lambda k=k, s=s, p=p: layers.Conv1DTranspose(4, k, s, p))
      for k in (1, 2, 3, 5) for s in (1, 2, 3) for p in ("valid", "same")),
    (IMAGE, lambda: layers.Conv2DTranspose(4, 3, 2, "same")),
    (LINE, lambda: layers.MaxPooling1D(5, 2)),
    (LINE, lambda: layers.AveragePooling1D(3, 2, "same")),
    (IMAGE, lambda: layers.MaxPooling2D((2, 3), padding="same")),
    (IMAGE, lambda: layers.AveragePooling2D(3, 1)),
    (LINE, layers.GlobalMaxPooling1D),
    (LINE, lambda: layers.GlobalAveragePooling1D(keepdims=True)),
    (IMAGE, layers.GlobalMaxPooling2D),
    (IMAGE, layers.GlobalAveragePooling2D),
    (LINE, lambda: layers.ZeroPadding1D((1, 2))),
    (IMAGE, lambda: layers.ZeroPadding2D(((1, 2), (3, 4)))),
    (LINE, lambda: layers.Cropping1D((1, 2))),
    (IMAGE, lambda: layers.Cropping2D(((1, 2), (3, 4)))),
    (LINE, lambda: layers.UpSampling1D(3)),
    (IMAGE, lambda: layers.UpSampling2D((2, 3))),
    (IMAGE, layers.Flatten),
    (ROW, layers.Flatten),
    (LINE, lambda: layers.Reshape((4, -1))),
    (IMAGE, lambda: layers.Permute((2, 1, 3))),
    (ROW, lambda: layers.RepeatVector(3)),
    (LINE, lambda: layers.Dense(5)),
    (ROW, lambda: layers.Dense(5, use_bias=False)),
    (LINE, lambda: layers.EinsumDense("ntp,pw->ntw", (12, 5), bias_axes="tw")),
    (LINE, lambda: layers.EinsumDense("ntp,tw->nwp", (5, 6))),
    *((LINE, one) for one in (
        layers.Identity, layers.ReLU, layers.LeakyReLU, layers.ELU, layers.Softmax, layers.PReLU,
        layers.BatchNormalization, layers.LayerNormalization, layers.ActivityRegularization,
        layers.GlobalMaxPooling1D,
    )),
    (LINE, lambda: layers.Activation("gelu")),
    (LINE, lambda: layers.PReLU(shared_axes=[1])),
    (LINE, lambda: layers.BatchNormalization(center=False)),
    (LINE, lambda: layers.LayerNormalization(axis=(1, 2), scale=False)),
    (LINE, lambda: layers.GroupNormalization(3)),
    (LINE, lambda: layers.Rescaling(2.0)),
    *((LINE, lambda one=one: one(0.2)) for one in (
        layers.Dropout, layers.SpatialDropout1D, layers.GaussianDropout, layers.GaussianNoise,
        layers.AlphaDropout,
    )),
    (IMAGE, lambda: layers.SpatialDropout2D(0.2)),
    *((LINE, lambda one=one, more=more: one(5, **more))
      for one in (layers.SimpleRNN, layers.GRU, layers.LSTM)
      for more in ({}, {"return_sequences": True}, {"use_bias": False})),
    (LINE, lambda: layers.GRU(5, reset_after=False)),
    (LINE, lambda: layers.Bidirectional(layers.LSTM(5, return_sequences=True))),
    (LINE, lambda: layers.Bidirectional(layers.GRU(5), merge_mode="sum")),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "make"), CASES)
def test_shape_and_parameters_are_those_of_keras(shape, make):
    layer = make()
    output = layer(keras.Input(shape))
    facts = facts_of(layer, (shape,))
    assert facts.shape == tuple(output.shape[1:])
    assert facts.parameters == layer.count_params()


MERGES = [
    layers.Add, layers.Subtract, layers.Multiply, layers.Average, layers.Maximum, layers.Minimum,
]  # fmt: skip


@pytest.mark.parametrize("make", MERGES)
@pytest.mark.parametrize("other", [LINE, (1, 6)])
def test_merges(make, other):
    layer = make()
    output = layer([keras.Input(LINE), keras.Input(other)])
    assert facts_of(layer, (LINE, other)).shape == tuple(output.shape[1:])


@pytest.mark.parametrize("axis", [-1, 1, 2])
def test_concatenation(axis):
    layer = layers.Concatenate(axis)
    output = layer([keras.Input(LINE), keras.Input(LINE)])
    facts = facts_of(layer, (LINE, LINE))
    assert facts.shape == tuple(output.shape[1:])
    assert (facts.sight is None) == (axis == 1)


@pytest.mark.parametrize("options", [{}, {"value_dim": 5}, {"use_bias": False}])
def test_attention(options):
    layer = layers.MultiHeadAttention(2, 3, **options)
    output = layer(keras.Input(LINE), keras.Input((7, 4)))
    facts = facts_of(layer, (LINE, (7, 4)))
    assert facts.shape == tuple(output.shape[1:])
    assert facts.parameters == layer.count_params()


def test_every_class_that_has_a_rule_is_tried():
    tried = {type(make()) for _, make in CASES} | {*MERGES, layers.InputLayer}
    assert set(RULES) - tried == {layers.Concatenate, layers.MultiHeadAttention}


@pytest.mark.parametrize(
    ("shape", "make", "kind", "number", "weights", "multiply_adds"),
    [
        # The handout's m x n, and k x n with k weights for one channel.
        ((10,), lambda: layers.Dense(4), "dense", 40, 40, 40),
        ((10, 1), lambda: layers.Conv1D(1, 3, padding="same"), "sparse, shared", 30, 3, 30),
        ((10, 2), lambda: layers.Conv1D(4, 3), "sparse, shared", 192, 24, 192),
        ((10, 2), lambda: layers.Conv1D(4, 3, groups=2), "sparse, shared", 96, 12, 96),
        ((10, 2), lambda: layers.MaxPooling1D(2), "sparse", 20, 0, 0),
        ((10, 2), lambda: layers.Dense(4), "sparse, shared", 80, 8, 80),
        # A step of 2 values and 3 units into 4 gates of 3 units each, ten times.
        ((10, 2), lambda: layers.LSTM(3), "sparse, shared", 600, 60, 600),
    ],
)
def test_connections(shape, make, kind, number, weights, multiply_adds):
    layer = make()
    layer(keras.Input(shape))
    facts = facts_of(layer, (shape,))
    connections = facts.connections
    assert (connections.kind, connections.number, connections.weights) == (kind, number, weights)
    assert facts.multiply_adds == multiply_adds


def test_multiply_adds_of_attention():
    layer = layers.MultiHeadAttention(2, 3)
    x = keras.Input((5, 4))
    layer(x, x)
    # Queries, keys and values 5 * 4 * 6 each, 5 * 5 * 6 products of each of two kinds, 5 * 6 * 4.
    assert facts_of(layer, ((5, 4), (5, 4))).multiply_adds == 3 * 120 + 2 * 150 + 120


class Louder(layers.Conv1D):
    """The same convolution under another name."""


class Twice(layers.Conv1D):
    def call(self, inputs):
        return super().call(super().call(inputs))


class Own(layers.Layer):
    def call(self, inputs):
        return inputs


def test_a_subclass_that_changes_nothing_has_its_bases_rule():
    assert find_rule(Louder(2, 3)) is RULES[layers.Conv1D]


@pytest.mark.parametrize("layer", [Twice(2, 3), Own(), layers.Masking()])
def test_a_layer_that_does_something_else_is_unknown(layer):
    assert find_rule(layer) is None


@pytest.mark.parametrize(
    ("shape", "layer"),
    [
        (LINE, layers.Conv1D(2, 3, data_format="channels_first")),
        (LINE, layers.MaxPooling1D(2, data_format="channels_first")),
        (IMAGE, layers.UpSampling2D(2, interpolation="bilinear")),
        (LINE, layers.LSTM(3, return_state=True)),
        (LINE, layers.Conv1DTranspose(2, 3, 2, output_padding=1)),
        (LINE, layers.EinsumDense("...p,pw->...w", (None, 5))),
        (LINE, layers.Bidirectional(layers.RNN(layers.LSTMCell(3)))),
    ],
)
def test_a_form_that_no_rule_covers_is_unknown(shape, layer):
    assert facts_of(layer, (shape,)) is None


def test_sizes_are_whole_numbers():
    for shape, make in CASES:
        layer = make()
        layer(keras.Input(shape))
        facts = facts_of(layer, (shape,))
        assert math.prod(facts.shape) > 0
        assert isinstance(facts.parameters, int)
        assert isinstance(facts.multiply_adds, int)
