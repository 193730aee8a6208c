"""Fitting one entry: what is seen, what is kept, what is repeatable."""

import gc

import numpy as np
import pytest

from kepler_keras.data.augmentation.registry import bind_to_views
from kepler_keras.data.scaling import UNSCALED
from kepler_keras.data.view_kind import ViewKind
from kepler_keras.data.views import one_view
from kepler_keras.errors import InputError
from kepler_keras.evaluation.calibration import UNCORRECTED, Correction, platt_scaling
from kepler_keras.evaluation.metrics import average_precision
from kepler_keras.experiment import Choice
from kepler_keras.training.fit import Examples, Task, fit_entry
from kepler_keras.training.fitted import sigmoid


def test_best_epoch_is_kept(entry, examples, parts):
    train, validation, _ = parts
    settings = {"epochs": 12, "patience": 12, "learning_rate": 0.05, "batch_size": 8}
    fitted = fit_entry(Task(entry(training=settings), examples, train, validation, 1))
    values = fitted.history["val_average_precision"]
    assert np.argmax(values) < len(values) - 1, "the last epoch is the best: nothing is shown"
    assert fitted.epochs == int(np.argmax(values)) + 1
    scores = fitted.score(examples.views[validation])
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
        fit_entry(Task(chosen, examples, train, validation, seed)).score(examples.views[test])
        for seed in (1, 1, 2)
    )
    assert one.tobytes() == same.tobytes()
    assert one.tobytes() != other.tobytes()


def test_the_graphs_of_a_fit_go_with_it(entry, examples):
    """They are megabytes each, and a worker fits hundreds of times."""

    def graphs():
        gc.collect()
        return sum(type(one).__name__ == "FuncGraph" for one in gc.get_objects())

    task = Task(entry("mlp"), examples, np.arange(60), None, 1, epochs=1)
    before = graphs()
    for _ in range(2):
        fit_entry(task)
    assert graphs() <= before


@pytest.mark.parametrize("model", ["mlp", "hist_gradient_boosting"])
def test_rows_outside_training_and_validation_change_nothing(entry, examples, parts, model):
    train, validation, test = parts
    chosen = entry(model, imbalance="random_oversampling")
    planted = examples.views.single.copy()
    planted[test] = 1e6
    labels = examples.labels.copy()
    labels[test] = 1 - labels[test]
    clean = fit_entry(Task(chosen, examples, train, validation, 1))
    fitted = fit_entry(
        Task(chosen, Examples(one_view(planted, "flux"), labels), train, validation, 1)
    )
    assert fitted.scaler == clean.scaler
    assert fitted.history == clean.history
    views = examples.views
    assert fitted.score(views).tobytes() == clean.score(views).tobytes()


def test_validation_rows_never_reach_scaler_or_weights(entry, examples, parts):
    train, validation, _ = parts
    planted = examples.views.single.copy()
    planted[validation] = 1e3
    losses, scalers = [], []
    for view in (examples.views.single, planted):
        task = Task(
            entry(), Examples(one_view(view, "flux"), examples.labels), train, validation, 1
        )
        fitted = fit_entry(task)
        losses.append(fitted.history["loss"])
        scalers.append(fitted.scaler)
    assert losses[0] == losses[1]
    assert scalers[0] == scalers[1]


def test_scaling_none_leaves_the_view(entry, examples, parts):
    train, validation, _ = parts
    chosen = entry(training={"epochs": 1, "scaling": "none"})
    assert fit_entry(Task(chosen, examples, train, validation, 1)).scaler == UNSCALED


def test_remedies_count_in_the_fit_and_their_effect_is_taken_off(entry, examples, parts):
    """A third are planets; a blind model that learned from half of them says so all the same."""
    train, validation, test = parts
    fitted = [
        fit_entry(Task(entry("prevalence", imbalance=remedy), examples, train, validation, 1))
        for remedy in ("none", "class_weights", "random_oversampling", "random_undersampling")
    ]
    view = examples.views[test]
    assert [one.score(view)[0] for one in fitted] == pytest.approx([1 / 3] * 4)
    learned = [one.log_odds(view)[0] for one in fitted]
    assert learned == pytest.approx([-np.log(2), 0, 0, 0], abs=1e-6)


def test_class_weights_raise_what_a_network_says_and_not_its_scores(entry, examples, parts):
    train, _, test = parts
    heavy = {"name": "class_weights", "positive_weight": 50.0}
    settings = {"epochs": 8, "patience": 8, "learning_rate": 0.02}
    plain, weighted = (
        fit_entry(Task(entry(imbalance=remedy, training=settings), examples, train, None, 1, 8))
        for remedy in ("none", heavy)
    )
    view = examples.views[test]
    assert sigmoid(weighted.log_odds(view)).mean() > plain.score(view).mean() + 0.1
    assert weighted.correction == Correction(intercept=pytest.approx(-np.log(50)))
    corrected = weighted.log_odds(view) - np.log(50)
    assert weighted.score(view) == pytest.approx(sigmoid(corrected))


def test_the_output_begins_at_the_prior(entry, examples, parts):
    """With a learning rate of nothing, the bias stays where it began."""
    train, _, _ = parts
    settings = {"epochs": 1, "learning_rate": 1e-30}
    for remedy, bias in (("none", 0.0), ("output_bias", -np.log(2)), ("focal", -np.log(2))):
        chosen = entry(imbalance=remedy, training=settings)
        fitted = fit_entry(Task(chosen, examples, train, None, 1, epochs=1))
        assert fitted.model.get_layer("logit").bias.numpy() == pytest.approx([bias])


def test_what_is_left_to_validation_rows_is_given_to_a_refit(entry, examples, parts):
    train, validation, _ = parts
    chosen = entry("hist_gradient_boosting", view="global_view", imbalance="smote")
    fitted = fit_entry(Task(chosen, examples, train, validation, 1))
    assert fitted.correction != UNCORRECTED
    assert fitted.correction == platt_scaling(
        examples.labels[validation], fitted.log_odds(examples.views[validation])
    )
    given = Correction(0.5, -1.0)
    again = fit_entry(Task(chosen, examples, train, None, 1, correction=given))
    assert again.correction == given
    offset = entry("prevalence", imbalance="class_weights")  # known without validation rows
    own = fit_entry(Task(offset, examples, train, None, 1, correction=given)).correction
    assert own == Correction(intercept=pytest.approx(-np.log(2)))


def test_a_remedy_that_cannot_be_applied_names_the_entry(entry, examples):
    train = np.arange(12)  # 4 planets
    chosen = entry("prevalence", view="global_view", imbalance="smote")
    sentence = "^entry 'prevalence': smote: k_neighbors = 5 needs more than 5 planets .* got 4"
    with pytest.raises(InputError, match=sentence):
        fit_entry(Task(chosen, examples, train, None, 1))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_training_that_diverges_is_refused(entry, examples, parts):
    train, validation, _ = parts
    chosen = entry(training={"epochs": 3, "learning_rate": 1e38})
    with pytest.raises(
        InputError, match=r"entry 'mlp': training diverged.*learning_rate \(now 1e\+38"
    ):
        fit_entry(Task(chosen, examples, train, validation, 1))


def test_transforms_are_checked_against_the_view():
    choices = [Choice(name="time_reversal"), Choice(name="circular_shift")]
    unfolded = {"flux": ViewKind("flux", folded=False, cadence=0.02)}
    assert len(bind_to_views(choices, unfolded)) == 2
    with pytest.raises(InputError, match="needs unfolded flux"):
        bind_to_views(choices, {"global_view": ViewKind("global_view", folded=True)})


@pytest.mark.parametrize("remedy", ["none", "class_weights", "smote"])
def test_decision_values_are_scores_as_they_are_and_never_corrected(
    entry, examples, parts, tmp_path, remedy
):
    train, validation, test = parts
    file = tmp_path / "own.py"
    file.write_text("from sklearn.svm import LinearSVC\ndef margin(shapes): return LinearSVC()\n")
    model = {"name": "margin", "file": str(file)}
    chosen = entry(model, view="global_view", imbalance=remedy)
    fitted = fit_entry(Task(chosen, examples, train, validation, 1))
    views = examples.views[test]
    flat = fitted.scaler(views).flat()
    assert fitted.score_kind == "decision"
    assert fitted.correction == UNCORRECTED
    assert fitted.score(views).tolist() == fitted.model.decision_function(flat).tolist()
    assert fitted.score(views).min() < 0
    likely = fit_entry(Task(entry("prevalence"), examples, train, validation, 1))
    assert likely.score_kind == "probability"


def test_an_estimator_without_weights_cannot_be_weighted(entry, examples, parts, tmp_path):
    file = tmp_path / "own.py"
    file.write_text(
        "from sklearn.neighbors import KNeighborsClassifier\n"
        "def near(shapes): return KNeighborsClassifier()\n"
    )
    model = {"name": "near", "file": str(file)}
    fit_entry(Task(entry(model), examples, parts[0], parts[1], 1))
    weighted = entry(model, imbalance="class_weights")
    sentence = "^entry 'near': imbalance 'class_weights' weighs rows, and model 'near' takes no wei"
    with pytest.raises(InputError, match=sentence):
        fit_entry(Task(weighted, examples, parts[0], parts[1], 1))
