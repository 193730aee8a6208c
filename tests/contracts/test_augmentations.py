"""The contract of augmentations, asked of every one found, and of faulty ones."""

from dataclasses import replace

import numpy as np
import pytest

from kepler_keras.data.augmentation.augmentation import Augmentation
from kepler_keras.data.augmentation.registry import augmentations, find_augmentation
from kepler_keras.errors import InputError
from kepler_keras.experiment import Choice
from tests.contracts import augmentation_contract as contract
from tests.contracts.augmentation_contract import BEHAVIOUR, CASES, STATEMENT, batch_of

FOUND = [
    pytest.param(augmentation, case, id=f"{name}-{case.id}")
    for name, augmentation in augmentations().items()
    for case in CASES
    if augmentation.impossible(case.kind) is None
]
CASE = {case.id: case for case in CASES}


def name_of(check):
    return check.__name__.removeprefix("check_")


@pytest.mark.parametrize("check", BEHAVIOUR, ids=name_of)
@pytest.mark.parametrize(("augmentation", "case"), FOUND)
def test_contract(augmentation, case, check):
    check(augmentation, case.kind, batch_of(case))


@pytest.mark.parametrize("check", STATEMENT, ids=name_of)
@pytest.mark.parametrize("name", augmentations())
def test_what_it_says_of_itself(name, check):
    check(augmentations()[name])


def test_those_of_the_field_are_found():
    assert set(augmentations()) == {
        "amplitude_jitter",
        "circular_shift",
        "gap_masks",
        "mixup",
        "noise",
        "odd_even_swap",
        "phase_jitter",
        "time_reversal",
        "time_stretch",
        "transit_injection",
        "vertical_flip",
    }
    unphysical = {name for name, one in augmentations().items() if not one.physical}
    assert unphysical == {"mixup", "time_stretch", "vertical_flip"}


def test_unknown_augmentation_is_refused_with_the_nearest_name():
    with pytest.raises(InputError, match="no 'time_reverse'; did you mean 'time_reversal'"):
        find_augmentation(Choice(name="time_reverse"), CASES[0].kind)


# Each fault below breaks one check of the contract, which must see it.


def changed(batch, rng, amount=1.0):
    noise = amount * rng.normal(size=batch.view.shape)
    return replace(batch, view=(batch.view + noise).astype(np.float32))


def in_double(batch, rng, kind):
    return replace(batch, view=batch.view + rng.normal(size=batch.view.shape))


def not_random(batch, rng, kind):
    return replace(batch, view=batch.view * np.float32(1.01))


def own_generator(batch, rng, kind):
    return changed(batch, np.random.default_rng())


def in_place(batch, rng, kind):
    batch.view[...] += rng.normal(size=batch.view.shape).astype(np.float32)
    return replace(batch, view=batch.view.copy())


def does_nothing(batch, rng, kind):
    return batch


def mean_of_all(batch, rng, kind):
    return replace(batch, view=batch.view - batch.view.mean(axis=0))


def draws_by_label(batch, rng, kind):
    rng.normal(size=int(batch.labels[:5].sum()))
    return changed(batch, rng)


def other_labels(batch, rng, kind):
    return replace(batch, labels=1 - batch.labels)


def other_weights(batch, rng, kind):
    return replace(batch, weight=2 * batch.weight)


def noise_everywhere(batch, rng, kind):
    view = batch.view.copy()
    view[..., 0] += rng.normal(size=view.shape[:-1])
    return replace(batch, view=view)


def gaps_filled(batch, rng, kind):
    view = changed(batch, rng).view
    view[..., 1:] = 1
    return replace(batch, view=view)


def noise_beside_a_mask_only(batch, rng, kind):
    return changed(batch, rng) if batch.view.shape[-1] == 2 else batch


def divides_by_scatter(batch, rng, kind):
    with np.errstate(invalid="ignore"):
        scatter = batch.view.std(axis=1, keepdims=True)
        return replace(batch, view=np.where(scatter == 0, np.float32("nan"), batch.view))


def nan_somewhere(batch, rng, kind):
    view = batch.view.copy()
    view[0, 0, 0] = np.nan
    return replace(batch, view=view)


def needs_two_rows(batch, rng, kind):
    return replace(batch, view=batch.view[:-1] + batch.view[-1:])


def out_of_range(batch, rng, kind):
    return replace(batch, view=2 * batch.view)


def faulty(apply, **changes):
    says = "A faulty augmentation that stands in for one that somebody may write."
    return replace(Augmentation("faulty", apply, says), **changes)


BEHAVIOUR_FAULTS = [
    (contract.check_shape_and_dtype, in_double, "flux"),
    (contract.check_drawn_from_the_generator, not_random, "local_view"),
    (contract.check_equal_seeds_equal_results, own_generator, "global_view_odd"),
    (contract.check_input_is_not_changed, in_place, "folded_image"),
    (contract.check_input_is_not_changed, does_nothing, "flux"),
    (contract.check_examples_stay_apart, mean_of_all, "flux"),
    (contract.check_examples_stay_apart, draws_by_label, "flux"),
    (contract.check_labels, other_labels, "flux"),
    (contract.check_labels, other_weights, "flux"),
    (contract.check_gaps_stay_gaps, noise_everywhere, "flux"),
    (contract.check_gaps_stay_gaps, noise_everywhere, "flux_mask"),
    (contract.check_gaps_stay_gaps, noise_everywhere, "flux_lines_mask"),
    (contract.check_gaps_stay_gaps, gaps_filled, "flux_mask"),
    (contract.check_mask_makes_no_difference, noise_beside_a_mask_only, "flux_mask"),
    (contract.check_finite, nan_somewhere, "flux"),
    (contract.check_small_batches, divides_by_scatter, "local_view"),
    (contract.check_small_batches, needs_two_rows, "local_view"),
    (contract.check_value_range, out_of_range, "flux"),
]


@pytest.mark.parametrize(
    ("check", "fault", "case"),
    BEHAVIOUR_FAULTS,
    ids=[f"{name_of(check)}-{fault.__name__}-{case}" for check, fault, case in BEHAVIOUR_FAULTS],
)
def test_a_fault_is_seen(check, fault, case):
    with pytest.raises(AssertionError):
        check(faulty(fault), CASE[case].kind, batch_of(CASE[case]))


def test_declared_changes_of_labels_are_held_to_their_bounds():
    case = CASE["flux"]
    for fault in (other_labels, lambda batch, rng, kind: replace(batch, labels=batch.labels + 1)):
        with pytest.raises(AssertionError):
            contract.check_labels(faulty(fault, relabels=True), case.kind, batch_of(case))


def without_default(batch, rng, kind, *, share):
    return batch


def refuses_its_default(batch, rng, kind, *, share: int = 0.5):
    return batch


def kind_as_an_option(batch, rng, *_, kind: int = 0):
    return batch


def suits_nothing(kind):
    return "no view in the world would do"


def says_nothing(kind):
    return "no" if kind.folded else None


STATEMENT_FAULTS = [
    (contract.check_physics_is_a_sentence, faulty(does_nothing, physics="it works")),
    (contract.check_options, faulty(without_default)),
    (contract.check_options, faulty(refuses_its_default)),
    (contract.check_options, faulty(kind_as_an_option)),
    (contract.check_unsuited_views_are_refused, faulty(does_nothing, impossible=suits_nothing)),
    (contract.check_unsuited_views_are_refused, faulty(does_nothing, impossible=says_nothing)),
    (contract.check_unphysical_is_refused_unless_forced, faulty(does_nothing, physical="no")),
    (
        contract.check_what_breaks_the_label_on_a_view_is_refused_there_unless_forced,
        faulty(does_nothing, unsuited=lambda kind: ""),
    ),
]


@pytest.mark.parametrize(("check", "augmentation"), STATEMENT_FAULTS)
def test_a_wrong_statement_is_seen(check, augmentation):
    with pytest.raises((AssertionError, InputError)):
        check(augmentation)


def test_every_check_has_a_fault_that_it_sees():
    seen = {check for check, *_ in [*BEHAVIOUR_FAULTS, *STATEMENT_FAULTS]}
    assert seen == {*BEHAVIOUR, *STATEMENT}
