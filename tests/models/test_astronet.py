"""AstroNet against sizes worked out on paper."""

import numpy as np
import pytest

from kepler_keras.errors import InputError
from kepler_keras.experiment import Choice
from kepler_keras.models.registry import find_builder
from kepler_keras.training.backend import load_tensorflow
from tests.models.networks import MANY, SHALLUE, YU, assert_loads_bit_equal, examples, logits

load_tensorflow()

from kepler_keras.models.astronet import PRESETS, astronet  # noqa: E402

SMALL = {
    "global_filters": [2, 3],
    "global_kernel_size": 3,
    "local_filters": [2],
    "local_kernel_size": 3,
    "convolutions": 1,
    "units": [4],
}


def pooled(model, prefix, blocks):
    return [model.get_layer(f"{prefix}pool_{i}").output.shape[1] for i in range(1, blocks + 1)]


def test_parameters_of_a_small_network():
    shapes = {"global_view": (32, 1), "local_view": (16, 1), "scalars": (2,)}
    # Global: 3 * 2 + 2 and 3 * 2 * 3 + 3; 32 bins are pooled to 14 and 5, times 3 kernels.
    # Local: 3 * 2 + 2; 16 bins are pooled to 5, times 2 kernels.
    joined = 5 * 3 + 5 * 2 + 2
    assert astronet(shapes, **SMALL).count_params() == 8 + 21 + 8 + (joined * 4 + 4) + 5


# Two convolutions a block: 5 * (kernels before) * kernels + kernels each.
GLOBAL = (96 + 1296) + (2592 + 5152) + (10304 + 20544) + (41088 + 82048) + (164096 + 327936)
LOCAL = (96 + 1296) + (2592 + 5152)
DENSE = 3 * (512 * 512 + 512) + (512 + 1)


def test_published_kepler_network():
    model = find_builder(Choice(name="astronet", options={"preset": "shallue2018"}))(SHALLUE)
    assert pooled(model, "global_view_", 5) == [999, 498, 247, 122, 59]
    assert pooled(model, "local_view_", 2) == [98, 46]
    assert model.get_layer("join").output.shape == (None, 59 * 256 + 46 * 32)
    assert model.count_params() == GLOBAL + LOCAL + (16576 * 512 + 512) + DENSE == 9_940_193


def test_published_tess_network_has_as_many_weights_as_the_one_its_authors_released():
    model = find_builder(Choice(name="astronet", options={"preset": "yu2019"}))(YU)
    assert pooled(model, "global_view_", 5) == [99, 48, 22, 9, 3]
    assert pooled(model, "local_view_", 2) == [28, 11]
    assert model.count_params() == GLOBAL + LOCAL + (1120 * 512 + 512) + DENSE == 2_026_721


def test_slim_has_less_than_a_twentieth_of_the_weights():
    model = find_builder(Choice(name="astronet", options={"preset": "slim"}))(YU)
    assert model.count_params() == 94_697 < 0.05 * 2_026_721


def test_shallow_preset():
    model = find_builder(Choice(name="astronet", options={"preset": "shallow"}))(YU)
    assert pooled(model, "global_view_", 3) == [99, 48, 22]
    assert pooled(model, "local_view_", 2) == [28, 11]
    of_global = (96 + 1296) + (2592 + 5152) + (10304 + 20544)
    of_local = (192 + 5152) + (10304 + 20544)
    joined = 22 * 64 + 11 * 64
    dense = (joined * 512 + 512) + (512 * 512 + 512) + 513
    assert model.count_params() == of_global + of_local + dense == 1_421_201
    assert [model.get_layer(f"dropout_{i}").rate for i in range(3)] == [0.3] * 3


def test_first_preset_is_the_default():
    assert next(iter(PRESETS.values())) == {}


def test_depth_follows_the_name_of_the_view_also_where_it_is_alone():
    assert pooled(astronet({"global_view": (201, 1)}), "", 5)[-1] == 3
    alone = astronet({"secondary_view": (61, 1)})
    assert pooled(alone, "", 2) == [28, 11]
    assert "pool_3" not in [layer.name for layer in alone.layers]


def test_every_curve_has_a_column_of_its_own_and_features_join():
    model = astronet(MANY, **SMALL)
    kernels = [model.get_layer(f"{view}_conv_1_1").kernel for view in ("local_view", "odd_view")]
    assert [tuple(kernel.shape) for kernel in kernels] == [(3, 2, 2), (3, 1, 2)]
    # 130 bins to 63 and 30, times 3; 61 bins to 28, times 2, twice; three features.
    assert model.get_layer("join").output.shape == (None, 90 + 56 + 56 + 3)


def test_head_keeps_one_number_a_kernel():
    model = astronet(YU, **SMALL, global_head="global_max", local_head="global_mean")
    assert model.get_layer("join").output.shape == (None, 3 + 2)
    view = np.zeros((2, 61, 1), np.float32)
    view[0, 20], view[1, 30] = -5, -5
    at = astronet({"local_view": (61, 1)}, **SMALL, local_head="global_max", pool_padding="same")
    assert logits(at, view)[0] == pytest.approx(logits(at, view)[1], abs=1e-5)


def test_batch_norm_takes_the_place_of_the_bias():
    shapes = {"local_view": (16, 1)}
    with_bias = astronet(shapes, **SMALL).count_params()
    # two kernels: two biases go, and four numbers each come
    assert astronet(shapes, **SMALL, batch_norm=True).count_params() == with_bias - 2 + 8


def test_dropout_acts_in_training_only():
    shapes = {"local_view": (61, 1)}
    model, views = astronet(shapes, **SMALL, dropout=0.5), examples(shapes, n=64)
    assert np.array_equal(logits(model, views), logits(model, views))
    assert not np.array_equal(logits(model, views), np.asarray(model(views, training=True)))


def test_view_too_short_for_its_pooling_is_refused():
    rule = r"view 'global_view' has 124 bins, and 5 blocks with pooling 5 by 2 need at least 125$"
    with pytest.raises(InputError, match=rule):
        astronet({"global_view": (124, 1)})
    assert pooled(astronet({"global_view": (125, 1)}), "", 5)[-1] == 1
    assert pooled(astronet({"global_view": (64, 1)}, pool_padding="same"), "", 5)[-1] == 2


@pytest.mark.parametrize("shapes", [{"image": (8, 16, 1)}, {"scalars": (3,)}])
def test_other_shapes_are_refused(shapes):
    with pytest.raises(InputError, match=r"'astronet' needs a view of shape \(bins, channels\), g"):
        astronet(shapes)


@pytest.mark.parametrize(
    "options",
    [{"global_filters": []}, {"local_filters": [0]}, {"dropout": 1.0}, {"pool_padding": "full"}],
)
def test_option_values_are_checked(options):
    (option,) = options
    with pytest.raises(InputError, match=f"model 'astronet': {option}.*: .*, got "):
        find_builder(Choice(name="astronet", options=options))


@pytest.mark.parametrize("batch_norm", [False, True])
def test_loads_bit_equal(batch_norm, tmp_path):
    assert_loads_bit_equal(astronet(MANY, **SMALL, batch_norm=batch_norm), MANY, tmp_path)
