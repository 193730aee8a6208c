"""Class counts and weights of each remedy, typed in by hand."""

import numpy as np
import pytest

from kepler_keras.data.imbalance import class_weights, find_strategy, none, random_oversampling
from kepler_keras.errors import InputError
from kepler_keras.experiment import Choice

LABELS = np.array([0, 1, 0, 0, 0, 0, 1, 0, 0, 0], np.int8)  # 8 others, 2 planets


def test_none_shows_every_row_once():
    plan = none(LABELS, 0)
    assert plan.indices.tolist() == list(range(10))
    assert plan.sample_weight.tolist() == [1.0] * 10


def test_balanced_weights_sum_to_half_of_the_rows_for_each_class():
    weight = class_weights(LABELS, 0).sample_weight
    assert weight[LABELS == 1].tolist() == [2.5, 2.5]
    assert weight[LABELS == 0].tolist() == [0.625] * 8


def test_positive_weight_leaves_the_others_at_one():
    weight = class_weights(LABELS, 0, positive_weight=7).sample_weight
    assert set(weight[LABELS == 1]) == {7.0}
    assert set(weight[LABELS == 0]) == {1.0}


@pytest.mark.parametrize(("ratio", "planets"), [(1.0, 8), (0.5, 4), (0.25, 2)])
def test_oversampling_repeats_planets_up_to_the_ratio(ratio, planets):
    plan = random_oversampling(LABELS, 1, ratio=ratio)
    shown = LABELS[plan.indices]
    assert (shown == 1).sum() == planets
    assert sorted(plan.indices[shown == 0].tolist()) == np.flatnonzero(LABELS == 0).tolist()
    assert set(plan.sample_weight) == {1.0}


def test_oversampling_draws_by_its_seed():
    labels = np.arange(60) < 20
    plans = [random_oversampling(labels.astype(np.int8), seed).indices for seed in (1, 2)]
    assert sorted(plans[0]) != sorted(plans[1])


def test_oversampling_never_drops_planets():
    with pytest.raises(InputError, match="2 planets and 8 others already, which is above ratio"):
        random_oversampling(LABELS, 0, ratio=0.1)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("class_weights", {"positive_weight": 0}),
        ("class_weights", {"positive_weight": "many"}),
        ("random_oversampling", {"ratio": 1.5}),
        ("random_oversampling", {"ratio": 0}),
    ],
)
def test_bad_value_is_refused_before_a_fold_begins(name, options):
    (option,) = options
    with pytest.raises(InputError, match=f"imbalance '{name}': {option}: .*, got "):
        find_strategy(Choice(name=name, options=options))
