"""What fitting makes of its workers' answers: who is left out and why, epochs of a refit."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier

from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.pipeline import Preparation
from kepler_keras.data.splits import Fold, Split
from kepler_keras.errors import RunError
from kepler_keras.evaluation.calibration import Correction
from kepler_keras.experiment import Choice, Conditioning, Experiment, Search
from kepler_keras.fitting import FoldOutcomes, cross_validate, join_tables, refit
from kepler_keras.record import MemberFit
from kepler_keras.training.cross_validation import FoldOutcome, ViewFiles
from kepler_keras.training.fitted import FittedSklearn
from kepler_keras.training.saved import save_fitted
from kepler_keras.training.scoring import PartScores

LABELS = np.array([1, 0, 1, 0, 1, 0, 1, 0], np.int8)
ROWS = np.arange(8)
SPLIT = Split(
    tuple(Fold(0, n, ROWS[:4], ROWS[4:6], ROWS[6:]) for n in range(3)),
)
STARS = np.array([f"s{row}" for row in ROWS])
CURVES = LightCurves("made", np.zeros((8, 5), np.float32), LABELS, STARS, cadence=0.02)


def experiment_of(*entries):
    made = [{"model": "mlp", "view": "global_view", **entry} for entry in entries]
    fields = {"name": "made", "question": "?", "data": {"source": "folded"}}
    return Experiment.model_validate({**fields, "entries": made, "baseline": made[0]["name"]})


class Answering:
    """An executor whose jobs are answered by a function, the last one first."""

    def __init__(self, answer):
        self.answer = answer
        self.jobs = []

    def run(self, function, jobs):
        self.jobs = list(jobs)
        for position in reversed(range(len(jobs))):
            yield position, self.answer(position, jobs[position])


def outcome(seed, epochs, value, correction=Correction()):  # noqa: B008 (frozen)
    fit = MemberFit(seed=seed, epochs=epochs, train_seconds=1.0, history={}, correction=correction)
    scores = PartScores(np.full(2, value), np.full(2, value + 0.5))
    return FoldOutcome(fit, 7, "probability", scores, scores)


FILES = {name: ViewFiles({}, LABELS) for name in ("a", "b", "c")}


def test_the_reason_is_that_of_the_first_fold_whichever_answers_first():
    experiment = experiment_of({"name": "a"}, {"name": "b"}, {"name": "c"})

    def answer(position, job):
        fold = job.fold.fold
        broken = job.entry.name == "c" or (job.entry.name == "b" and fold > 0)
        return f"{job.entry.name}, fold {fold}" if broken else outcome(0, 1, 0.1)

    fitted = cross_validate(experiment, SPLIT, FILES, Answering(answer))
    assert [(one.entry, one.reason, one.failed) for one in fitted.left_out] == [
        ("b", "2 of 3 folds failed: b, fold 1", True),
        ("c", "3 of 3 folds failed: c, fold 0", True),
    ]
    assert {key for key in fitted.outcomes if key[0] == "a"} == {("a", n, 0) for n in range(3)}


def test_a_comparison_of_which_nothing_is_left_is_refused():
    experiment = experiment_of({"name": "a"}, {"name": "b"})
    executor = Answering(lambda position, job: f"{job.entry.name} broke")
    with pytest.raises(RunError, match=r"^3 of 3 folds failed: a broke$"):
        cross_validate(experiment, SPLIT, FILES, executor)


def test_every_seed_of_an_ensemble_is_a_job_of_its_own():
    experiment = experiment_of({"name": "a", "seed": 3, "ensemble": {"members": 2}}, {"name": "b"})
    executor = Answering(lambda position, job: outcome(job.seed, 1, job.seed / 10))
    fitted = cross_validate(experiment, SPLIT, FILES, executor)
    asked = [(job.entry.name, job.fold.fold, job.seed) for job in executor.jobs]
    assert asked[:3] == [("a", 0, 3), ("a", 0, 4), ("b", 0, 0)]
    assert len(asked) == 9
    tables = join_tables(experiment, SPLIT, fitted, CURVES)
    scores = tables.predictions.groupby("entry")["score"].unique()
    assert scores["a"].tolist() == pytest.approx([0.5 + 0.35])  # of what members share
    assert tables.members.groupby("entry")["score"].unique().to_dict() == {
        "a, seed 3": pytest.approx([0.3]),
        "a, seed 4": pytest.approx([0.4]),
    }
    assert [len(fit.members) for fit in tables.fits] == [2] * 3 + [0] * 3


PREPARED = Preparation(
    views=(Choice(name="flux"),),
    conditioning=Conditioning(),
    search=Search(),
    cadence=0.02,
    n_columns=5,
)


@pytest.fixture
def views():
    """What a refit asks of the prepared views."""
    return SimpleNamespace(curves=CURVES, preparation=lambda entry: PREPARED)


def saved(position, job):
    """Answers a refit with the smallest model that can be saved."""
    model = FittedSklearn(DummyClassifier(strategy="prior").fit([[0], [1]], [0, 1]))
    save_fitted([model], job.preparation, job.folder)
    return job.folder


def test_a_refit_takes_of_every_member_its_own_median(views, tmp_path):
    experiment = experiment_of(
        {"name": "a", "ensemble": {"members": 2}}, {"name": "b"}, {"name": "c", "against": "b"}
    )
    epochs = {0: (3, 9, 5), 1: (20, 10, 40)}
    outcomes = {
        ("a", n, seed): outcome(seed, epochs[seed][n], 0.1, Correction(1.0, -float(n + seed)))
        for seed in (0, 1)
        for n in range(3)
    }
    outcomes |= {(name, n, 0): outcome(0, None, 0.1) for name in "bc" for n in range(3)}
    executor = Answering(saved)
    models, broken = refit(experiment, views, FILES, FoldOutcomes(outcomes, []), executor, tmp_path)
    assert broken == []
    assert set(models) == {"a", "b"}  # none of an ablation
    asked = [(job.entry.name, job.seed, job.epochs, job.correction) for job in executor.jobs]
    assert asked == [
        ("a", 0, 5, Correction(1.0, -1.0)),
        ("a", 1, 20, Correction(1.0, -2.0)),
        ("b", 0, None, Correction()),
    ]
    names = {
        name: sorted(path.name for path in folder.iterdir()) for name, folder in models.items()
    }
    assert names == {
        "a": ["model-1.skops", "model-2.skops", "preparation.json"],
        "b": ["model.skops", "preparation.json"],
    }


def test_of_an_entry_that_cannot_be_refitted_no_model_is_kept(views, tmp_path):
    experiment = experiment_of({"name": "a"}, {"name": "b"})
    outcomes = {(name, n, 0): outcome(0, 1, 0.1) for name in "ab" for n in range(3)}
    executor = Answering(lambda position, job: job.folder if job.entry.name == "a" else "no")
    models, broken = refit(experiment, views, FILES, FoldOutcomes(outcomes, []), executor, tmp_path)
    assert list(models) == ["a"]
    assert isinstance(models["a"], Path)
    assert broken == ["no"]
