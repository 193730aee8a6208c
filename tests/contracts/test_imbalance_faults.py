"""Faulty strategies and gatherers, one for each check of the contract, which it must catch."""

from dataclasses import replace

import imbalance_cases as cases
import imbalance_contract as contract
import numpy as np
import pandas as pd
import pytest

from kepler_keras.data.imbalance.registry import Remedy, find_strategy
from kepler_keras.data.imbalance.strategy import Plan, Resampled, Strategy
from kepler_keras.data.splits import Fold
from kepler_keras.data.views import one_view
from kepler_keras.evaluation.calibration import UNCORRECTED
from kepler_keras.experiment import Choice
from kepler_keras.training.fit import fit_entry
from kepler_keras.training.training_rows import TrainingRows, gather_rows

KIND, SHAPE = cases.KINDS["global_view"]


def caught():
    return pytest.raises(AssertionError)


def every(labels):
    return Plan(np.arange(len(labels)), np.ones(len(labels), np.float32))


def planned(make, effect="none"):
    remedy = Remedy(Strategy("faulty", effect, make=make), {}, KIND)
    return cases.made_case(remedy, SHAPE)


def resampled(resample, effect="calibrate"):
    remedy = Remedy(Strategy("faulty", effect, resample=resample), {}, KIND)
    return cases.made_case(remedy, SHAPE)


def with_synthetic(labels, synthetic, label=1):
    classes = np.full(len(synthetic), label, np.int8)
    return Resampled(np.arange(len(labels)), synthetic, classes)


def test_a_sound_strategy_passes_them_all():
    case = planned(lambda labels, seed: every(labels))
    contract.check_held_out_rows_are_never_touched(case)
    contract.check_equal_seeds_give_equal_rows(case)
    contract.check_what_it_is_given_is_left(case)
    contract.check_real_rows_are_known(case)
    contract.check_synthetic_rows_are_finite_planets(case)
    contract.check_plan_fits_the_rows(case)


def before_the_split(view, labels, train, *, remedy, seed):
    """Resamples all rows, and keeps the real ones that train: synthetic rows know the others."""
    rows = gather_rows(view, labels, np.arange(len(view)), remedy=remedy, seed=seed)
    kept = np.isin(rows.real, train)
    real, labels = rows.real[kept], np.concatenate([labels[rows.real[kept]], rows.labels[72:]])
    return TrainingRows(view, real, rows.synthetic, labels, every(labels))


def test_resampling_before_the_split_is_caught():
    case = resampled(
        lambda view, labels, kind, seed: with_synthetic(labels, view[labels == 1][-2:] + 1)
    )
    contract.check_held_out_rows_are_never_touched(case)
    with caught():
        contract.check_held_out_rows_are_never_touched(case, before_the_split)


@pytest.mark.parametrize("spoil", [1, 0], ids=["validation", "test"])
def test_gathering_a_held_out_row_is_caught(spoil):
    def gather(view, labels, train, *, remedy, seed):
        return gather_rows(view, labels, np.append(train, 70 + spoil), remedy=remedy, seed=seed)

    case = planned(lambda labels, seed: every(labels))
    with caught():
        contract.check_held_out_rows_are_never_touched(case, gather)


def test_labels_of_all_rows_are_caught():
    def gather(view, labels, train, *, remedy, seed):
        rows = gather_rows(view, labels, train, remedy=remedy, seed=seed)
        return replace(rows, plan=replace(rows.plan, output_bias=float(labels.mean())))

    case = planned(lambda labels, seed: every(labels))
    case.labels[50] = 1  # flipping all of half would leave the mean
    with caught():
        contract.check_held_out_rows_are_never_touched(case, gather)


def test_a_sampler_that_returns_a_test_row_is_caught():
    def gather(view, labels, train, *, remedy, seed):
        def resample(own, own_labels, kind, seed):
            return with_synthetic(own_labels, view.single[-1:])

        remedy = replace(remedy, strategy=replace(remedy.strategy, resample=resample))
        return gather_rows(view, labels, train, remedy=remedy, seed=seed)

    case = resampled(lambda view, labels, kind, seed: with_synthetic(labels, view[:0]))
    contract.check_held_out_rows_are_never_touched(case)
    with caught():
        contract.check_held_out_rows_are_never_touched(case, gather)


def test_a_fit_on_all_rows_is_caught():
    case = cases.case_of("none", "global_view")

    def fit(task):
        return fit_entry(replace(task, train=np.arange(len(task.examples.labels) - 1)))

    with caught(), np.errstate(all="ignore"):
        contract.check_weights_do_not_know_held_out_rows(case, _without_nan(fit))


def _without_nan(fit):
    """The marks that are numbers alone: NaN would end in an InputError, which is no finding."""

    def fitted(task):
        ((name, view),) = task.examples.views.items()
        views = one_view(np.nan_to_num(view, nan=1e6), name)
        return fit(replace(task, examples=replace(task.examples, views=views)))

    return fitted


def test_a_draw_without_the_seed_is_caught():
    rng = np.random.default_rng()
    case = planned(lambda labels, seed: replace(every(labels), indices=rng.permutation(48)))
    with caught():
        contract.check_equal_seeds_give_equal_rows(case)


def test_labels_changed_in_place_are_caught():
    def make(labels, seed):
        labels[0] = 1 - labels[0]
        return every(labels)

    with caught():
        contract.check_what_it_is_given_is_left(planned(make))


def test_views_changed_in_place_are_caught():
    def resample(view, labels, kind, seed):
        view[0] += 1
        return with_synthetic(labels, view[:0])

    with caught():
        contract.check_what_it_is_given_is_left(resampled(resample))


def test_real_rows_that_pass_for_synthetic_are_caught():
    case = resampled(lambda view, labels, kind, seed: with_synthetic(labels, view[:2]))
    with caught():
        contract.check_real_rows_are_known(case)


@pytest.mark.parametrize(
    "resample",
    [
        lambda view, labels, kind, seed: with_synthetic(labels, view[:2] * np.float32(np.nan)),
        lambda view, labels, kind, seed: with_synthetic(labels, view[:2] + 1, label=0),
        lambda view, labels, kind, seed: with_synthetic(labels, view[:2].astype(np.float64) + 1),
    ],
    ids=["not_finite", "other_class", "float64"],
)
def test_wrong_synthetic_rows_are_caught(resample):
    with caught():
        contract.check_synthetic_rows_are_finite_planets(resampled(resample))


@pytest.mark.parametrize(
    "make",
    [
        lambda labels, seed: replace(every(labels), sample_weight=labels.astype(np.float32)),
        lambda labels, seed: replace(every(labels), sample_weight=np.ones(48)),
        lambda labels, seed: replace(every(labels), sample_weight=np.ones(3, np.float32)),
        lambda labels, seed: replace(every(labels), redrawn=np.ones(3, np.bool_)),
        lambda labels, seed: replace(
            every(labels), indices=np.flatnonzero(labels), sample_weight=np.ones(12, np.float32)
        ),
    ],
    ids=["weight_0", "float64", "too_few", "redrawn_too_few", "one_class"],
)
def test_plans_that_do_not_fit_are_caught(make):
    with caught():
        contract.check_plan_fits_the_rows(planned(make))


def test_another_sentence_for_one_class_is_caught():
    class Unchecked(Remedy):
        def check(self, labels):
            pass

    case = planned(lambda labels, seed: every(labels))
    case = case.changed(remedy=Unchecked(case.remedy.strategy, {}, KIND))
    with caught():
        contract.check_one_class_is_refused(case, np.zeros(9, np.int8))


def test_a_model_that_passes_over_the_remedy_is_caught():
    case = cases.case_of("focal", "global_view")
    with caught():
        contract.check_models_without_batches_are_refused(case, build=lambda job: None)


def test_predictions_of_synthetic_rows_are_caught():
    fold = Fold(0, 0, np.arange(4), np.arange(4, 6), np.arange(6, 8))
    table = pd.DataFrame({"example_id": [4, 5, 6, 7], "split": ["validation"] * 2 + ["test"] * 2})
    contract.check_predictions_are_of_held_out_rows(table, fold)
    synthetic = pd.DataFrame({"example_id": [8], "split": ["test"]})
    with caught():
        contract.check_predictions_are_of_held_out_rows(pd.concat([table, synthetic]), fold)


def uncorrected(task):
    return fit_entry(task).corrected(UNCORRECTED)


def test_an_offset_that_is_not_taken_off_is_caught():
    with caught():
        contract.check_offset_is_taken_off("random_undersampling", fit=uncorrected)


def test_an_offset_of_the_wrong_sign_is_caught():
    def fit(task):
        fitted = fit_entry(task)
        return fitted.corrected(replace(fitted.correction, intercept=-fitted.correction.intercept))

    with caught():
        contract.check_offset_is_taken_off("random_undersampling", fit=fit)


def test_scores_that_are_not_calibrated_are_caught():
    case = cases.case_of("smote", "global_view")
    with caught():
        contract.check_scores_are_calibrated(case, fit=uncorrected)


def test_forced_use_is_what_the_cases_are_made_of():
    """Without it these views would never be tested; it is refused by default."""
    assert cases.choice_of("smote").options["force"] is True
    assert find_strategy(Choice(name="smote"), KIND).options == {"ratio": 1.0, "k_neighbors": 5}
