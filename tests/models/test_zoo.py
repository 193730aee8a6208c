"""Each builder on its own: what its options change."""

import numpy as np
import pytest

from kepler_keras.errors import InputError
from kepler_keras.models.shapes import need_axes
from kepler_keras.training.backend import load_tensorflow

load_tensorflow()

from kepler_keras.models.conv1d import conv1d  # noqa: E402
from kepler_keras.models.conv2d import conv2d  # noqa: E402
from kepler_keras.models.hist_gradient_boosting import hist_gradient_boosting  # noqa: E402
from kepler_keras.models.mlp import mlp  # noqa: E402
from kepler_keras.models.prevalence import prevalence  # noqa: E402


def test_mlp_has_a_weight_for_every_value_and_unit():
    # 10 * 4 + 4, 4 * 3 + 3, 3 + 1
    assert mlp((5, 2), units=(4, 3)).count_params() == 44 + 15 + 4


def test_conv1d_shares_its_kernels_along_the_curve():
    short, long = (conv1d((n, 1), filters=(2,), kernel_size=3, units=4) for n in (16, 64))
    # 3 * 2 + 2, 2 * 4 + 4, 4 + 1: the length of the curve does not count
    assert short.count_params() == long.count_params() == 8 + 12 + 5


def test_conv1d_head_flatten_keeps_the_place():
    at = conv1d((16, 1), filters=(2,), kernel_size=3, units=4, head="flatten")
    assert at.count_params() == 8 + (16 * 2 * 4 + 4) + 5


def test_conv1d_pools_after_every_block_but_the_last():
    model = conv1d((64, 1), filters=(2, 2, 2), pool_size=4, convolutions=2)
    assert model.get_layer("conv_3_2").output.shape == (None, 4, 2)


def test_global_max_head_does_not_see_where_a_dip_stands():
    model = conv1d((64, 1), filters=(4,), kernel_size=3)
    curves = np.zeros((2, 64, 1), np.float32)
    curves[0, 20:23], curves[1, 40:43] = -5, -5
    logit = np.asarray(model(curves))
    assert logit[0] == pytest.approx(logit[1], abs=1e-5)
    assert logit[0] != pytest.approx(np.asarray(model(0 * curves))[0], abs=1e-5)


def test_conv2d_pools_cycles_and_bins_apart():
    model = conv2d((8, 18, 1), filters=(2, 3), kernel_size=(3, 5), pool_size=(2, 3))
    assert model.get_layer("pool_2").output.shape == (None, 2, 2, 3)
    assert model.get_layer("conv_1").kernel.shape == (3, 5, 1, 2)


def test_prevalence_answers_the_share_of_planets():
    model = prevalence((4,)).fit(np.zeros((10, 4)), np.arange(10) < 3)
    assert model.predict_proba(np.ones((2, 4)))[:, 1].tolist() == [0.3, 0.3]


def test_boosting_splits_off_no_rows_of_its_own():
    assert hist_gradient_boosting((4,)).early_stopping is False


def test_need_axes_names_axes_and_shape():
    with pytest.raises(
        InputError, match=r"'conv1d' needs a view of shape \(a, b\), got \(1, 2, 3\)"
    ):
        need_axes("conv1d", (1, 2, 3), ("a", "b"))
    need_axes("conv1d", (1, 2), ("a", "b"))
