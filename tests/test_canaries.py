"""Canaries go the way of every entry: silent where all is well, and red where a leak is planted.

Leaks are planted where a user could plant them: in a remedy of his own, in folds made elsewhere, in
the curves. Some move no label to the other side of a fold; no canary can hear these.
"""

from dataclasses import replace

import numpy as np
import pytest
from in_process import Here
from threadpoolctl import threadpool_limits

from kepler_keras.canaries import pipelines, run_canaries
from kepler_keras.data.imbalance.registry import strategies
from kepler_keras.data.imbalance.strategy import Resampled, Strategy
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.permuting import canary_rows, permuted_labels
from kepler_keras.data.split_faults import split_faults
from kepler_keras.data.splits import Fold, Split, make_folds
from kepler_keras.evaluation.canaries import ALARM
from kepler_keras.experiment import Experiment
from kepler_keras.reporting.evidence import canary_facts
from kepler_keras.training.cross_validation import ViewFiles

N_STARS, ROWS_A_STAR, COLUMNS = 120, 2, 64


@pytest.fixture(autouse=True)
def _one_thread():
    with threadpool_limits(1):
        yield


def experiment_of(*entries, **protocol):
    fields = {"model": "logistic_regression", "view": "flux"}
    named = [{"name": f"e{n}", **fields, **entry} for n, entry in enumerate(entries)]
    return Experiment.model_validate(
        {
            "name": "made",
            "question": "?",
            "data": {"source": "simulated"},
            "protocol": {"folds": 4, "validation_share": 0.25, **protocol},
            "entries": named,
            "baseline": "e0",
        }
    )


def curves_of(seed=0):
    """Two rows a star, alike: who has seen a star knows it again. Every fifth is a host."""
    rng = np.random.default_rng(seed)
    star = np.repeat(np.arange(N_STARS), ROWS_A_STAR)
    flux = rng.normal(size=(N_STARS, COLUMNS))[star] + 0.1 * rng.normal(size=(len(star), COLUMNS))
    labels = (star % 5 == 0).astype(np.int8)
    flux[labels == 1, 10:14] -= 2.0
    names = np.array([f"s{number:03d}" for number in star])
    return LightCurves("made", flux.astype(np.float32), labels, names, cadence=0.02)


def run(tmp_path, *, experiment=None, curves=None, split=None, view=None, **options):
    """The judged canaries of a comparison, by kind."""
    experiment, curves = experiment or experiment_of({}), curves or curves_of()
    split = split or make_folds(curves, experiment.protocol)
    np.save(tmp_path / "view.npy", curves.flux[..., None] if view is None else view)
    file = ViewFiles({"flux": tmp_path / "view.npy"}, curves.labels, cadence=0.02)
    files = {entry.name: file for entry in experiment.entries}
    canaries = run_canaries(experiment, split, curves, files, Here(), tmp_path, **options)
    return canaries, {one.kind: one for one in canary_facts(canaries)}


def is_red(facts):
    return facts.adjusted < ALARM


def test_clean_pipelines_are_silent_and_are_told_apart(tmp_path):
    experiment = experiment_of(
        {}, {"model": "hist_gradient_boosting"}, {"imbalance": "random_oversampling"},
        {"model": "prevalence", "training": {"scaling": "none"}},
    )  # fmt: skip
    canaries, _ = run(tmp_path, experiment=experiment)
    assert [(one.kind, one.entries, one.pipeline) for one in canaries.runs] == [
        ("noise", ["e0", "e1"], "flux"),
        ("permuted", ["e0", "e1"], "flux"),
        ("noise", ["e2"], "flux, random_oversampling"),
        ("permuted", ["e2"], "flux, random_oversampling"),
    ]
    assert not any(map(is_red, canary_facts(canaries)))
    assert (canaries.n_pipelines, canaries.n_stars) == (2, N_STARS)
    permuted, noise = canaries.runs[1].folds, canaries.runs[0].folds
    assert {(one.n, one.n_planets) for one in permuted} == {(30, 6)}  # stars, by their mean score
    assert {(one.n, one.n_planets) for one in noise} == {(60, 12)}  # rows


def test_augmentations_are_passed_through_a_network(tmp_path):
    experiment = experiment_of({"model": "mlp", "augmentations": ["time_reversal"]}, folds=2)
    canaries, _ = run(tmp_path, experiment=experiment)
    assert {one.model for one in canaries.runs} == {"mlp"}
    assert not any(map(is_red, canary_facts(canaries)))


def test_only_so_many_pipelines_are_tried_and_competitors_go_first(tmp_path):
    experiment = experiment_of(
        {}, {"against": "e0", "imbalance": "random_oversampling"}, {"training": {"scaling": "none"}}
    )
    canaries, _ = run(tmp_path, experiment=experiment, most_pipelines=2)
    assert {one.pipeline for one in canaries.runs} == {"flux", "flux, not scaled"}
    assert canaries.n_pipelines == 3


def split_by_row(curves):
    """The wrong way: the two rows of a star part company."""
    rows = np.random.default_rng(0).permutation(len(curves))
    folds = []
    for number, test in enumerate(np.array_split(rows, 4)):
        rest = np.setdiff1d(rows, test)
        parts = rest[rest % 4 != 0], rest[rest % 4 == 0], np.sort(test)
        folds.append(Fold(0, number, *parts))
    return Split(tuple(folds))


def test_planted_split_by_row_is_caught_by_permuted_labels(tmp_path):
    curves = curves_of()
    _, found = run(tmp_path, curves=curves, split=split_by_row(curves))
    assert is_red(found["permuted"])
    assert not is_red(found["noise"])  # the noise of two rows of a star has nothing in common


@pytest.fixture
def _hoarding(monkeypatch):
    """A remedy that keeps the rows of every fold it has seen, and adds them to the next."""
    kept: list[tuple[np.ndarray, np.ndarray]] = []

    def hoard(view, labels, kind, seed):
        earlier = [one for one in kept if one[0].shape[1:] == view.shape[1:]]
        made = [np.concatenate([one[part] for one in earlier]) if earlier else view[:0]
                for part in (0, 1)]  # fmt: skip
        kept.append((view.copy(), labels.copy()))
        return Resampled(np.arange(len(labels)), made[0], made[1].astype(np.int8).ravel())

    known = {**strategies(), "hoard": Strategy("hoard", "none", resample=hoard)}
    monkeypatch.setattr("kepler_keras.data.imbalance.registry.strategies", lambda: known)
    monkeypatch.setattr("kepler_keras.canaries.strategies", lambda: known)
    monkeypatch.setattr("kepler_keras.training.building.strategies", lambda: known)


@pytest.mark.usefixtures("_hoarding")
def test_planted_remedy_that_keeps_rows_of_other_folds_is_caught_by_both(tmp_path):
    experiment = experiment_of({"imbalance": "hoard"})
    _, found = run(tmp_path, experiment=experiment)
    assert is_red(found["permuted"])
    assert is_red(found["noise"])


def test_planted_copies_before_the_split_are_caught(tmp_path):
    """Oversampling first: copies of a host pass for stars of their own, and become hosts again.

    Labels are permuted star by star, and noise is drawn row by row: the check of equal curves must
    find the copies.
    """
    curves = curves_of()
    hosts = np.flatnonzero(curves.labels == 1)
    copied = curves.rows(np.concatenate([np.arange(len(curves)), hosts]))
    stars = np.array([f"row{number:04d}" for number in range(len(copied))])
    doubled = replace(copied, stars=stars, flux=copied.flux * np.float32(1.7))
    folds = make_folds(doubled, experiment_of({}).protocol).folds
    assert split_faults(doubled, folds).n_equal > 0
    assert split_faults(curves, make_folds(curves, experiment_of({}).protocol).folds).n_equal == 0


@pytest.mark.parametrize("plant", ["label in a column", "gaps filled by label", "row order"])
def test_views_that_show_the_label_are_heard_by_no_canary(tmp_path, plant):
    """They show the true labels; the permuted ones have nothing to do with them."""
    curves = curves_of()
    view = curves.flux.copy()
    if plant == "label in a column":
        view[:, 3] = 10 * curves.labels
    elif plant == "gaps filled by label":
        view[:, 20:30] = np.where(curves.labels, 0.0, 1.0)[:, None]
    else:  # a filter over neighbouring rows of a table sorted by label
        order = np.argsort(-curves.labels, kind="stable")
        curves = curves.rows(order)
        kernel = np.ones(25) / 25
        view = np.apply_along_axis(np.convolve, 0, curves.flux, kernel, mode="same")
    _, found = run(tmp_path, curves=curves, view=view[..., None].astype(np.float32))
    assert not any(map(is_red, found.values()))


def test_permuted_labels_are_one_a_star_and_keep_the_count_of_every_test_fold():
    curves = curves_of()
    folds = make_folds(curves, experiment_of({}).protocol).folds
    dealt = permuted_labels(curves.labels, curves.stars, folds, seed=1)
    assert (dealt[::2] == dealt[1::2]).all()
    assert not np.array_equal(dealt, curves.labels)
    for fold in folds:
        assert dealt[fold.test].sum() == curves.labels[fold.test].sum()
        assert dealt[fold.train].any()
        assert dealt[fold.validation].any()
    again = permuted_labels(curves.labels, curves.stars, folds, seed=1)
    assert np.array_equal(dealt, again)


def test_labels_that_cannot_be_permuted_are_told(tmp_path):
    """Two hosts, and a validation part of one star: most often it would hold no planet."""
    labels, stars = np.array([1, 1, 0, 0, 0, 0], np.int8), np.array(list("abcdef"))
    fold = Fold(0, 0, np.array([2, 3]), np.array([0]), np.array([1, 4, 5]))
    assert permuted_labels(labels, stars, [fold], seed=0) is None


def test_of_large_data_whole_stars_are_taken_hosts_first():
    labels, stars = np.zeros(100, np.int8), np.repeat(np.arange(50), 2).astype(str)
    labels[:8] = 1
    kept = canary_rows(labels, stars, most_rows=40, seed=0)
    assert kept.sum() == 40
    assert kept[:8].all()
    assert (kept[::2] == kept[1::2]).all()
    assert canary_rows(labels, stars, most_rows=100, seed=0).all()


def test_a_canary_that_cannot_be_fitted_says_why(tmp_path):
    smote = {"imbalance": {"name": "smote", "k_neighbors": 90}, "view": "global_view"}
    canaries, found = run(tmp_path, experiment=experiment_of(smote))
    assert not found
    assert all("smote: k_neighbors = 90 needs more" in one.reason for one in canaries.runs)


def test_pipelines_of_one_view_are_one(tmp_path):
    experiment = experiment_of({}, {"seed": 3, "training": {"epochs": 2}})
    file = ViewFiles({"flux": tmp_path / "view.npy"}, np.zeros(3, np.int8))
    assert len(pipelines(experiment, {"e0": file, "e1": file})) == 1
