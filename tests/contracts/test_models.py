"""What every builder of the zoo keeps, found by name: a new model is tested by being there."""

import contextlib
import inspect
from functools import cache
from math import prod

import numpy as np
import pytest

from kepler_keras.errors import InputError
from kepler_keras.experiment import Choice
from kepler_keras.models.registry import find_builder, load_builder, model_names, presets_of
from kepler_keras.training.backend import load_tensorflow

load_tensorflow()

import keras  # noqa: E402
from model_contract import (  # noqa: E402
    CASES,
    CHECKS,
    check_inputs_are_the_views,
    check_it_comes_back_from_a_file,
    check_it_learns_by_heart,
)


def builder(name, **options):
    return find_builder(Choice(name=name, options=options))


def refusal(name, shapes):
    """What a builder says to views; None where it builds."""
    try:
        builder(name)(shapes)
    except InputError as error:
        return str(error)
    return None


@cache
def accepted(name):
    return [shapes for shapes in CASES.values() if refusal(name, shapes) is None]


@cache
def is_network(name):
    return isinstance(builder(name)(accepted(name)[0]), keras.Model)


def networks():
    return [name for name in model_names() if accepted(name) and is_network(name)]


def peers():
    return [name for name in model_names() if accepted(name) and not is_network(name)]


def presets():
    return [
        (name, preset)
        for name in model_names()
        for preset in presets_of(load_builder(Choice(name=name)))
    ]


def test_the_zoo_of_the_handout_and_the_literature_is_there():
    known = {"mlp", "conv1d", "conv2d", "prevalence", "hist_gradient_boosting"}
    assert known | {"fcn", "resnet1d", "inception_time"} <= set(model_names())


@pytest.mark.parametrize("name", model_names())
def test_model_takes_some_views_and_refuses_others_in_a_sentence(name):
    assert accepted(name)
    for shapes in CASES.values():
        if shapes not in accepted(name):
            assert refusal(name, shapes).startswith(f"model {name!r}")


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", networks())
def test_network_keeps_the_contract(name, check):
    """On the views with most inputs; `test_network_fits_its_views` takes all that it accepts."""
    check(builder(name), accepted(name)[-1])


@pytest.mark.parametrize("name", networks())
def test_network_fits_its_views(name):
    for shapes in accepted(name)[:-1]:
        check_inputs_are_the_views(builder(name), shapes)


@pytest.mark.parametrize("name", networks())
def test_network_is_named_as_its_builder(name):
    assert builder(name)(accepted(name)[0]).name == name


@pytest.mark.parametrize("name", networks())
def test_network_learns_by_heart(name):
    check_it_learns_by_heart(builder(name), accepted(name)[0])


@pytest.mark.parametrize("name", networks())
def test_network_comes_back_from_a_file(name, tmp_path):
    check_it_comes_back_from_a_file(builder(name), accepted(name)[-1], tmp_path)


@pytest.mark.parametrize(("name", "preset"), presets())
def test_preset_builds(name, preset):
    builder(name, preset=preset)(accepted(name)[-1])


@pytest.mark.parametrize(
    "name", [name for name in model_names() if presets_of(load_builder(Choice(name=name)))]
)
def test_first_preset_is_the_defaults(name):
    parameters = inspect.signature(load_builder(Choice(name=name))).parameters
    first = next(iter(presets_of(load_builder(Choice(name=name))).values()))
    for option, value in first.items():
        assert np.array_equal(value, parameters[option].default)


@pytest.mark.parametrize("name", model_names())
def test_unknown_option_and_preset_are_refused(name):
    with pytest.raises(InputError, match=f"model '{name}': unknown option 'no_such_option'"):
        builder(name, no_such_option=1)
    with pytest.raises(InputError, match=f"model '{name}': there is no preset 'no_such_preset'; "):
        builder(name, preset="no_such_preset")


def test_nearest_option_preset_and_model_are_named():
    with pytest.raises(InputError, match="did you mean 'filters'"):
        builder("conv1d", filter=[4])
    with pytest.raises(InputError, match=r"no preset 'stride'; did you mean 'strided'\?"):
        builder("conv1d", preset="stride")
    with pytest.raises(InputError, match=r"no preset 'small'; it has none"):
        builder("prevalence", preset="small")
    with pytest.raises(InputError, match=r"there is no model 'conv1'; did you mean 'conv1d'\?"):
        builder("conv1")


def test_options_beside_a_preset_win():
    model = builder("mlp", preset="shallow", units=[3])({"flux": (4, 1)})
    assert model.get_layer("dense_1").units == 3


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("conv1d", {"head": "flaten"}),
        ("conv1d", {"filters": 16}),
        ("conv1d", {"kernel_size": True}),
        ("conv1d", {"stem_stride": 0}),
        ("conv1d", {"filters": []}),
        ("conv2d", {"pool_size": [2]}),
        ("fcn", {"filters": []}),
        ("fcn", {"kernel_sizes": [8, 5, 0]}),
        ("inception_time", {"depth": 0}),
        ("minirocket", {"alphas": []}),
        ("mlp", {"dropout": 1.0}),
        ("mlp", {"units": "64"}),
        ("multirocket_hydra", {"alphas": []}),
        ("resnet1d", {"filters": "64"}),
        ("hist_gradient_boosting", {"max_iter": 0}),
        ("hist_gradient_boosting", {"learning_rate": "0.1"}),
    ],
)
def test_option_values_are_checked_before_anything_is_fitted(name, options):
    (option,) = options
    with pytest.raises(InputError, match=f"model '{name}': {option}.*, got "):
        builder(name, **options)


@pytest.mark.parametrize("name", model_names())
def test_nothing_and_no_items_are_refused_or_built(name):
    """0 for a number, [] and [0] for a list: whatever is no sentence makes a model."""
    for parameter in inspect.signature(load_builder(Choice(name=name))).parameters.values():
        odd = {int: [0], tuple: [[], [0]]}.get(type(parameter.default), [])
        for value in odd:
            with contextlib.suppress(InputError):
                builder(name, **{parameter.name: value})(accepted(name)[0])


@pytest.mark.parametrize("name", peers())
def test_peer_is_fitted_on_flat_rows(name):
    rng = np.random.default_rng(0)
    shapes = accepted(name)[0]
    rows = rng.normal(size=(40, sum(map(prod, shapes.values())))).astype(np.float32)
    labels = np.arange(40, dtype=np.int8) % 2
    model = builder(name)(shapes)
    takes_weights = "sample_weight" in inspect.signature(model.fit).parameters
    model.fit(rows, labels, **({"sample_weight": np.ones(40)} if takes_weights else {}))
    if hasattr(model, "predict_proba"):
        assert model.predict_proba(rows[:3]).shape == (3, 2)
    else:
        assert model.decision_function(rows[:3]).shape == (3,)
    assert model.classes_.tolist() == [0, 1]
