"""What every remedy for imbalance keeps, over all that are found."""

import inspect

import imbalance_cases as cases
import imbalance_contract as contract
import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from kepler_keras.data.imbalance.registry import find_strategy, strategies
from kepler_keras.data.splits import Fold
from kepler_keras.errors import InputError
from kepler_keras.experiment import Choice
from kepler_keras.training.cross_validation import (
    FoldJob,
    ViewFiles,
    prediction_rows,
    run_fold,
)
from kepler_keras.training.fit import Task, fit_entry

FLUX = cases.KINDS["flux"][0]
FOLDED = cases.KINDS["global_view"][0]
CASES = [
    pytest.param(name, kind, id=f"{name}-{kind}")
    for name in strategies()
    for kind in cases.KINDS
    if cases.possible(name, kind)
]
on_every_view = pytest.mark.parametrize(("name", "kind"), CASES)
every_strategy = pytest.mark.parametrize("name", strategies())


def some_kind(name):
    return "global_view" if cases.possible(name, "global_view") else "flux"


@pytest.fixture(autouse=True)
def _one_thread():
    with threadpool_limits(1):
        yield


def test_all_that_the_field_uses_are_there():
    assert set(strategies()) == {
        *("none", "class_weights", "random_oversampling", "random_undersampling"),
        *("balanced_batches", "augmented_oversampling", "focal", "logit_adjustment"),
        *("output_bias", "smote", "borderline_smote", "adasyn", "smote_tomek", "smote_enn"),
        *("imblearn", "injected_planets"),
    }


@on_every_view
def test_held_out_rows_are_never_touched(name, kind):
    contract.check_held_out_rows_are_never_touched(cases.case_of(name, kind))


@on_every_view
def test_equal_seeds_give_equal_rows(name, kind):
    contract.check_equal_seeds_give_equal_rows(cases.case_of(name, kind))


@on_every_view
def test_what_it_is_given_is_left(name, kind):
    contract.check_what_it_is_given_is_left(cases.case_of(name, kind))


@on_every_view
def test_real_rows_are_known(name, kind):
    contract.check_real_rows_are_known(cases.case_of(name, kind))


@on_every_view
def test_synthetic_rows_are_finite_planets(name, kind):
    contract.check_synthetic_rows_are_finite_planets(cases.case_of(name, kind))


@on_every_view
def test_plan_fits_the_rows(name, kind):
    contract.check_plan_fits_the_rows(cases.case_of(name, kind))


@every_strategy
def test_weights_do_not_know_held_out_rows(name):
    contract.check_weights_do_not_know_held_out_rows(cases.case_of(name, some_kind(name)))


@every_strategy
@pytest.mark.parametrize("labels", [[], [0] * 9, [1] * 9], ids=["empty", "others", "planets"])
def test_one_class_is_refused(name, labels):
    case = cases.case_of(name, some_kind(name))
    contract.check_one_class_is_refused(case, np.array(labels, np.int8))


@every_strategy
def test_models_without_batches_are_refused(name):
    case = cases.case_of(name, some_kind(name))
    contract.check_models_without_batches_are_refused(case)
    if strategies()[name].needs_network:  # nor does a fit that nobody checked pass it over
        task = Task(
            cases.entry_of(case, "hist_gradient_boosting"),
            case.examples,
            *(case.train, None, 1),
        )
        with pytest.raises(InputError, match=r"entry 'e': .* acts on how a network is trained"):
            fit_entry(task)


@every_strategy
def test_predictions_are_of_held_out_rows(name, tmp_path):
    case = cases.case_of(name, some_kind(name))
    np.save(tmp_path / "view.npy", case.view)
    fold = Fold(0, 0, case.train, case.held_out[:12], case.held_out[12:])
    network = strategies()[name].needs_network
    entry = cases.entry_of(case, cases.NETWORK if network else "hist_gradient_boosting")
    paths = {case.remedy.kind.name: tmp_path / "view.npy"}
    job = FoldJob(entry, fold, ViewFiles(paths, case.labels, case.remedy.kind.cadence), 0)
    stars = np.array([f"s{row}" for row in range(len(case.labels))])
    outcome = run_fold(job)
    scores = outcome.validation.alone, outcome.test.alone
    table = prediction_rows("e", fold, scores, labels=case.labels, stars=stars)
    contract.check_predictions_are_of_held_out_rows(table, fold)
    assert table["label"].tolist() == case.labels[case.held_out].tolist()
    assert table["score"].between(0, 1).all()


@pytest.mark.parametrize("name", [n for n, s in strategies().items() if s.effect == "offset"])
def test_offset_is_taken_off(name):
    contract.check_offset_is_taken_off(name)


@pytest.mark.parametrize("name", [n for n, s in strategies().items() if s.effect == "calibrate"])
def test_scores_are_calibrated(name):
    contract.check_scores_are_calibrated(cases.case_of(name, some_kind(name)))


@every_strategy
def test_strategy_is_given_training_rows_a_seed_and_nothing_else(name):
    strategy = strategies()[name]
    parameters = inspect.signature(strategy.function).parameters.values()
    positional = [p.name for p in parameters if p.kind is not inspect.Parameter.KEYWORD_ONLY]
    if strategy.make:
        assert positional == ["labels", "seed"]
    else:
        assert positional == ["view", "labels", "kind", "seed"]
    assert (strategy.make is None) != (strategy.resample is None)


@every_strategy
@pytest.mark.parametrize("option", ["no_such_option", "seed", "labels"])
def test_unknown_option_is_refused(name, option):
    with pytest.raises(InputError, match=f"imbalance '{name}': unknown option '{option}'"):
        find_strategy(Choice(name=name, options={option: 3}), FLUX)


def test_unknown_strategy_is_refused_with_the_nearest_name():
    with pytest.raises(
        InputError, match="no strategy 'class_weight'; did you mean 'class_weights'"
    ):
        find_strategy(Choice(name="class_weight"), FLUX)


def test_needed_option_that_is_missing_is_named():
    with pytest.raises(InputError, match="imbalance 'imblearn': the option 'sampler' is needed"):
        find_strategy(Choice(name="imblearn"), FOLDED)
