"""Ensembles: the mean of fits from seeds of their own, in folds, refits and saved models."""

import json
from dataclasses import replace

import numpy as np
import pytest

from kepler_keras.data.pipeline import Preparation
from kepler_keras.data.splits import Fold
from kepler_keras.data.views import Views
from kepler_keras.errors import InputError
from kepler_keras.evaluation.calibration import UNCORRECTED
from kepler_keras.experiment import Choice, Conditioning, Search
from kepler_keras.training.cross_validation import (
    FoldJob,
    RefitJob,
    ViewFiles,
    join_members,
    run_fold,
    run_refit,
)
from kepler_keras.training.fit import Task, fit_entry
from kepler_keras.training.fitted import FittedEnsemble
from kepler_keras.training.mirroring import mirror_of
from kepler_keras.training.saved import join_saved, load_fitted
from kepler_keras.training.seeding import job_seed

FOLDED = Preparation(
    views=(Choice(name="global_view"),),
    conditioning=Conditioning(),
    search=Search(),
    cadence=None,
    n_columns=16,
    ready={"global_view": 16},
)


@pytest.fixture
def files(examples, tmp_path):
    path = tmp_path / "view.npy"
    np.save(path, examples.views.single)
    return ViewFiles({"global_view": path}, examples.labels)


@pytest.fixture
def outcomes(files, parts):
    """Runs all the jobs of an entry on one fold."""

    def run(entry):
        return [run_fold(FoldJob(entry, Fold(0, 0, *parts), files, seed)) for seed in entry.seeds]

    return run


def made(entry, **settings):
    return entry("mlp", view="global_view", training={"epochs": 2}, **settings)


def test_a_member_is_bit_equal_to_a_single_entry_of_its_seed(entry, outcomes):
    members = outcomes(made(entry, seed=3, ensemble={"members": 2}))
    assert [one.fit.seed for one in members] == [3, 4]
    for seed, member in zip((3, 4), members, strict=True):
        (single,) = outcomes(made(entry, seed=seed))
        assert single.test.shared.tobytes() == member.test.alone.tobytes()
        assert single.validation.shared.tobytes() == member.validation.alone.tobytes()
        assert single.fit.history == member.fit.history
    assert members[0].test.alone.tobytes() != members[1].test.alone.tobytes()


def test_without_reversal_a_member_gives_its_own_scores(entry, outcomes):
    for one in outcomes(made(entry, ensemble={"members": 2})):
        assert one.test.shared.tobytes() == one.test.alone.tobytes()


def test_reversal_gives_the_mean_of_both_ways_round(entry, files, parts, outcomes):
    """By hand: 16 bins, so a mirrored curve is rolled by one and the transit's bin stays."""
    members = outcomes(made(entry, ensemble={"members": 2, "reversal": True}))
    train, validation, test = parts
    examples = files.open()
    curves = np.array(examples.views.single[test])
    turned = np.roll(curves[:, ::-1], 1, axis=1)
    for seed, member in zip((0, 1), members, strict=True):
        task = Task(made(entry), examples, train, validation, job_seed(seed, 0, 0))
        fitted = fit_entry(task)
        both = [fitted.score(Views({"global_view": view})) for view in (curves, turned)]
        assert member.test.alone == pytest.approx(both[0], abs=1e-7)
        assert member.test.shared == pytest.approx(np.mean(both, axis=0), abs=1e-7)
        assert np.abs(both[1] - both[0]).max() > 1e-3  # both ways differ


def test_the_mirror_turns_curves_and_leaves_features():
    choices = [Choice(name=name) for name in ("flux", "global_view", "scalars")]
    flux = np.array([[[1.0], [2.0], [3.0]]], np.float32)
    folded = np.array([[[1.0], [2.0], [3.0], [4.0], [5.0]]], np.float32)
    numbers = np.array([[7.0, np.nan]], np.float32)
    views = Views({"flux": flux, "global_view": folded, "scalars": numbers})
    turned = mirror_of(choices, cadence=0.02)(views).arrays
    assert turned["flux"][0, :, 0].tolist() == [3, 2, 1]
    assert turned["global_view"][0, :, 0].tolist() == [5, 4, 3, 2, 1]
    assert turned["scalars"].tobytes() == numbers.tobytes()
    assert views.arrays["flux"][0, :, 0].tolist() == [1, 2, 3]


def test_a_fold_of_an_ensemble_tells_of_its_members(entry, outcomes, parts):
    chosen = made(entry, ensemble={"members": 3})
    found = outcomes(chosen)
    fit = join_members(chosen, Fold(0, 0, *parts), found)
    assert [member.seed for member in fit.members] == [0, 1, 2]
    assert (fit.epochs, fit.history, fit.correction) == (None, {}, UNCORRECTED)
    assert fit.n_parameters == 3 * (16 * 8 + 8 + 8 + 1)
    assert fit.train_seconds == sum(one.fit.train_seconds for one in found)
    assert fit.cpu_seconds == sum(one.fit.cpu_seconds for one in found)
    unknown = replace(found[1], fit=found[1].fit.model_copy(update={"cpu_seconds": None}))
    assert join_members(chosen, Fold(0, 0, *parts), [found[0], unknown]).cpu_seconds is None


def refitted(entry, files, folder, *, epochs):
    """The folders of an entry's refits, by seed."""
    jobs = [
        RefitJob(entry, files, np.arange(60), seed, kept, UNCORRECTED, FOLDED, folder / f"{seed}")
        for seed, kept in zip(entry.seeds, epochs, strict=True)
    ]
    return [run_refit(job) for job in jobs]


@pytest.mark.parametrize("reversal", [False, True])
def test_refit_fits_each_member_for_its_own_epochs_and_scores_the_mean(
    entry, files, tmp_path, reversal
):
    chosen = made(entry, ensemble={"members": 2, "reversal": reversal})
    rows, folder = np.arange(60), tmp_path / "model"
    parts = refitted(chosen, files, tmp_path, epochs=(1, 3))
    join_saved(parts, folder, reversal=reversal)
    loaded = load_fitted(folder)
    examples = files.open()
    members = [
        fit_entry(Task(made(entry), examples, rows, None, job_seed(seed, "refit"), epochs))
        for seed, epochs in ((0, 1), (1, 3))
    ]
    assert [member.epochs for member in members] == [1, 3]
    curves = np.array(examples.views.single[..., 0])
    turned = np.roll(curves[:, ::-1], 1, axis=1)
    ways = (curves, turned) if reversal else (curves,)
    expected = np.mean(
        [
            member.score(Views({"global_view": way[..., None]}))
            for member in members
            for way in ways
        ],
        axis=0,
    )
    assert loaded.score_curves(curves) == pytest.approx(expected, abs=1e-7)
    assert (loaded.fitted.mirror is not None) == reversal
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["model-1.keras", "model-2.keras", "preparation.json"]


def test_a_missing_or_changed_member_is_refused(entry, files, tmp_path):
    chosen = entry("prevalence", view="global_view", ensemble={"members": 2})
    parts = refitted(chosen, files, tmp_path, epochs=(None, None))
    join_saved(parts, tmp_path / "m", reversal=False)
    file = tmp_path / "m" / "preparation.json"
    kept = json.loads(file.read_text())
    (tmp_path / "m" / "model-2.skops").unlink()
    with pytest.raises(InputError, match="not a saved model: it holds no model file"):
        load_fitted(tmp_path / "m")
    file.write_text(json.dumps({**kept, "members": []}))
    with pytest.raises(InputError, match=r"preparation.json: damaged: members: "):
        load_fitted(tmp_path / "m")


class Constant:
    """A stand-in for a fitted member."""

    def __init__(self, value):
        self.value = value

    def score(self, views):
        return self.value + views.single[:, 0, 0].astype(np.float64)


def test_the_mean_is_over_members_and_ways():
    views = Views({"v": np.array([[[0.0], [0.4]]], np.float32)})
    members = (Constant(0.1), Constant(0.3))
    assert FittedEnsemble(members).score(views) == pytest.approx([0.2])

    def mirror(given):
        return Views({"v": given.single[:, ::-1]})

    assert FittedEnsemble(members, mirror).score(views) == pytest.approx([0.4])
