"""Fold jobs as workers run them."""

import numpy as np
import pytest

from kepler_keras.data.pipeline import Preparation
from kepler_keras.data.splits import Fold
from kepler_keras.evaluation.calibration import UNCORRECTED, Correction
from kepler_keras.executors import LocalProcesses
from kepler_keras.experiment import Choice, Conditioning, Search
from kepler_keras.training.cross_validation import (
    FoldJob,
    RefitJob,
    ViewFiles,
    join_members,
    prediction_rows,
    run_fold,
    run_refit,
)
from kepler_keras.training.saved import load_fitted


@pytest.fixture
def job(entry, examples, parts, tmp_path):
    """Makes the job of a fold; `planted` goes into the test rows."""

    def make(model="mlp", *, repeat=0, planted=None, seed=0, **settings):
        view = examples.views.single.copy()
        if planted is not None:
            view[parts[2]] = planted
        path = tmp_path / f"{planted}.npy"
        np.save(path, view)
        chosen = entry(model, **settings)
        files = ViewFiles({"flux": path}, examples.labels)
        return FoldJob(chosen, Fold(repeat, 0, *parts), files, seed)

    return make


def test_scores_do_not_depend_on_worker_or_number_of_jobs(job):
    jobs = [job("mlp"), job("conv1d"), job("hist_gradient_boosting")]
    alone = dict(LocalProcesses(1, 1).run(run_fold, jobs))
    fresh = dict(LocalProcesses(2, 1).run(run_fold, jobs[::-1]))
    for position in range(3):
        one, other = alone[position], fresh[2 - position]
        assert one.validation.alone.tobytes() == other.validation.alone.tobytes()
        assert one.test.alone.tobytes() == other.test.alone.tobytes()
        assert one.test.shared.tobytes() == one.test.alone.tobytes()
        assert one.fit.history == other.fit.history


def test_repeats_are_fitted_from_seeds_of_their_own(job):
    first, other = run_fold(job(repeat=0)), run_fold(job(repeat=1))
    assert first.test.alone.tobytes() != other.test.alone.tobytes()


def test_huge_values_in_test_rows_change_no_validation_score(job, examples, parts):
    settings = {"imbalance": "random_oversampling"}
    clean, planted = run_fold(job(**settings)), run_fold(job(planted=1e4, **settings))
    assert clean.fit.history == planted.fit.history
    assert clean.validation.alone.tobytes() == planted.validation.alone.tobytes()
    assert clean.test.alone.tobytes() != planted.test.alone.tobytes()  # the plant was there


def test_outcome_says_how_it_was_fitted(job, parts):
    one = job(training={"epochs": 2})
    outcome = run_fold(one)
    fit = join_members(one.entry, one.fold, [outcome])
    assert (fit.entry, fit.repeat, fit.fold) == ("mlp", 0, 0)
    assert fit.n_parameters == 16 * 8 + 8 + 8 + 1
    assert 1 <= fit.epochs <= 2
    assert fit.train_seconds > 0
    assert (fit.members, fit.score_kind) == ([], "probability")
    assert outcome.validation.alone.shape == outcome.validation.shared.shape == parts[1].shape
    assert outcome.test.alone.shape == outcome.test.shared.shape == parts[2].shape


def test_a_builder_that_cannot_be_loaded_in_a_worker_is_told_with_its_entry(job, tmp_path):
    gone = {"name": "net", "file": str(tmp_path / "gone.py")}
    sentence = run_fold(job(gone))
    assert sentence.startswith(f"repeat 1, fold 1: entry 'net': {tmp_path}/gone.py: cannot read")


def test_prediction_rows_carry_ids_stars_and_labels(job, examples, parts):
    stars = np.array([f"s{row}" for row in range(60)])
    scores = np.linspace(0, 1, 60)
    _, validation, test = parts
    fold = job(repeat=2).fold
    both = scores[validation], scores[test]
    table = prediction_rows("mlp", fold, both, labels=examples.labels, stars=stars)
    assert set(table["entry"]) == {"mlp"}
    assert table["example_id"].tolist() == [*validation, *test]
    assert table["split"].tolist() == ["validation"] * 12 + ["test"] * 12
    assert set(table["repeat"]) == {2}
    row = table.iloc[13]
    assert (row["star"], row["label"]) == ("s49", examples.labels[49])
    assert row["score"] == scores[49]


OWN = """
import keras
from keras import layers
from sklearn.linear_model import LogisticRegression

class Mine(LogisticRegression):
    pass

class Own(layers.Layer):
    def call(self, x):
        return 2 * x

@keras.saving.register_keras_serializable("planted")
class Registered(Own):
    pass

def estimator(shapes, *, own: bool):
    return Mine() if own else LogisticRegression()

def network(shapes, *, layer: str):
    ((name, shape),) = shapes.items()
    x = keras.Input(shape, name=name)
    flat = layers.Flatten()(x)
    made = {"own": Own, "registered": Registered, "plain": layers.ReLU}[layer]()(flat)
    return keras.Model(x, layers.Dense(1, name="logit")(made))
"""


@pytest.mark.parametrize(
    ("model", "refused"),
    [
        ({"name": "estimator", "own": False}, None),
        ({"name": "estimator", "own": True}, "Mine"),
        ({"name": "network", "layer": "plain"}, None),
        ({"name": "network", "layer": "own"}, "Own"),
        ({"name": "network", "layer": "registered"}, "Registered"),  # known here, not elsewhere
    ],
)
def test_own_model_that_nobody_else_can_load_is_not_kept(job, tmp_path, model, refused):
    file = tmp_path / "own.py"
    file.write_text(OWN)
    one = job({**model, "file": str(file)})
    folder = tmp_path / "refit"
    outcome = run_refit(refit_job(one, folder, epochs=1 if model["name"] == "network" else None))
    if refused is None:
        assert outcome == folder
        return
    assert outcome.startswith(
        f"no model is kept: refit on all stars: entry {one.entry.name!r}: model {model['name']!r} "
        "holds more than plain Keras layers or scikit-learn's types: "
    )
    assert refused in outcome.partition("types: ")[2]
    assert "\n" not in outcome


def refit_job(one, folder, *, epochs, correction=UNCORRECTED):
    """The refit of a fold's entry, on its view as one that came folded."""
    preparation = Preparation(
        views=(Choice(name="global_view"),),
        conditioning=Conditioning(),
        search=Search(),
        cadence=None,
        n_columns=16,
    )
    views = ViewFiles({"global_view": one.views.paths["flux"]}, one.views.labels)
    return RefitJob(one.entry, views, np.arange(60), 0, epochs, correction, preparation, folder)


def test_refit_writes_a_model_that_scores(job, tmp_path):
    one = job(training={"epochs": 9})
    folder = tmp_path / "refit"
    correction = Correction(0.5, -1.0)  # of no use to a remedy that needs none
    assert run_refit(refit_job(one, folder, epochs=2, correction=correction)) == folder
    (fitted,) = load_fitted(folder).fitted.members
    assert fitted.correction == UNCORRECTED
    flux = np.random.default_rng(0).normal(size=(5, 16)).astype(np.float32)
    scores = load_fitted(folder).score_curves(flux)
    assert scores.shape == (5,)
    assert ((scores > 0) & (scores < 1)).all()
