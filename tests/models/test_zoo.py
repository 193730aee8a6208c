"""Each builder on its own: what its options change."""

import numpy as np
import pytest

from kepler_keras.errors import InputError
from kepler_keras.training.backend import load_tensorflow

load_tensorflow()

from kepler_keras.models.conv1d import PRESETS, conv1d  # noqa: E402
from kepler_keras.models.conv2d import conv2d  # noqa: E402
from kepler_keras.models.fcn import fcn  # noqa: E402
from kepler_keras.models.hist_gradient_boosting import hist_gradient_boosting  # noqa: E402
from kepler_keras.models.inception_time import inception_time  # noqa: E402
from kepler_keras.models.mlp import mlp  # noqa: E402
from kepler_keras.models.prevalence import prevalence  # noqa: E402
from kepler_keras.models.resnet1d import resnet1d  # noqa: E402


def one(*shape):
    return {"view": shape}


def names(model):
    return {layer.name for layer in model.layers}


def test_mlp_has_a_weight_for_every_value_and_unit():
    # 10 * 4 + 4, 4 * 3 + 3, 3 + 1
    assert mlp(one(5, 2), units=(4, 3)).count_params() == 44 + 15 + 4


def test_conv1d_shares_its_kernels_along_the_curve():
    short, long = (conv1d(one(n, 1), filters=(2,), kernel_size=3, units=4) for n in (16, 64))
    # 3 * 2 + 2, 2 * 4 + 4, 4 + 1: the length of the curve does not count
    assert short.count_params() == long.count_params() == 8 + 12 + 5


def test_conv1d_head_flatten_keeps_the_place():
    at = conv1d(one(16, 1), filters=(2,), kernel_size=3, units=4, head="flatten")
    assert at.count_params() == 8 + (16 * 2 * 4 + 4) + 5


def test_conv1d_pools_after_every_block_but_the_last():
    model = conv1d(one(64, 1), filters=(2, 2, 2), pool_size=4, convolutions=2)
    assert model.get_layer("conv_3_2").output.shape == (None, 4, 2)


def test_conv1d_has_a_stem_only_where_it_strides():
    assert "stem" not in names(conv1d(one(64, 1)))
    stem = conv1d(one(64, 1), **PRESETS["strided"]).get_layer("stem")
    assert stem.output.shape == (None, 16, 16)
    assert stem.kernel.shape == (8, 1, 16)


def test_global_max_head_does_not_see_where_a_dip_stands():
    model = conv1d(one(64, 1), filters=(4,), kernel_size=3)
    curves = np.zeros((2, 64, 1), np.float32)
    curves[0, 20:23], curves[1, 40:43] = -5, -5
    logit = np.asarray(model(curves))
    assert logit[0] == pytest.approx(logit[1], abs=1e-5)
    assert logit[0] != pytest.approx(np.asarray(model(0 * curves))[0], abs=1e-5)


def test_conv2d_pools_cycles_and_bins_apart():
    model = conv2d(one(8, 18, 1), filters=(2, 3), kernel_size=(3, 5), pool_size=(2, 3))
    assert model.get_layer("pool_2").output.shape == (None, 2, 2, 3)
    assert model.get_layer("conv_1").kernel.shape == (3, 5, 1, 2)


def test_conv2d_has_the_parameters_of_its_blocks():
    model = conv2d(one(8, 18, 1), filters=(2, 3), kernel_size=(3, 5), pool_size=(2, 3), units=4)
    # 3*5*1*2 + 2, 3*5*2*3 + 3, then 2*2*3 values for 4 units, and the logit
    assert model.count_params() == 32 + 93 + 52 + 5


def test_fcn_has_the_parameters_of_the_paper():
    # Kernels 8, 5, 3 of 128, 256, 128; four numbers a channel of batch normalisation; the logit.
    kernels = 8 * 1 * 128 + 5 * 128 * 256 + 3 * 256 * 128
    assert fcn(one(64, 1)).count_params() == kernels + 4 * (128 + 256 + 128) + 128 + 1


def test_fcn_stem_strides_once():
    model = fcn(one(65, 1), filters=(2, 3), kernel_sizes=(8, 5), stem_stride=4)
    assert model.get_layer("conv_1").output.shape == (None, 17, 2)
    assert model.get_layer("conv_2").output.shape == (None, 17, 3)


def test_fcn_needs_a_width_for_every_convolution():
    with pytest.raises(InputError, match=r"must be equally many, got 2 and 3"):
        fcn(one(64, 1), filters=(2, 3))


def test_resnet1d_has_a_way_around_every_block():
    model = resnet1d(one(16, 1), filters=(2, 3), kernel_sizes=(5, 3))
    # 5*1*2 + 3*2*2 + 1*1*2, then 5*2*3 + 3*3*3 + 1*2*3; three normalisations a block; the logit
    assert model.count_params() == 24 + 63 + 3 * 4 * (2 + 3) + 4
    assert "conv_1_1_relu" in names(model)
    assert "conv_1_2_relu" not in names(model), "the last is cut off after the sum only"
    assert model.get_layer("sum_2_relu").output.shape == (None, 16, 3)


def test_inception_time_sums_after_every_third_module():
    model = inception_time(one(32, 1), depth=7, filters=2, kernel_sizes=(5, 3), bottleneck=4)
    assert {"sum_1", "sum_2"} <= names(model)
    assert "sum_3" not in names(model)
    assert model.get_layer("module_1").output.shape == (None, 32, 6)


def test_inception_time_has_the_parameters_of_its_branches():
    model = inception_time(one(32, 1), depth=2, filters=2, kernel_sizes=(5, 3), bottleneck=4)
    first = 5 * 1 * 2 + 3 * 1 * 2 + 1 * 2 + 4 * 6
    second = 6 * 4 + 5 * 4 * 2 + 3 * 4 * 2 + 6 * 2 + 4 * 6
    assert model.count_params() == first + second + 7


def test_inception_time_narrows_more_than_one_channel():
    assert "module_1_bottleneck" not in names(inception_time(one(32, 1), depth=1))
    narrow = inception_time(one(32, 2), depth=1, bottleneck=3).get_layer("module_1_bottleneck")
    assert narrow.kernel.shape == (1, 2, 3)


@pytest.mark.parametrize("build", [conv1d, fcn, resnet1d, inception_time])
def test_every_curve_has_a_column_of_its_own(build):
    model = build({"global_view": (64, 1), "local_view": (32, 1), "scalars": (3,)})
    here = {name.removeprefix("global_view_") for name in names(model) if "global_view_" in name}
    there = {name.removeprefix("local_view_") for name in names(model) if "local_view_" in name}
    assert here == there != set()
    alone = build({"global_view": (64, 1)})
    width = alone.get_layer("head").output.shape[1]
    assert model.get_layer("join").output.shape == (None, 2 * width + 3)


def test_prevalence_answers_the_share_of_planets():
    model = prevalence(one(4)).fit(np.zeros((10, 4)), np.arange(10) < 3)
    assert model.predict_proba(np.ones((2, 4)))[:, 1].tolist() == [0.3, 0.3]


def test_boosting_splits_off_no_rows_of_its_own():
    assert hist_gradient_boosting(one(4)).early_stopping is False
