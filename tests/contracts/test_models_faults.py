"""The checks of the zoo's contract catch the builder that each of them is against."""

import pytest

from kepler_keras.training.backend import load_tensorflow

load_tensorflow()

import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers  # noqa: E402
from model_contract import (  # noqa: E402
    CASES,
    CHECKS,
    check_every_view_is_looked_at,
    check_inputs_are_the_views,
    check_it_comes_back_from_a_file,
    check_it_ends_in_one_logit,
    check_it_is_uncompiled,
    check_it_learns_by_heart,
    check_names_are_given,
    check_seeds_decide_the_weights,
)

SHAPES = CASES["two curves and features"]


def inputs_of(shapes):
    return [keras.Input(shape, name=name) for name, shape in shapes.items()]


def joined(inputs):
    flat = [layers.Flatten(name=f"flat_{i}")(x) for i, x in enumerate(inputs)]
    return layers.Concatenate(name="join")(flat) if len(flat) > 1 else flat[0]


def ended(inputs, x, **options):
    end = layers.Dense(**({"units": 1, "name": "logit"} | options))
    return keras.Model(inputs, end(x), name="faulty")


def right(shapes):
    inputs = inputs_of(shapes)
    return ended(inputs, layers.Dense(16, activation="relu", name="dense")(joined(inputs)))


def compiled(shapes):
    model = right(shapes)
    model.compile(loss="binary_crossentropy")
    return model


def two_logits(shapes):
    inputs = inputs_of(shapes)
    return ended(inputs, joined(inputs), units=2)


def a_probability(shapes):
    inputs = inputs_of(shapes)
    return ended(inputs, joined(inputs), activation="sigmoid")


def another_last_name(shapes):
    inputs = inputs_of(shapes)
    return ended(inputs, joined(inputs), name="output")


def automatic_names(shapes):
    inputs = inputs_of(shapes)
    return ended(inputs, layers.Dense(16)(joined(inputs)))


def unnamed_inputs(shapes):
    inputs = [keras.Input(shape) for shape in shapes.values()]
    return ended(inputs, joined(inputs))


def inputs_in_another_order(shapes):
    inputs = inputs_of(shapes)[::-1]
    return ended(inputs, joined(inputs))


def blind_to_features(shapes):
    inputs = inputs_of(shapes)
    return ended(inputs, joined(inputs[:-1]))


def weights_of_its_own(shapes):
    inputs = inputs_of(shapes)
    rng = np.random.default_rng()
    drawn = keras.initializers.Constant(float(rng.normal()))
    return ended(inputs, joined(inputs), kernel_initializer=drawn)


def fixed_weights(shapes):
    inputs = inputs_of(shapes)
    return ended(inputs, joined(inputs), kernel_initializer="ones")


def nothing_to_learn(shapes):
    inputs = inputs_of(shapes)
    return ended(inputs, layers.Rescaling(0.0, name="nothing")(joined(inputs)))


def unsafe_code(shapes):
    inputs = inputs_of(shapes)
    return ended(inputs, layers.Lambda(lambda x: 2 * x, name="twice")(joined(inputs)))


class Forgetful(layers.Layer):
    """Draws what it multiplies with and does not keep it as a weight."""

    def __init__(self, **options):
        super().__init__(**options)
        self.factor = float(np.random.default_rng().normal())

    def call(self, x):
        return self.factor * x


def state_outside_weights(shapes):
    inputs = inputs_of(shapes)
    return ended(inputs, Forgetful(name="forgetful")(joined(inputs)))


FAULTS = (
    (compiled, check_it_is_uncompiled),
    (two_logits, check_it_ends_in_one_logit),
    (a_probability, check_it_ends_in_one_logit),
    (another_last_name, check_it_ends_in_one_logit),
    (automatic_names, check_names_are_given),
    (unnamed_inputs, check_inputs_are_the_views),
    (inputs_in_another_order, check_inputs_are_the_views),
    (blind_to_features, check_every_view_is_looked_at),
    (weights_of_its_own, check_seeds_decide_the_weights),
    (fixed_weights, check_seeds_decide_the_weights),
    (nothing_to_learn, check_it_learns_by_heart),
)


@pytest.mark.parametrize("check", [*CHECKS, check_it_learns_by_heart], ids=lambda c: c.__name__)
def test_a_right_builder_is_let_through(check):
    check(right, SHAPES)


def test_a_right_builder_comes_back_from_a_file(tmp_path):
    check_it_comes_back_from_a_file(right, SHAPES, tmp_path)


@pytest.mark.parametrize(("fault", "check"), FAULTS, ids=lambda one: one.__name__)
def test_a_planted_fault_is_caught(fault, check):
    with pytest.raises(AssertionError):
        check(fault, SHAPES)


def test_unsafe_code_is_caught_when_it_is_loaded(tmp_path):
    with pytest.raises(ValueError, match="arbitrary code execution"):
        check_it_comes_back_from_a_file(unsafe_code, SHAPES, tmp_path)


def test_state_outside_weights_is_caught_when_it_is_loaded(tmp_path):
    custom = {"Forgetful": Forgetful}
    with keras.saving.custom_object_scope(custom), pytest.raises(AssertionError):
        check_it_comes_back_from_a_file(state_outside_weights, SHAPES, tmp_path)
