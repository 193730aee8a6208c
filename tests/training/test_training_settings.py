"""How an entry's `training` reaches the network: step sizes, weights, labels, precision."""

import numpy as np
import pytest

from kepler_keras.data.imbalance.strategy import Plan
from kepler_keras.data.scaling import UNSCALED
from kepler_keras.data.views import one_view
from kepler_keras.experiment import Training
from kepler_keras.training.backend import load_tensorflow
from kepler_keras.training.fit import Task, fit_entry
from kepler_keras.training.training_rows import TrainingRows


@pytest.fixture
def optimizer():
    """The optimizer of some training settings, with 5 steps an epoch."""
    load_tensorflow()
    from kepler_keras.training.network import _optimizer

    return lambda **settings: _optimizer(Training(**settings), steps_an_epoch=5)


def rates(made, steps):
    return [float(made._learning_rate(step)) for step in steps]


def test_cosine_falls_from_the_learning_rate_to_0_over_all_epochs(optimizer):
    made = optimizer(schedule="cosine", epochs=4, learning_rate=0.2)
    halves = [0.2 * (1 + np.cos(np.pi * step / 20)) / 2 for step in range(21)]
    assert rates(made, range(21)) == pytest.approx(halves, abs=1e-7)
    assert rates(made, [0, 10, 20, 99]) == pytest.approx([0.2, 0.1, 0, 0], abs=1e-7)


def test_warmup_rises_in_a_line_and_the_cosine_fills_what_is_left(optimizer):
    made = optimizer(schedule="cosine", epochs=4, learning_rate=0.2, warmup_epochs=2)
    assert rates(made, [0, 1, 5, 10]) == pytest.approx([0, 0.02, 0.1, 0.2], abs=1e-7)
    assert rates(made, [15, 20]) == pytest.approx([0.1, 0], abs=1e-7)


def test_a_constant_rate_needs_no_schedule(optimizer):
    made = optimizer(learning_rate=0.2)
    assert (type(made).__name__, float(made.learning_rate)) == ("Adam", pytest.approx(0.2))


def test_weight_decay_makes_adamw(optimizer):
    made = optimizer(weight_decay=0.03, schedule="cosine", epochs=2)
    assert (type(made).__name__, made.weight_decay) == ("AdamW", 0.03)
    assert type(optimizer(weight_decay=0.0)).__name__ == "Adam"


def test_weight_decay_shrinks_weights(entry, examples, parts):
    def norm(decay):
        settings = {"epochs": 3, "weight_decay": decay, "learning_rate": 0.1}
        fitted = fit_entry(Task(entry(training=settings), examples, parts[0], None, 1, 3))
        return sum(float(np.abs(weight).sum()) for weight in fitted.model.get_weights())

    assert norm(1.0) < 0.9 * norm(0.0)


def test_the_schedule_of_a_refit_runs_over_all_epochs_however_few_are_fitted(entry, examples):
    """A refit for 2 of 8 epochs steps as the folds did in their first 2, and stays large."""
    settings = {"epochs": 8, "schedule": "cosine", "batch_size": 10, "learning_rate": 0.2}
    fitted = fit_entry(Task(entry(training=settings), examples, np.arange(60), None, 1, epochs=2))
    optimizer = fitted.model.optimizer
    assert int(optimizer.iterations) == 12
    expected = 0.2 * (1 + np.cos(np.pi * 12 / 48)) / 2
    assert float(optimizer.learning_rate) == pytest.approx(expected)


def test_smoothed_labels_lie_between_the_classes():
    load_tensorflow()
    from kepler_keras.training.batches import TrainingBatches

    view, labels = one_view(np.zeros((4, 3, 1), np.float32)), np.array([0, 1, 1, 0], np.int8)
    plan = Plan(np.arange(4), np.ones(4, np.float32))
    rows = TrainingRows(view, np.arange(4), view[:0], labels, plan)
    for smoothing, values in ((0.0, {0.0, 1.0}), (0.2, {np.float32(0.1), np.float32(0.9)})):
        batches = TrainingBatches(
            rows, scaler=UNSCALED, transforms=[], batch_size=4, label_smoothing=smoothing, seed=0
        )
        given = batches[0][1]
        assert given.dtype == np.float32
        assert set(given[:, 0].tolist()) == {float(value) for value in values}


def test_smoothed_labels_hold_confidence_back(entry, examples, parts):
    def largest(smoothing):
        settings = {"epochs": 30, "learning_rate": 0.05, "label_smoothing": smoothing}
        fitted = fit_entry(Task(entry(training=settings), examples, parts[0], None, 1, 30))
        return np.abs(fitted.log_odds(examples.views[parts[0]])).max()

    assert largest(0.4) < largest(0.0) - 1


@pytest.mark.parametrize("steps", [2, 3, 50])
def test_steps_per_execution_change_no_bit(entry, examples, parts, steps):
    train, validation, test = parts
    scores = []
    for count in (1, steps):
        training = {"epochs": 4, "batch_size": 8, "steps_per_execution": count}
        task = Task(entry(training=training), examples, train, validation, 1)
        fitted = fit_entry(task)
        scores.append((fitted.score(examples.views[test]).tobytes(), fitted.epochs))
    assert scores[0] == scores[1]


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision_keeps_a_float32_logit_and_ends_with_the_fit(
    entry, examples, parts, precision
):
    import keras

    settings = {"epochs": 2, "precision": precision}
    fitted = fit_entry(Task(entry(training=settings), examples, parts[0], parts[1], 1))
    assert fitted.model.get_layer("logit").compute_dtype == "float32"
    assert fitted.model.get_layer("dense_1").compute_dtype == precision.removeprefix("mixed_")
    assert fitted.model.get_layer("dense_1").variable_dtype == "float32"
    assert np.isfinite(fitted.score(examples.views)).all()
    plain = fit_entry(Task(entry(), examples, parts[0], parts[1], 1))
    assert keras.config.dtype_policy().name == "float32"
    assert plain.model.get_layer("dense_1").compute_dtype == "float32"
