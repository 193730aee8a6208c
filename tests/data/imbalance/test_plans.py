"""Class counts, weights and offsets of each plan, typed in by hand."""

import numpy as np
import pytest

from kepler_keras.data.imbalance.losses import focal, logit_adjustment, output_bias
from kepler_keras.data.imbalance.random_sampling import (
    augmented_oversampling,
    balanced_batches,
    random_oversampling,
    random_undersampling,
)
from kepler_keras.data.imbalance.registry import find_strategy
from kepler_keras.data.imbalance.strategy import Loss
from kepler_keras.data.imbalance.weights import class_weights, none
from kepler_keras.data.view_kind import ViewKind
from kepler_keras.errors import InputError
from kepler_keras.experiment import Choice

FOLDED = ViewKind("global_view", folded=True)
LABELS = np.array([0, 1, 0, 0, 0, 0, 1, 0, 0, 0], np.int8)  # 8 others, 2 planets
TEN_IN_500 = (np.arange(500) % 50 == 7).astype(np.int8)  # the counts that the docstrings give
LOG_4 = 1.3862943611198906  # planets to others: 1 to 4
LOG_49 = 3.8918202981106265


def test_none_shows_every_row_once():
    plan = none(LABELS, 0)
    assert plan.indices.tolist() == list(range(10))
    assert plan.sample_weight.tolist() == [1.0] * 10
    assert plan.log_odds_offset == 0


def test_balanced_weights_sum_to_half_of_the_rows_for_each_class():
    plan = class_weights(LABELS, 0)
    assert plan.sample_weight[LABELS == 1].tolist() == [2.5, 2.5]
    assert plan.sample_weight[LABELS == 0].tolist() == [0.625] * 8
    assert plan.log_odds_offset == pytest.approx(LOG_4)
    weight = class_weights(TEN_IN_500, 0).sample_weight
    assert set(weight[TEN_IN_500 == 1]) == {25.0}
    assert weight[TEN_IN_500 == 0].sum() == pytest.approx(250)


def test_positive_weight_leaves_the_others_at_one():
    plan = class_weights(LABELS, 0, positive_weight=7)
    assert set(plan.sample_weight[LABELS == 1]) == {7.0}
    assert set(plan.sample_weight[LABELS == 0]) == {1.0}
    assert plan.log_odds_offset == pytest.approx(1.9459101490553132)  # log 7


@pytest.mark.parametrize(("ratio", "planets"), [(1.0, 8), (0.5, 4), (0.25, 2), (0.7, 6)])
def test_oversampling_repeats_planets_up_to_the_ratio(ratio, planets):
    plan = random_oversampling(LABELS, 1, ratio=ratio)
    shown = LABELS[plan.indices]
    assert (shown == 1).sum() == planets
    assert sorted(plan.indices[shown == 0].tolist()) == np.flatnonzero(LABELS == 0).tolist()
    assert set(plan.sample_weight) == {1.0}
    assert plan.log_odds_offset == pytest.approx(np.log(planets / 2))


def test_oversampling_draws_by_its_seed():
    labels = np.arange(60) < 20
    plans = [random_oversampling(labels.astype(np.int8), seed).indices for seed in (1, 2)]
    assert sorted(plans[0]) != sorted(plans[1])


@pytest.mark.parametrize(("ratio", "others"), [(1.0, 2), (0.5, 4), (0.25, 8), (0.3, 7)])
def test_undersampling_draws_others_once_at_most(ratio, others):
    plan = random_undersampling(LABELS, 1, ratio=ratio)
    assert len(set(plan.indices.tolist())) == len(plan.indices)
    assert sorted(plan.indices[LABELS[plan.indices] == 1].tolist()) == [1, 6]
    assert (LABELS[plan.indices] == 0).sum() == others
    assert plan.log_odds_offset == pytest.approx(np.log(8 / others))


def test_undersampling_draws_by_its_seed():
    plans = [set(random_undersampling(TEN_IN_500, seed).indices.tolist()) for seed in (1, 2)]
    assert plans[0] != plans[1]


def test_each_planet_is_shown_once_as_it_was_and_its_repeats_are_redrawn():
    plan = augmented_oversampling(LABELS, 1)
    plain = random_oversampling(LABELS, 1)
    assert plan.indices.tolist() == plain.indices.tolist()
    assert plan.log_odds_offset == plain.log_odds_offset == pytest.approx(LOG_4)
    kept = plan.indices[~plan.redrawn]
    assert sorted(kept.tolist()) == list(range(10))
    assert set(LABELS[plan.indices[plan.redrawn]]) == {1}
    assert plan.redrawn.sum() == 6
    assert [choice.name for choice in plan.redrawing] == ["time_reversal"]


def test_repeats_are_redrawn_as_the_options_say():
    options = {"augmentations": [{"name": "time_reversal", "probability": 0.3}]}
    remedy = find_strategy(Choice(name="augmented_oversampling", options=options), FOLDED)
    (choice,) = remedy.plan(LABELS, 1).redrawing
    assert (choice.name, choice.options) == ("time_reversal", {"probability": 0.3})


@pytest.mark.parametrize(
    ("augmentations", "sentence"),
    [
        (["time_reverse"], "there is no 'time_reverse'; did you mean 'time_reversal'"),
        (["circular_shift"], "would move the transit away from phase 0"),
        ([{"name": "time_reversal", "often": 1}], "unknown option 'often'"),
        ([{"probability": 0.3}], "a name, or a mapping with a name, is needed, got"),
        ([{"name": "mixup", "force": True}], "'mixup' changes labels or mixes rows"),
        ([], "augmentations: .*at least 1"),
        ("time_reversal", "augmentations: .*got 'time_reversal'"),
    ],
)
def test_wrong_augmentations_are_refused(augmentations, sentence):
    choice = Choice(name="augmented_oversampling", options={"augmentations": augmentations})
    with pytest.raises(InputError, match=f"imbalance 'augmented_oversampling': .*{sentence}"):
        find_strategy(choice, FOLDED)


def test_default_augmentations_are_checked_too(monkeypatch):
    """Were time reversal impossible somewhere, the strategy would be refused there by itself."""
    defaults = {"ratio": 1.0, "augmentations": ("circular_shift",)}
    monkeypatch.setattr(augmented_oversampling, "__kwdefaults__", defaults)
    with pytest.raises(InputError, match="would move the transit away from phase 0"):
        find_strategy(Choice(name="augmented_oversampling"), FOLDED)


def test_balanced_batches_leave_the_dealing_to_the_batches():
    plan = balanced_batches(LABELS, 0)
    assert plan.indices.tolist() == list(range(10))
    assert plan.planet_share == 0.5
    assert plan.log_odds_offset == pytest.approx(LOG_4)
    third = balanced_batches(LABELS, 0, share=1 / 3)
    assert third.log_odds_offset == pytest.approx(0.6931471805599453)  # 1:2 against 1:4


@pytest.mark.parametrize(
    ("make", "planets", "others"),
    [
        (none, 10, 490),
        (class_weights, 10, 490),
        (random_oversampling, 490, 490),
        (random_undersampling, 10, 10),
        (augmented_oversampling, 490, 490),
        (balanced_batches, 10, 490),  # before they are dealt
        (focal, 10, 490),
        (logit_adjustment, 10, 490),
        (output_bias, 10, 490),
    ],
)
def test_class_counts_are_as_documented(make, planets, others):
    plan = make(TEN_IN_500, 0)
    shown = TEN_IN_500[plan.indices]
    assert ((shown == 1).sum(), (shown == 0).sum()) == (planets, others)


def test_focal_loss_begins_at_the_prior():
    plan = focal(LABELS, 0)
    assert plan.loss == Loss(focusing=2.0, planet_weight=0.25)
    assert plan.output_bias == pytest.approx(-LOG_4)
    assert plan.log_odds_offset == 0
    assert focal(LABELS, 0, gamma=0.5, alpha=None).loss == Loss(focusing=0.5)


def test_logit_adjustment_makes_the_model_think_planets_commoner():
    plan = logit_adjustment(TEN_IN_500, 0)
    assert plan.loss == Loss(logit_shift=pytest.approx(-LOG_49))
    assert plan.log_odds_offset == pytest.approx(LOG_49)
    half = logit_adjustment(TEN_IN_500, 0, tau=0.5)
    assert half.log_odds_offset == pytest.approx(LOG_49 / 2)
    assert plan.output_bias == 0


def test_output_bias_is_the_prior_and_nothing_else():
    plan = output_bias(TEN_IN_500, 0)
    assert plan.output_bias == pytest.approx(-LOG_49)
    assert plan.loss == Loss()
    assert plan.log_odds_offset == 0


@pytest.mark.parametrize(
    "name", ["random_oversampling", "random_undersampling", "augmented_oversampling", "smote"]
)
def test_a_ratio_below_what_there_is_is_refused(name):
    remedy = find_strategy(Choice(name=name, options={"ratio": 0.1}), FOLDED)
    sentence = f"^{name}: .* 2 planets and 8 others already, which is above ratio = 0.1$"
    with pytest.raises(InputError, match=sentence):
        remedy.check(LABELS)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("class_weights", {"positive_weight": 0}),
        ("class_weights", {"positive_weight": "many"}),
        ("random_oversampling", {"ratio": 1.5}),
        ("random_oversampling", {"ratio": 0}),
        ("random_undersampling", {"ratio": -1}),
        ("balanced_batches", {"share": 1.0}),
        ("focal", {"gamma": -0.1}),
        ("focal", {"alpha": 1.0}),
        ("logit_adjustment", {"tau": 0}),
        ("smote", {"k_neighbors": 0}),
        ("smote", {"k_neighbors": 2.5}),
        ("imblearn", {"sampler": 3}),
    ],
)
def test_bad_value_is_refused_before_a_fold_begins(name, options):
    (option,) = options
    with pytest.raises(InputError, match=f"imbalance '{name}': {option}: .*, got "):
        find_strategy(Choice(name=name, options=options), FOLDED)
