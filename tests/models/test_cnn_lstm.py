"""The CNN-LSTM against sizes worked out on paper."""

import numpy as np
import pytest

from kepler_keras.errors import InputError
from kepler_keras.training.backend import load_tensorflow
from tests.models.networks import FLUX, MANY, SHALLUE, YU, assert_loads_bit_equal, logits

load_tensorflow()

from kepler_keras.models.cnn_lstm import cnn_lstm  # noqa: E402

SMALL = {"filters": 2, "kernel_size": 3, "units": 3}


def test_parameters_of_a_small_network():
    shapes = {"flux": (16, 1), "scalars": (2,)}
    # 3 * 2 + 2; four gates of (2 + 3 inputs) * 3 units + 3; the last state and 2 features + 1
    one_way = cnn_lstm(shapes, **SMALL, bidirectional=False)
    assert one_way.count_params() == 8 + 4 * (5 * 3 + 3) + (3 + 2 + 1)
    assert cnn_lstm(shapes, **SMALL).count_params() == 8 + 2 * 72 + (6 + 2 + 1)


@pytest.mark.parametrize(
    ("shapes", "layer", "steps"),
    [
        (FLUX, "stem_3", 50),  # 3197, 800, 200, 50
        (SHALLUE, "global_view_stem_3", 32),  # 2001, 501, 126, 32
        (SHALLUE, "local_view_stem_1", 51),
        (YU, "global_view_stem_1", 51),
        (YU, "local_view_stem_1", 16),
    ],
)
def test_stem_shortens_a_curve_to_few_steps(shapes, layer, steps):
    model = cnn_lstm(shapes)
    assert model.get_layer(layer).output.shape == (None, steps, 32)
    following = f"{layer[:-1]}{int(layer[-1]) + 1}"
    assert following not in [layer.name for layer in model.layers]


def test_options_set_how_far_the_stem_goes():
    model = cnn_lstm(FLUX, **SMALL, stride=2, max_steps=1000)
    assert model.get_layer("stem_2").output.shape == (None, 800, 2)


def test_order_of_the_curve_counts():
    model = cnn_lstm({"flux": (64, 1)})
    view = np.zeros((2, 64, 1), np.float32)
    view[0, 8:12], view[1, 40:44] = -5, -5
    assert abs(logits(model, view)[0] - logits(model, view)[1]) > 1e-4


@pytest.mark.parametrize("shapes", [{"image": (8, 16, 1)}, {"scalars": (3,)}])
def test_other_shapes_are_refused(shapes):
    with pytest.raises(InputError, match=r"'cnn_lstm' needs a view of shape \(cadences or bins, c"):
        cnn_lstm(shapes)


@pytest.mark.parametrize("bidirectional", [False, True])
def test_loads_bit_equal(bidirectional, tmp_path):
    assert_loads_bit_equal(cnn_lstm(MANY, bidirectional=bidirectional), MANY, tmp_path)
