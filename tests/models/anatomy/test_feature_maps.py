"""Maps of one curve: which layers, what values, and the picture of a deep network."""

import io

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from kepler_keras.errors import InputError
from kepler_keras.reporting.feature_maps import draw_feature_maps
from kepler_keras.reporting.svg import figure_style
from kepler_keras.training.backend import load_tensorflow

load_tensorflow()

import keras  # noqa: E402
from keras import layers  # noqa: E402

from kepler_keras.models.anatomy.feature_maps import feature_maps  # noqa: E402
from kepler_keras.models.anatomy.probe import transit_on_noise  # noqa: E402


def network():
    keras.utils.set_random_seed(0)
    x = start = keras.Input((40, 1), name="view")
    x = layers.Conv1D(4, 3, padding="same", name="conv_1")(x)
    x = layers.BatchNormalization(name="norm_1")(x)
    x = layers.ReLU(name="relu_1")(x)
    x = layers.Dropout(0.5, name="drop")(x)
    x = layers.MaxPooling1D(2, name="pool_1")(x)
    y = layers.Conv1D(4, 3, padding="same", name="conv_2")(x)
    x = layers.Add(name="sum")([x, y])
    return keras.Model(start, layers.Dense(1, name="logit")(layers.Flatten(name="flat")(x)))


VIEWS = {"view": transit_on_noise((40, 1), width=6)}


def test_a_map_after_each_block():
    maps = feature_maps(network(), VIEWS)
    assert list(maps) == ["relu_1", "pool_1", "conv_2", "sum"]
    assert [one.values.shape for one in maps.values()] == [(40, 4), (20, 4), (20, 4), (20, 4)]


def test_values_are_those_of_the_layer():
    model = network()
    maps = feature_maps(model, VIEWS, layers=["conv_1", "norm_1"])
    first = keras.Model(model.inputs[0], model.get_layer("conv_1").output)(VIEWS["view"])
    assert np.array_equal(maps["conv_1"].values, np.asarray(first)[0])
    assert list(maps) == ["conv_1", "norm_1"]


def test_places_stand_at_the_middle_of_what_they_see():
    pool = feature_maps(network(), VIEWS)["pool_1"]  # unit 0 sees -1 to 2
    assert pool.middles[:2].tolist() == [0.5, 2.5]


@pytest.mark.parametrize("layer", ["flat", "logit", "pool_2"])
def test_a_layer_without_places_is_refused(layer):
    with pytest.raises(InputError, match=f"layer '{layer}' has no places along a curve; "):
        feature_maps(network(), VIEWS, layers=[layer])


def test_a_network_without_places_is_refused():
    x = keras.Input((40, 1), name="view")
    dense = keras.Model(x, layers.Dense(1)(layers.Flatten()(x)), name="dense")
    with pytest.raises(InputError, match="model 'dense' has no layer with places along a curve"):
        feature_maps(dense, VIEWS)


def picture(depth):
    keras.utils.set_random_seed(0)
    stack = [layers.Conv1D(6, 3, padding="same", name=f"layer_{i}") for i in range(depth)]
    model = keras.Sequential([keras.Input((40, 1), name="view"), *stack])
    with figure_style():
        curves = {"view": VIEWS["view"][0]}
        figure = draw_feature_maps(curves, feature_maps(model, VIEWS), title="Sixteen layers")
        figure.savefig(io.BytesIO(), format="png")
    return figure


def test_sixteen_layers_are_readable():
    figure = picture(16)
    curve, *rows = figure.axes
    assert len(rows) == 16
    renderer = FigureCanvasAgg(figure).get_renderer()
    boxes = [text.get_window_extent(renderer) for axes in figure.axes for text in axes.texts]
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
    assert min(box.height for box in boxes) > 0.08 * figure.dpi
    assert min(axes.get_window_extent(renderer).height for axes in rows) > 0.3 * figure.dpi
    assert min(box.x0 for box in boxes) >= 0
    assert curve.get_xlim() == rows[-1].get_xlim()
