"""What every remedy for imbalance keeps, found in the registry."""

import inspect

import numpy as np
import pytest

from kepler_keras.data.imbalance import STRATEGIES, find_strategy
from kepler_keras.errors import InputError
from kepler_keras.experiment import Choice

LABELS = np.array([0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0], np.int8)


@pytest.mark.parametrize("name", STRATEGIES)
def test_plan_points_at_the_given_rows_only(name):
    plan = find_strategy(Choice(name=name))(LABELS, 5)
    assert plan.indices.dtype == np.int64
    assert plan.sample_weight.dtype == np.float32
    assert plan.indices.shape == plan.sample_weight.shape
    assert set(plan.indices.tolist()) == set(range(len(LABELS)))  # none lost, none invented
    assert (plan.sample_weight > 0).all()


@pytest.mark.parametrize("name", STRATEGIES)
def test_equal_seeds_give_equal_plans(name):
    first, again = (find_strategy(Choice(name=name))(LABELS, 5) for _ in range(2))
    assert np.array_equal(first.indices, again.indices)
    assert np.array_equal(first.sample_weight, again.sample_weight)


@pytest.mark.parametrize("name", STRATEGIES)
def test_strategy_is_given_labels_and_a_seed_and_nothing_else(name):
    parameters = inspect.signature(STRATEGIES[name]).parameters.values()
    positional = [p.name for p in parameters if p.kind is not inspect.Parameter.KEYWORD_ONLY]
    assert positional == ["labels", "seed"]


@pytest.mark.parametrize("name", STRATEGIES)
def test_labels_are_left_as_they_are(name):
    labels = LABELS.copy()
    find_strategy(Choice(name=name))(labels, 5)
    assert np.array_equal(labels, LABELS)


@pytest.mark.parametrize("name", STRATEGIES)
@pytest.mark.parametrize("option", ["no_such_option", "seed", "labels"])
def test_unknown_option_is_refused(name, option):
    with pytest.raises(InputError, match=f"imbalance '{name}': unknown option '{option}'"):
        find_strategy(Choice(name=name, options={option: 3}))


def test_unknown_strategy_is_refused_with_the_nearest_name():
    with pytest.raises(
        InputError, match="no strategy 'class_weight'; did you mean 'class_weights'"
    ):
        find_strategy(Choice(name="class_weight"))
