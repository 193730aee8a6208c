"""Exonet-XS against sizes worked out on paper."""

import numpy as np
import pytest

from kepler_keras.errors import InputError
from kepler_keras.training.backend import load_tensorflow
from tests.models.networks import MANY, SHALLUE, YU, assert_loads_bit_equal, logits

load_tensorflow()

from kepler_keras.models.astronet import astronet  # noqa: E402
from kepler_keras.models.exonet_xs import PRESETS, exonet_xs  # noqa: E402


def test_parameters_with_the_published_inputs():
    # flux and centroid in two channels, ten features of the star
    shapes = {"global_view": (2001, 2), "local_view": (201, 2), "scalars": (10,)}
    # 5 * 2 * 16 + 16, 5 * 16 * 16 + 16, 5 * 16 * 32 + 32; the same two; 32 + 16 + 10 + 1
    model = exonet_xs(shapes)
    assert model.count_params() == (176 + 1296 + 2592) + (176 + 1296) + 59


@pytest.mark.parametrize("preset", PRESETS)
def test_has_less_than_a_twentieth_of_the_parameters_of_astronet(preset):
    assert exonet_xs(YU, **PRESETS[preset]).count_params() < 0.05 * astronet(YU).count_params()


def test_wide_preset():
    # two equal columns of three blocks; 64 kernels of each to 64 units, those to the logit
    column = (96 + 1296) + (2592 + 5152) + (10304 + 20544)
    wide = exonet_xs(YU, **PRESETS["wide"])
    assert wide.count_params() == 2 * column + (128 * 64 + 64) + 65 == 88_289
    assert wide.get_layer("global_view_pool_2").output.shape == (None, 51, 32)


@pytest.mark.parametrize(
    ("shapes", "of_global", "of_local"), [(SHALLUE, [1001, 501], 101), (YU, [101, 51], 31)]
)
def test_columns_are_pooled_after_every_block_but_the_last(shapes, of_global, of_local):
    model = exonet_xs(shapes)
    for i, length in enumerate(of_global, start=1):
        assert model.get_layer(f"global_view_pool_{i}").output.shape == (None, length, 16)
    assert model.get_layer("global_view_conv_3_1").output.shape == (None, of_global[-1], 32)
    assert model.get_layer("local_view_conv_2_1").output.shape == (None, of_local, 16)
    assert model.get_layer("join").output.shape == (None, 32 + 16)


def test_units_stand_between_the_features_and_the_logit():
    shapes = {"local_view": (61, 1), "scalars": (3,)}
    # 96 + 1296 in the column; 16 kernels and 3 features to 4 units, those to the logit
    assert exonet_xs(shapes, units=[4]).count_params() == 1392 + (19 * 4 + 4) + 5


def test_options_reach_the_column():
    model = exonet_xs(
        YU, global_filters=[4, 8], kernel_size=3, convolutions=2, pool_size=3, pool_stride=3
    )
    assert tuple(model.get_layer("global_view_conv_2_2").kernel.shape) == (3, 8, 8)
    assert model.get_layer("global_view_pool_1").output.shape == (None, 67, 4)


def test_does_not_see_where_a_dip_stands():
    model = exonet_xs({"local_view": (61, 1)}, dropout=0.5)
    view = np.zeros((2, 61, 1), np.float32)
    view[0, 20:24], view[1, 40:44] = -5, -5
    assert logits(model, view)[0] == pytest.approx(logits(model, view)[1], abs=1e-5)


def test_one_bin_is_enough():
    assert exonet_xs({"global_view": (1, 1)}).output_shape == (None, 1)


@pytest.mark.parametrize("shapes", [{"image": (8, 16, 1)}, {"scalars": (3,)}])
def test_other_shapes_are_refused(shapes):
    with pytest.raises(InputError, match=r"'exonet_xs' needs a view of shape \(bins, channels\), "):
        exonet_xs(shapes)


def test_loads_bit_equal(tmp_path):
    assert_loads_bit_equal(exonet_xs(MANY, units=[4], dropout=0.1), MANY, tmp_path)
