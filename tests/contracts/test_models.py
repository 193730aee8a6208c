"""What every builder of the zoo keeps, found by name: a new model is tested by being there."""

import numpy as np
import pytest

from kepler_keras.errors import InputError
from kepler_keras.experiment import Choice, Entry
from kepler_keras.models.registry import find_builder, model_names
from kepler_keras.training.backend import load_tensorflow
from kepler_keras.training.fit import build, is_network
from kepler_keras.training.seeding import seed_everything

SHAPES = ((64, 1), (8, 16, 1))  # a curve and an image
load_tensorflow()


def refusal(name, shape):
    """What a builder says to a shape of view; None where it builds."""
    try:
        find_builder(Choice(name=name))(shape)
    except InputError as error:
        return str(error)
    return None


def accepted(name):
    return [shape for shape in SHAPES if refusal(name, shape) is None]


def networks():
    return [
        name
        for name in model_names()
        if is_network(find_builder(Choice(name=name))(first_shape(name)))
    ]


def first_shape(name):
    return accepted(name)[0]


def test_the_zoo_of_the_handout_is_there():
    known = {"mlp", "conv1d", "conv2d", "prevalence", "hist_gradient_boosting"}
    assert known <= set(model_names())


@pytest.mark.parametrize("name", model_names())
def test_model_takes_a_view_and_refuses_the_others_by_shape(name):
    assert accepted(name)
    for shape in set(SHAPES) - set(accepted(name)):
        assert f"model {name!r} needs a view of shape" in refusal(name, shape)
        assert str(shape) in refusal(name, shape)


@pytest.mark.parametrize("name", model_names())
def test_unknown_option_is_refused(name):
    with pytest.raises(InputError, match=f"model '{name}': unknown option 'no_such_option'"):
        find_builder(Choice(name=name, options={"no_such_option": 1}))


def test_nearest_option_and_model_are_named():
    with pytest.raises(InputError, match="did you mean 'filters'"):
        find_builder(Choice(name="conv1d", options={"filter": [4]}))
    with pytest.raises(InputError, match=r"there is no model 'conv1'; did you mean 'conv1d'\?"):
        find_builder(Choice(name="conv1"))


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("conv1d", {"head": "flaten"}),
        ("conv1d", {"filters": 16}),
        ("conv1d", {"kernel_size": True}),
        ("mlp", {"units": "64"}),
        ("hist_gradient_boosting", {"max_iter": 0}),
        ("hist_gradient_boosting", {"learning_rate": "0.1"}),
    ],
)
def test_option_values_are_checked_before_anything_is_fitted(name, options):
    (option,) = options
    with pytest.raises(InputError, match=f"model '{name}': {option}: .*, got "):
        find_builder(Choice(name=name, options=options))


@pytest.mark.parametrize("name", networks())
def test_network_is_uncompiled_and_ends_in_one_logit(name):
    model = find_builder(Choice(name=name))(first_shape(name))
    assert not model.compiled
    assert model.output_shape == (None, 1)
    assert model.layers[-1].name == "logit"
    assert model.layers[-1].activation.__name__ == "linear"
    assert model.name == name


@pytest.mark.parametrize("name", networks())
def test_layers_are_named_by_hand(name):
    """Keras' automatic names count on through a process, so that equal models would differ."""
    first, again = (find_builder(Choice(name=name))(first_shape(name)) for _ in range(2))
    assert [layer.name for layer in first.layers] == [layer.name for layer in again.layers]


@pytest.mark.parametrize("name", networks())
def test_equal_seeds_give_equal_weights(name):
    weights = []
    for seed in (3, 3, 4):
        seed_everything(seed)
        weights.append(find_builder(Choice(name=name))(first_shape(name)).get_weights())
    same = [np.array_equal(a, b) for a, b in zip(weights[0], weights[1], strict=True)]
    other = [np.array_equal(a, b) for a, b in zip(weights[0], weights[2], strict=True)]
    assert all(same)
    assert not all(other)


@pytest.mark.parametrize("name", sorted(set(model_names()) - set(networks())))
def test_peer_is_fitted_on_flat_rows_with_weights(name):
    rng = np.random.default_rng(0)
    model = find_builder(Choice(name=name))((6,))
    labels = np.arange(40, dtype=np.int8) % 2
    model.fit(rng.normal(size=(40, 6)), labels, sample_weight=np.ones(40))
    assert model.predict_proba(rng.normal(size=(3, 6))).shape == (3, 2)


def test_model_that_does_not_end_in_one_logit_is_refused(monkeypatch):
    import keras

    def two_logits(input_shape):
        inputs = keras.Input(input_shape)
        return keras.Model(inputs, keras.layers.Dense(2)(keras.layers.Flatten()(inputs)))

    monkeypatch.setattr("kepler_keras.training.fit.find_builder", lambda choice: two_logits)
    entry = Entry(name="two", model=Choice(name="mlp"), view=Choice(name="flux"))
    with pytest.raises(InputError, match=r"must end in one logit, its output is \(None, 2\)"):
        build(entry, (8, 1))
