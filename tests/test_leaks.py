"""Leak canaries, and leaks planted to prove that the canaries sing.

A canary is measured against the null distribution: the mean over folds of average precision when
every test fold is ranked at random. With few positives its centre is well above the prevalence.
Everything is seeded, so a canary gives the same answer every time.
"""

from dataclasses import replace

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from kepler_keras.data.imbalance.registry import find_strategy
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.splits import Fold, make_folds
from kepler_keras.data.view_kind import ViewKind
from kepler_keras.data.views import one_view
from kepler_keras.evaluation.metrics import average_precision
from kepler_keras.evaluation.null import average_precision_null
from kepler_keras.experiment import Choice, Entry, Protocol
from kepler_keras.training.fit import Examples, Task, fit_entry

QUANTILES = (0.005, 0.995)  # blind ranking falls outside once in a hundred seeds
PROTOCOL = Protocol(folds=4, seed=2, validation_share=0.25)
N_STARS, ROWS_A_STAR, CADENCES = 90, 2, 24
MODELS = {
    "mlp": {"name": "mlp", "units": [16]},
    "conv1d": {"name": "conv1d", "filters": [6], "units": 8},
    "hist_gradient_boosting": {"name": "hist_gradient_boosting", "max_iter": 15},
}


@pytest.fixture(autouse=True)
def _one_thread():
    """Many threads on so few rows only wait for each other."""
    with threadpool_limits(1):
        yield


def entry(model, **settings):
    training = {"epochs": 8, "learning_rate": 0.02, "batch_size": 16}
    fields = {"name": model, "model": MODELS[model], "view": "flux", "training": training}
    return Entry.model_validate({**fields, **settings})


def curves_of(*, signal, seed=0):
    """Stars with two rows each, every fifth a host; the rows of a star share their noise.

    So a model can learn to know a star again, which pays only if a star leaks.
    """
    rng = np.random.default_rng(seed)
    star = np.repeat(np.arange(N_STARS), ROWS_A_STAR)
    labels = (star % 5 == 0).astype(np.int8)
    own = 3 * rng.normal(size=(N_STARS, CADENCES))[star]
    flux = own + 0.3 * rng.normal(size=(len(star), CADENCES))
    flux[labels == 1, 11:14] -= signal
    names = np.array([f"s{number:03d}" for number in star])
    return LightCurves("made", flux.astype(np.float32), labels, names, cadence=0.02)


def permuted_by_star(curves, *, seed):
    """The same curves with the classes dealt out anew among the stars."""
    labels = np.random.default_rng(seed).permutation(curves.labels[::ROWS_A_STAR])
    return replace(curves, labels=np.repeat(labels, ROWS_A_STAR))


def canary(curves, chosen, folds=None, view=None):
    """Mean over folds of average precision, and the null's quantiles in the same folds.

    One row a star is tested: rows of a star get nearly one score, and the null ranks each alone.
    """
    folds = make_folds(curves, PROTOCOL).folds if folds is None else folds
    view = curves.flux[..., None] if view is None else view
    values, truths = [], []
    for fold in folds:
        _, first = np.unique(curves.stars[fold.test], return_index=True)
        test = fold.test[first]
        truths.append(curves.labels[test])
        views = one_view(view(fold) if callable(view) else view)
        task = Task(chosen, Examples(views, curves.labels), fold.train, fold.validation, 1)
        values.append(average_precision(truths[-1], fit_entry(task).score(views[test])))
    null = average_precision_null(truths, draws=1000)
    return np.mean(values), *np.quantile(null, QUANTILES)


@pytest.mark.parametrize("model", MODELS)
def test_permuted_labels_are_ranked_blindly(model):
    curves = permuted_by_star(curves_of(signal=9.0), seed=3)
    value, low, high = canary(curves, entry(model, imbalance="random_oversampling"))
    assert low <= value <= high


@pytest.mark.parametrize("model", ["conv1d", "hist_gradient_boosting"])
def test_true_labels_are_not(model):
    """The canary can tell: the same stars with their own labels lie far outside the null."""
    value, _, high = canary(curves_of(signal=9.0), entry(model))
    assert value > high + 0.1


def planted_in(part, curves):
    """Noise, with a column that equals the label in one part of the fold only."""

    def view(fold):
        flux = curves.flux.copy()
        rows = getattr(fold, part) if part != "all" else np.arange(len(curves))
        flux[:, 5] = 0.0
        flux[rows, 5] = 12.0 * curves.labels[rows]
        return flux[..., None]

    return view


def test_feature_in_test_rows_only_is_not_learned():
    """Trees never split on a column that is constant in training, so they rank blindly."""
    curves = curves_of(signal=0.0)
    view = planted_in("test", curves)
    value, low, high = canary(curves, entry("hist_gradient_boosting"), view=view)
    assert low <= value <= high


def test_feature_in_test_rows_only_leaves_a_network_bit_for_bit():
    curves = curves_of(signal=0.0)
    fold = make_folds(curves, PROTOCOL).folds[0]
    clean = planted_in("test", replace(curves, labels=0 * curves.labels))(fold)
    planted = planted_in("test", curves)(fold)
    assert not np.array_equal(clean, planted)
    scores = [
        fit_entry(
            Task(
                entry("mlp"),
                Examples(one_view(view), curves.labels),
                fold.train,
                fold.validation,
                1,
            )
        ).score(one_view(clean[fold.test]))
        for view in (clean, planted)
    ]
    assert scores[0].tobytes() == scores[1].tobytes()


@pytest.mark.parametrize("model", ["conv1d", "hist_gradient_boosting"])
def test_planted_leak_feature_that_equals_the_label_is_caught(model):
    curves = permuted_by_star(curves_of(signal=0.0), seed=3)
    value, _, high = canary(curves, entry(model), view=planted_in("all", curves))
    assert value > high + 0.1


def folds_of_rows(curves, seed):
    """The wrong way: rows are dealt out, so that the two rows of a star part company."""
    rows = np.random.default_rng(seed).permutation(len(curves))
    parts = np.array_split(rows, 4)
    for number, test in enumerate(parts):
        rest = np.setdiff1d(rows, test)
        yield Fold(0, number, rest[rest % 5 != 0], rest[rest % 5 == 0], np.sort(test))


def test_planted_leak_split_by_row_is_caught():
    """Nothing can be learned from these labels, except which star is which."""
    curves = permuted_by_star(curves_of(signal=0.0), seed=3)
    value, _, high = canary(curves, entry("hist_gradient_boosting"), list(folds_of_rows(curves, 0)))
    assert value > high + 0.1
    honest, low, high = canary(curves, entry("hist_gradient_boosting"))
    assert low <= honest <= high


def test_planted_leak_oversampling_before_the_split_is_caught():
    """Copies of a host stand on both sides of the folds."""
    curves = permuted_by_star(curves_of(signal=0.0), seed=3)
    hosts = np.flatnonzero(curves.labels == 1)
    copied = curves.rows(np.concatenate([np.arange(len(curves)), np.repeat(hosts, 3)]))
    stars = np.array([f"row{number:04d}" for number in range(len(copied))])
    doubled = replace(copied, stars=stars)  # the copies pass for stars of their own
    value, _, high = canary(doubled, entry("hist_gradient_boosting"))
    assert value > high + 0.1
    honest, low, high = canary(copied, entry("hist_gradient_boosting"))  # stars kept: no leak
    assert low <= honest <= high


def test_planted_leak_smote_before_the_split_is_caught():
    """Synthetic hosts stand in the test folds, between hosts that were trained on.

    Without the slightest signal; the same remedy inside the folds ranks blindly.
    """
    curves = permuted_by_star(curves_of(signal=0.0), seed=3)
    kind = ViewKind("global_view", folded=True)
    smote = find_strategy(Choice(name="smote"), kind)
    made = smote.resample(curves.flux[..., None], curves.labels, 1)
    n = len(made.synthetic)
    more = curves.rows(np.concatenate([np.arange(len(curves)), np.zeros(n, int)]))
    flux = np.concatenate([curves.flux, made.synthetic[..., 0]])
    labels = np.concatenate([curves.labels, made.synthetic_labels])
    names = np.concatenate([curves.stars, [f"made{number:04d}" for number in range(n)]])
    resampled = replace(more, flux=flux, labels=labels, stars=names)
    value, _, high = canary(resampled, entry("hist_gradient_boosting"))
    assert value > high + 0.1
    inside = entry("hist_gradient_boosting", view="global_view", imbalance="smote")
    honest, low, high = canary(curves, inside)
    assert low <= honest <= high


def test_planted_leak_smoothing_across_sorted_stars_is_caught():
    """A filter over the star axis of a matrix sorted by label writes the label into the flux."""
    curves = curves_of(signal=0.0)
    order = np.argsort(-curves.labels, kind="stable")
    curves = curves.rows(order)
    kernel = np.ones(25) / 25
    across = np.apply_along_axis(np.convolve, 0, curves.flux, kernel, mode="same")
    blurred = across.astype(np.float32)[..., None]
    value, _, high = canary(curves, entry("hist_gradient_boosting"), view=blurred)
    assert value > high + 0.1
