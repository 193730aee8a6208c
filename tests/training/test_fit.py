"""Fitting one entry: what is seen, what is kept, what is repeatable."""

import numpy as np
import pytest

from kepler_keras.data.scaling import UNSCALED
from kepler_keras.errors import InputError
from kepler_keras.evaluation.metrics import average_precision
from kepler_keras.training.fit import Examples, Task, fit_entry, transforms


def test_best_epoch_is_kept(entry, examples, parts):
    train, validation, _ = parts
    settings = {"epochs": 12, "patience": 12, "learning_rate": 0.05, "batch_size": 8}
    fitted = fit_entry(Task(entry(training=settings), examples, train, validation, 1))
    values = fitted.history["val_average_precision"]
    assert np.argmax(values) < len(values) - 1, "the last epoch is the best: nothing is shown"
    assert fitted.epochs == int(np.argmax(values)) + 1
    scores = fitted.score(examples.view[validation])
    assert average_precision(examples.labels[validation], scores) == max(values)


def test_it_stops_after_patience(entry, examples, parts):
    train, validation, _ = parts
    settings = {"epochs": 40, "patience": 2, "learning_rate": 0.05}
    fitted = fit_entry(Task(entry(training=settings), examples, train, validation, 1))
    assert set(fitted.history) == {"loss", "val_loss", "val_average_precision"}
    assert {len(values) for values in fitted.history.values()} == {fitted.epochs + 2}


def test_refit_runs_for_the_given_epochs(entry, examples):
    fitted = fit_entry(Task(entry(), examples, np.arange(60), None, 1, epochs=3))
    assert fitted.epochs == 3
    assert {name: len(values) for name, values in fitted.history.items()} == {"loss": 3}


@pytest.mark.parametrize("model", ["mlp", "hist_gradient_boosting"])
def test_equal_seeds_give_equal_bits(entry, examples, parts, model):
    train, validation, test = parts
    chosen = entry(model, imbalance="random_oversampling")
    one, same, other = (
        fit_entry(Task(chosen, examples, train, validation, seed)).score(examples.view[test])
        for seed in (1, 1, 2)
    )
    assert one.tobytes() == same.tobytes()
    assert one.tobytes() != other.tobytes()


@pytest.mark.parametrize("model", ["mlp", "hist_gradient_boosting"])
def test_rows_outside_training_and_validation_change_nothing(entry, examples, parts, model):
    train, validation, test = parts
    chosen = entry(model, imbalance="random_oversampling")
    planted = examples.view.copy()
    planted[test] = 1e6
    labels = examples.labels.copy()
    labels[test] = 1 - labels[test]
    clean = fit_entry(Task(chosen, examples, train, validation, 1))
    fitted = fit_entry(Task(chosen, Examples(planted, labels), train, validation, 1))
    assert fitted.scaler == clean.scaler
    assert fitted.history == clean.history
    view = examples.view
    assert fitted.score(view).tobytes() == clean.score(view).tobytes()


def test_validation_rows_never_reach_scaler_or_weights(entry, examples, parts):
    train, validation, _ = parts
    planted = examples.view.copy()
    planted[validation] = 1e3
    losses, scalers = [], []
    for view in (examples.view, planted):
        task = Task(entry(), Examples(view, examples.labels), train, validation, 1)
        fitted = fit_entry(task)
        losses.append(fitted.history["loss"])
        scalers.append(fitted.scaler)
    assert losses[0] == losses[1]
    assert scalers[0] == scalers[1]


def test_scaling_none_leaves_the_view(entry, examples, parts):
    train, validation, _ = parts
    chosen = entry(training={"epochs": 1, "scaling": "none"})
    assert fit_entry(Task(chosen, examples, train, validation, 1)).scaler == UNSCALED


def test_class_weights_count_in_the_loss(entry, examples, parts):
    train, validation, test = parts
    means = [
        fit_entry(
            Task(entry("prevalence", imbalance=remedy), examples, train, validation, 1)
        ).score(examples.view[test])[0]
        for remedy in ("none", "class_weights", "random_oversampling")
    ]
    assert means == pytest.approx([1 / 3, 1 / 2, 1 / 2])


def test_class_weights_raise_the_scores_of_a_network(entry, examples, parts):
    train, _, test = parts
    heavy = {"name": "class_weights", "positive_weight": 50.0}
    settings = {"epochs": 8, "patience": 8, "learning_rate": 0.02}
    plain, weighted = (
        fit_entry(Task(entry(imbalance=remedy, training=settings), examples, train, None, 1, 8))
        for remedy in ("none", heavy)
    )
    assert (
        weighted.score(examples.view[test]).mean() > plain.score(examples.view[test]).mean() + 0.1
    )


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_training_that_diverges_is_refused(entry, examples, parts):
    train, validation, _ = parts
    chosen = entry(training={"epochs": 3, "learning_rate": 1e38})
    with pytest.raises(
        InputError, match=r"entry 'mlp': training diverged.*learning_rate \(now 1e\+38"
    ):
        fit_entry(Task(chosen, examples, train, validation, 1))


def test_transforms_are_checked_against_the_view(entry):
    assert len(transforms(entry(augmentations=["time_reversal", "circular_shift"]))) == 2
    with pytest.raises(InputError, match="needs unfolded flux"):
        transforms(entry(view="global_view", augmentations=["circular_shift"]))
