"""Tuning inside the training part of a fold: what is chosen, and that test rows have no say."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import optuna
import pytest
from in_process import Here

from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.splits import make_folds
from kepler_keras.errors import InputError
from kepler_keras.experiment import Experiment
from kepler_keras.training.cross_validation import ViewFiles
from kepler_keras.tuning.study import open_study
from kepler_keras.tuning.tune import chosen_entries, tune, with_tuned_entries

OWN = str(Path(__file__).parents[1] / "own_models.py")
N = 80


def experiment_of(space, *, trials=4, protocol=None, **entry):
    fields = {
        "name": "tuned",
        "model": {"name": "one_column", "file": OWN},
        "view": "flux",
        "training": {"scaling": "none"},
        **entry,
    }
    return with_tuned_entries(
        Experiment.model_validate(
            {
                "name": "made",
                "question": "?",
                "data": {"source": "simulated"},
                "protocol": {"folds": 2, "validation_share": 0.4, **(protocol or {})},
                "entries": [{**fields, "name": "own"}],
                "baseline": "own",
                "tuning": [{"entry": "own", "trials": trials, "space": space}],
            }
        )
    )


@pytest.fixture
def data(tmp_path):
    """Curves whose column 1 tells much, column 2 everything in the test set and nothing else."""
    rng = np.random.default_rng(3)
    labels = (np.arange(N) % 2).astype(np.int8)
    stars = np.array([f"s{row:02}" for row in range(N)])
    flux = rng.normal(size=(N, 4)).astype(np.float32)
    flux[:, 1] += 1.5 * labels
    test = np.arange(N) >= 60
    flux[test, 2] = labels[test]
    curves = LightCurves("made", flux, labels, stars, cadence=0.02)
    path = tmp_path / "flux.npy"
    np.save(path, flux[:, :, None])
    files = ViewFiles({"flux": path}, labels, cadence=0.02)
    return curves, {"own": files, "own_tuned": files}, stars[test].tolist()


def run(experiment, data, file, executor=None):
    curves, files, _ = data
    split = make_folds(curves, experiment.protocol)
    return tune(experiment, split, curves, files, executor or Here(), file=file), split


COLUMNS = {"model.column": [1, 2, 3]}


def test_a_setting_that_wins_only_on_test_is_not_chosen(data, tmp_path):
    given = {"split": "given", "test_stars": data[2]}
    experiment = experiment_of(COLUMNS, trials=12, protocol=given)
    tunings, split = run(experiment, data, tmp_path / "s.db")
    curves, (fold,) = data[0], split.folds
    test = curves.flux[fold.test]
    assert (test[:, 2] == curves.labels[fold.test]).all()  # it would be perfect there
    tried = {trial.settings.get("model.column") for trial in tunings[0].trials}
    assert tried == {None, 1, 2, 3}
    entry = chosen_entries(experiment, tunings, split)["own_tuned", 0]
    assert entry.model.options["column"] == 1
    assert entry.name == "own_tuned"


def test_no_test_row_is_handed_to_a_trial(data, tmp_path):
    executor = Here()
    _, split = run(experiment_of(COLUMNS), data, tmp_path / "s.db", executor)
    assert len(executor.jobs) == 8
    for number, job in enumerate(executor.jobs):
        fold = split.folds[number % 2]
        rows = np.concatenate([job.train, job.stop, job.judged])
        assert not np.isin(rows, fold.test).any()
        assert len(np.unique(rows)) == len(rows)
        assert np.array_equal(np.sort(np.concatenate([job.train, job.stop])), fold.train)


def test_a_planted_leak_would_be_chosen(data, tmp_path, monkeypatch):
    """The check above can fail: were trials judged by test rows, the wrong column would win."""
    from kepler_keras.tuning import tune as module

    honest = module.TrialJob
    given = {"split": "given", "test_stars": data[2]}
    experiment = experiment_of(COLUMNS, trials=12, protocol=given)
    test = np.arange(60, N)
    monkeypatch.setattr(module, "TrialJob", lambda *parts: replace(honest(*parts), judged=test))
    tunings, split = run(experiment, data, tmp_path / "s.db")
    entry = chosen_entries(experiment, tunings, split)["own_tuned", 0]
    assert entry.model.options["column"] == 2


SPACE = {"model.column": [0, 1, 3], "training.epochs": {"low": 1, "high": 50}}


def what_was_tried(tunings):
    return [
        [(trial.number, trial.settings, trial.end, trial.average_precision) for trial in one.trials]
        for one in tunings
    ]


def test_a_run_that_was_cut_off_goes_on_to_the_same_end(data, tmp_path):
    whole, _ = run(experiment_of(SPACE, trials=6), data, tmp_path / "whole.db")
    cut = tmp_path / "cut.db"
    with pytest.raises(KeyboardInterrupt):
        run(experiment_of(SPACE, trials=6), data, cut, Here(most=7, backwards=True))
    executor = Here()
    rest, _ = run(experiment_of(SPACE, trials=6), data, cut, executor)
    assert len(executor.jobs) == 12 - 7
    assert what_was_tried(rest) == what_was_tried(whole)


def test_a_trial_that_a_killed_run_left_open_does_not_count(data, tmp_path):
    file = tmp_path / "s.db"
    whole, _ = run(experiment_of(SPACE), data, tmp_path / "whole.db")
    with pytest.raises(KeyboardInterrupt):
        run(experiment_of(SPACE), data, file, Here(most=4))
    for name in optuna.get_all_study_names(f"sqlite:///{file}"):
        open_study(file, name).ask()
    rest, _ = run(experiment_of(SPACE), data, file)
    assert what_was_tried(rest) == what_was_tried(whole)


def test_more_trials_go_on_where_fewer_ended(data, tmp_path):
    file = tmp_path / "s.db"
    few, _ = run(experiment_of(SPACE, trials=3), data, file)
    executor = Here()
    more, _ = run(experiment_of(SPACE, trials=5), data, file, executor)
    assert len(executor.jobs) == 2 * 2
    assert [trials[:3] for trials in what_was_tried(more)] == what_was_tried(few)
    fewer, _ = run(experiment_of(SPACE, trials=3), data, file, Here())
    assert what_was_tried(fewer) == what_was_tried(few)


def test_other_settings_are_other_studies(data, tmp_path):
    file, executor = tmp_path / "s.db", Here()
    run(experiment_of(COLUMNS, trials=1), data, file)
    for changed in (
        experiment_of(COLUMNS, trials=1, seed=4),
        experiment_of(COLUMNS, trials=1, protocol={"seed": 5}),
        experiment_of(SPACE, trials=1),
    ):
        run(changed, data, file, executor)
    assert len(executor.jobs) == 3 * 2


def test_a_setting_that_cannot_be_fitted_is_a_failed_trial(data, tmp_path):
    experiment = experiment_of({"model.column": [-1, -2]}, trials=3)
    tunings, _ = run(experiment, data, tmp_path / "s.db")
    ends = [trial.end for trial in tunings[0].trials]
    assert ends == ["complete", "failed", "failed"]
    assert "no such column" in tunings[0].trials[1].reason
    assert tunings[0].chosen == 0
    assert tunings[0].importance == {}


def test_where_nothing_can_be_fitted_the_sentence_names_entry_and_fold(data, tmp_path):
    broken = {"model": {"name": "one_column", "file": OWN, "column": -1}}
    experiment = experiment_of({"model.column": [-1, -2]}, trials=2, **broken)
    with pytest.raises(InputError, match=r"^tuning 'own', repeat 1, fold 1: no trial ended: entry"):
        run(experiment, data, tmp_path / "s.db")


def test_a_file_that_is_no_database_is_refused(data, tmp_path):
    file = tmp_path / "s.db"
    file.write_text("no database, and more than a hundred bytes of it" * 30)
    with pytest.raises(InputError, match=r"s\.db: cannot be used as a file of studies"):
        run(experiment_of(COLUMNS), data, file)


def test_a_hopeless_trial_ends_early(data, tmp_path):
    space = {"training.learning_rate": [1e-12, 0.02]}
    entry = {
        "model": {"name": "mlp", "units": [4]},
        "training": {"epochs": 6, "patience": 6, "learning_rate": 0.02, "scaling": "none"},
        "protocol": {"split": "given", "test_stars": data[2]},
    }
    tunings, _ = run(experiment_of(space, trials=9, **entry), data, tmp_path / "s.db")
    trials = tunings[0].trials
    pruned = [trial for trial in trials if trial.end == "pruned"]
    assert pruned
    assert all(trial.settings["training.learning_rate"] == 1e-12 for trial in pruned)
    assert max(trial.epochs for trial in pruned) < 6


def test_a_name_that_a_tuned_entry_needs_is_kept_for_it():
    experiment = experiment_of(COLUMNS)
    assert [entry.name for entry in experiment.entries] == ["own", "own_tuned"]
    assert experiment.questions[-1].ask == "Did tuning own help?"
    with pytest.raises(InputError, match=r"'own_tuned' is needed for the tuned entry"):
        with_tuned_entries(experiment)
