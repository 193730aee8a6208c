"""The transformer against sizes worked out on paper."""

import numpy as np
import pytest

from kepler_keras.errors import InputError
from kepler_keras.training.backend import load_tensorflow
from tests.models.networks import FLUX, MANY, SHALLUE, YU, assert_loads_bit_equal, examples, logits

load_tensorflow()

from kepler_keras.models.transformer import transformer  # noqa: E402

SMALL = {"max_tokens": 4, "width": 4, "heads": 2, "blocks": 1, "hidden": 5}


def test_parameters_of_a_small_network():
    shapes = {"flux": (10, 1), "scalars": (2,)}
    tokens = 3 * 4 + 4 * 4  # patches of 3 to 4 numbers, and a place for each of 4 tokens
    attention = 3 * (4 * 4 + 4) + (4 * 4 + 4)  # query, key and value of 2 heads of 2; output
    block = 2 * 8 + attention + (4 * 5 + 5) + (5 * 4 + 4)
    assert transformer(shapes, **SMALL).count_params() == tokens + block + 8 + (4 + 2 + 1)
    twice = {**SMALL, "blocks": 2}
    assert transformer(shapes, **twice).count_params() == tokens + 2 * block + 8 + 7


@pytest.mark.parametrize(
    ("shapes", "prefix", "tokens", "patch"),
    [
        (FLUX, "", 64, 50),
        (SHALLUE, "global_view_", 63, 32),
        (SHALLUE, "local_view_", 51, 4),
        (YU, "global_view_", 51, 4),
        (YU, "local_view_", 61, 1),
    ],
)
def test_curve_is_cut_into_tokens(shapes, prefix, tokens, patch):
    model = transformer(shapes)
    assert model.get_layer(f"{prefix}patches").output.shape == (None, tokens, patch)
    assert model.get_layer(f"{prefix}tokens").output.shape == (None, tokens, 32)


def test_patches_are_stretches_of_the_curve_filled_up_with_zeros():
    import keras

    model = transformer({"flux": (10, 1)}, **SMALL)
    cut = keras.Model(model.input, model.get_layer("patches").output)
    patches = np.asarray(cut(np.arange(1, 11, dtype=np.float32).reshape(1, 10, 1)))
    assert patches[0].tolist() == [[1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 0, 0]]


def test_only_the_positions_tell_one_order_of_tokens_from_another():
    shapes = {"flux": (12, 1)}
    model, view = transformer(shapes, **SMALL), examples(shapes)
    turned = view.reshape(4, 4, 3)[:, ::-1].reshape(4, 12, 1)
    assert logits(model, turned) != pytest.approx(logits(model, view), abs=1e-5)
    places = model.get_layer("tokens").bias
    places.assign(np.zeros(places.shape))
    assert logits(model, turned) == pytest.approx(logits(model, view), abs=1e-5)


def test_width_that_the_heads_cannot_share_is_refused():
    with pytest.raises(InputError, match=r"width must be a multiple of heads \(3\), got 32$"):
        transformer(FLUX, heads=3)


@pytest.mark.parametrize("shapes", [{"image": (8, 16, 1)}, {"scalars": (3,)}])
def test_other_shapes_are_refused(shapes):
    with pytest.raises(InputError, match=r"'transformer' needs a view of shape \(cadences or bins"):
        transformer(shapes)


def test_loads_bit_equal(tmp_path):
    assert_loads_bit_equal(transformer(MANY, blocks=1), MANY, tmp_path)
