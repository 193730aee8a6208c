"""Shares of the training stars are nested, of both classes, and fitted like everything else."""

import numpy as np
import pytest
from in_process import Here
from threadpoolctl import threadpool_limits

from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.splits import make_folds
from kepler_keras.diagnostics import CurvePoint
from kepler_keras.experiment import Experiment, quick_version
from kepler_keras.fitting import cross_validate
from kepler_keras.learning_curve import nested_shares, run_learning_curve
from kepler_keras.reporting.diagnosis_results import curve_of
from kepler_keras.training.cross_validation import ViewFiles

ENTRIES = [
    {"name": "linear", "model": "logistic_regression", "view": "flux"},
    {"name": "smote", "model": "logistic_regression", "view": "flux", "imbalance": "smote",
     "against": "linear"},
    {"name": "needy", "model": "logistic_regression", "view": "flux",
     "imbalance": "random_undersampling"},
    {"name": "prevalence", "model": "prevalence", "view": "flux"},
]  # fmt: skip


def experiment_of(*entries, **protocol):
    return Experiment.model_validate(
        {
            "name": "made",
            "question": "?",
            "data": {"source": "simulated"},
            "protocol": {"folds": 3, "repeats": 2, **protocol},
            "entries": entries or ENTRIES[:1],
            "baseline": "linear",
        }
    )


def curves_of(n=120):
    rng = np.random.default_rng(0)
    labels = (np.arange(n) % 6 == 0).astype(np.int8)
    flux = rng.normal(size=(n, 8)).astype(np.float32)
    flux[labels == 1, 3] -= 2
    stars = np.array([f"s{row:03d}" for row in range(n)])
    return LightCurves("made", flux, labels, stars, cadence=0.02)


def test_shares_are_nested_and_keep_both_classes():
    curves = curves_of()
    fold = make_folds(curves, experiment_of().protocol).folds[0]
    small, half = nested_shares(curves, fold, [0.01, 0.5], seed=0)
    assert set(small) < set(half) < set(fold.train)
    assert sorted(curves.labels[small].tolist()) == [0, 1]
    assert len(half) == pytest.approx(len(fold.train) / 2, abs=1)
    assert curves.labels[half].sum() == round(curves.labels[fold.train].sum() / 2)


def test_every_competitor_is_fitted_on_every_share_in_the_first_repeat(tmp_path):
    experiment = experiment_of(*ENTRIES, learning_curve=[0.25, 0.5])
    curves = curves_of()
    split = make_folds(curves, experiment.protocol)
    np.save(tmp_path / "view.npy", curves.flux[..., None])
    file = ViewFiles({"flux": tmp_path / "view.npy"}, curves.labels, 0.02)
    files = {entry.name: file for entry in experiment.entries}
    with threadpool_limits(1):
        fitted = cross_validate(experiment, split, files, Here())
        curve = run_learning_curve(experiment, split, curves, files, Here(), fitted, jobs=2)
    places = {(one.entry, one.fold, one.share) for one in curve.points}
    assert places == {
        (name, fold, share)
        for name in ("linear", "needy")
        for fold in range(3)
        for share in (0.25, 0.5, 1.0)
    }
    assert {one.repeat for one in curve.points} == {0}
    whole = fitted.outcomes["linear", 0, 0]
    last = curve_of("linear", curve.points)[1.0][0]
    assert last.train_average_precision == whole.fit.train_average_precision
    assert 0 < whole.fit.train_average_precision <= 1
    assert [one.n_stars for one in curve_of("linear", curve.points)[0.25]] == [16, 16, 16]
    seconds = sum(
        fitted.outcomes[name, n, 0].fit.train_seconds for name in ("linear", "needy")
        for n in range(3)
    )  # fmt: skip
    assert curve.expected_seconds == pytest.approx(0.75 * seconds / 2)


def test_a_share_that_cannot_be_fitted_is_no_point_of_the_curve():
    points = [
        {"entry": "e", "repeat": 0, "fold": fold, "share": share, "n_stars": 9,
         "average_precision": None if (fold, share) == (1, 0.5) else 0.4,
         "train_average_precision": 0.5, "reason": None}
        for share in (0.5, 1.0) for fold in (0, 1)
    ]  # fmt: skip

    assert list(curve_of("e", [CurvePoint(**point) for point in points])) == [1.0]


@pytest.mark.parametrize("shares", [[0.5, 0.25], [0.5, 0.5], [1.0], [0.0]])
def test_shares_must_rise_between_0_and_1(shares):
    with pytest.raises(ValueError, match="learning_curve"):
        experiment_of(learning_curve=shares)


def test_quick_mode_takes_one_share():
    quick = quick_version(experiment_of(learning_curve=[0.25, 0.5]))
    assert quick.protocol.learning_curve == (0.5,)
