"""Equivariance and invariance: exact where they must be, and seen to be lost where they are not."""

import numpy as np
import pytest

from kepler_keras.training.backend import load_tensorflow

load_tensorflow()

import keras  # noqa: E402
from keras import layers  # noqa: E402

from kepler_keras.models.anatomy.probe import transit_on_noise, transits_on_noise  # noqa: E402
from kepler_keras.models.anatomy.shifts import shift_errors  # noqa: E402


def errors(*stack, shape=(64, 1), seed=0):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input(shape, name="view"), *stack])
    views = {"view": transit_on_noise(shape, width=6)}
    return {one.layer: one for one in shift_errors(model, views)}


def test_convolution_moves_along():
    found = errors(layers.Conv1D(4, 5, padding="same", activation="relu", name="conv"))["conv"]
    assert (found.shift, found.places) == (1, True)
    assert found.by_place == found.by_step < 1e-6


def test_striding_moves_along_by_whole_strides_only():
    found = errors(
        layers.Conv1D(4, 5, padding="same", name="conv"),
        layers.MaxPooling1D(2, 4, name="pool"),
    )["pool"]
    assert found.shift == 4
    assert found.by_place < 1e-6
    assert found.by_step > 0.1


def test_a_strided_copy_by_hand():
    """Every second value of a ramp: moved by one step it lies just between two places."""
    pool = layers.MaxPooling1D(1, 2, name="pool")
    model = keras.Sequential([keras.Input((20, 1), name="view"), pool])
    (ramp,) = shift_errors(model, {"view": np.arange(20.0, dtype=np.float32).reshape(1, 20, 1)})
    assert ramp.by_step == pytest.approx(0, abs=1e-6)
    spiked = np.zeros((1, 20, 1), np.float32)
    spiked[0, 10] = 1
    (spike,) = shift_errors(model, {"view": spiked})
    # Units 1 to 9 should be 0.5 at the two that lie beside the spike; they are 0.
    expected = np.array([0.5, 0.5, *[0] * 7])
    assert spike.by_step == pytest.approx(np.sqrt(0.5) / np.linalg.norm(expected - 1 / 9))


def test_a_weight_of_its_own_for_each_place_is_seen():
    """The planted fault: a learned position breaks what convolution keeps."""
    place = layers.EinsumDense(
        "ntp,pw->ntw", (64, 3), bias_axes="tw", bias_initializer="normal", name="place"
    )
    assert errors(place)["place"].by_place > 1e-3


def test_global_pooling_of_a_circle_does_not_change_and_flattening_does():
    start = layers.Conv1D(4, 1, name="conv"), layers.ReLU(name="relu")
    pooled = errors(*start, layers.GlobalMaxPooling1D(name="head"))["head"]
    assert (pooled.places, pooled.shift) == (False, 1)
    assert pooled.by_place == pooled.by_step == 0
    assert errors(*start, layers.Flatten(name="head"))["head"].by_step > 0.1


def test_layers_without_places_move_by_the_longest_stride():
    found = errors(layers.MaxPooling1D(2, name="pool"), layers.Flatten(name="head"))
    assert (found["head"].shift, found["head"].places) == (2, False)


def test_dense_layers_alone():
    found = errors(layers.Flatten(name="flat"), layers.Dense(3, name="dense"))
    assert found["dense"].shift == 1
    assert found["dense"].by_place > 0


def test_without_an_inner_unit_there_is_no_error():
    found = errors(layers.Conv1D(2, 61, padding="same", name="conv"))["conv"]
    assert found.by_place is not None
    assert errors(layers.Conv1D(2, 80, padding="same", name="conv"))["conv"].by_place is None


def test_a_constant_answer_has_no_error():
    silent = layers.Conv1D(2, 3, kernel_initializer="zeros", name="conv")
    assert errors(silent)["conv"].by_place is None


def test_images_are_moved_along_phase():
    found = errors(
        layers.Conv2D(2, 3, padding="same", name="conv"),
        layers.MaxPooling2D((1, 2), name="pool"),
        shape=(6, 30, 1),
    )
    assert (found["conv"].shift, found["pool"].shift) == (1, 2)
    assert max(found["conv"].by_place, found["pool"].by_place) < 1e-6


def test_every_view_is_moved_by_itself():
    keras.utils.set_random_seed(0)
    shapes = {"a": (20, 1), "b": (30, 1), "c": (3,)}
    inputs = [keras.Input(shape, name=name) for name, shape in shapes.items()]
    heads = [layers.Flatten(name=f"flat_{x.name}")(x) for x in inputs[:2]]
    model = keras.Model(inputs, layers.Concatenate(name="join")([*heads, inputs[2]]))
    views = transits_on_noise(shapes, widths={"a": 3, "b": 4})
    found = [(one.view, one.layer) for one in shift_errors(model, views)]
    assert found == [("a", "flat_a"), ("a", "join"), ("b", "flat_b"), ("b", "join")]


def test_the_probe_is_one_transit_of_the_width_asked_for():
    curve = transit_on_noise((101, 2), width=11, noise=0.0)
    assert curve.shape == (1, 101, 2)
    assert curve.dtype == np.float32
    assert curve[0, 50, 0] == curve[0, 50, 1] == curve.min() == -1
    assert (curve[0, :, 0] < 0).sum() == 11
    assert (curve[0, :, 0] == -1).sum() == 7  # 3.3 steps to either side
    assert np.array_equal(curve[0, ::-1], curve[0])
    noisy = transit_on_noise((101, 1), width=11, seed=3)
    assert np.array_equal(noisy, transit_on_noise((101, 1), width=11, seed=3))
    assert not np.array_equal(noisy, transit_on_noise((101, 1), width=11, seed=4))
    assert transit_on_noise((4,), width=1).shape == (1, 4)
