"""The quickstart in its quick mode, end to end, and what it leaves behind."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from main_job import QUICKSTART, ROOT, environment, kepler_keras
from sklearn.metrics import (
    average_precision_score,
    confusion_matrix,
    f1_score,
    precision_score,
    recall_score,
    roc_auc_score,
)

from kepler_keras.evaluation.predictions import PREDICTION_COLUMNS, check_predictions
from kepler_keras.record import read_record

pytestmark = pytest.mark.journey

ENTRIES = ["prevalence", "mlp", "conv1d", "conv1d_folded", "conv2d_folded"]


@pytest.fixture(scope="session")
def done(tmp_path_factory):
    """A folder in which the quick quickstart ran twice, and the first run's output.

    The second has one worker, and leaves out what no prediction comes from.
    """
    folder = tmp_path_factory.mktemp("main_job")
    command = ("compare", str(QUICKSTART), "--quick", "--out")
    first = kepler_keras(*command, "first", cwd=folder)
    assert first.returncode == 0, first.stderr
    alone = ("--jobs", "1", "--set", "protocol.canaries=false")
    second = kepler_keras(*command, "second", *alone, cwd=folder)
    assert second.returncode == 0, second.stderr
    return folder, first


@pytest.fixture(scope="session")
def results(done):
    return json.loads((done[0] / "first" / "results.json").read_text())


@pytest.fixture(scope="session")
def predictions(done):
    return pd.read_parquet(done[0] / "first" / "predictions.parquet")


def test_output_says_what_is_done_and_where_the_report_lies(done):
    _, run = done
    assert "searching periods, star 240/240" in run.stderr
    assert "fitting 10/10" in run.stderr
    assert "left  (conv1d, repeat 1, fold" in run.stderr
    assert "Traceback" not in run.stderr
    assert run.stdout.splitlines()[0] == "report: first/report.html"
    assert "kepler-keras ui" in run.stdout


def test_quick_mode_is_marked(done, results):
    assert results["quick"] is True
    assert "QUICK MODE" in (done[0] / "first" / "report.html").read_text().upper()


def test_same_command_gives_same_bytes_whatever_the_jobs(done):
    folder, _ = done
    first, second = ((folder / name / "predictions.parquet") for name in ("first", "second"))
    assert first.read_bytes() == second.read_bytes()


def test_every_network_has_a_card_and_those_of_curves_a_picture(done):
    record = read_record(done[0] / "first")
    assert list(record.cards) == ["mlp", "conv1d", "conv1d_folded", "conv2d_folded"]
    assert list(record.pictures) == ["conv1d", "conv1d_folded"]
    card = record.cards["conv1d_folded"]
    fits = [fit for fit in record.fits if fit.entry == "conv1d_folded"]
    assert card.card.parameters == fits[0].n_parameters
    assert 0.3 < card.reference.period < 40  # of the simulated planets
    moved = {one.layer: one for one in card.shifts}
    assert moved["conv_1_1"].by_place == pytest.approx(0, abs=1e-3)
    assert record.pictures["conv1d"].star in set(record.predictions["star"])
    html = (done[0] / "first" / "report.html").read_text()
    part = html[html.index('<section id="cards">') :]
    assert part[: part.index("</section>")].count("<svg") == 2


def test_the_worst_mistakes_are_kept_with_what_each_model_took_from_them(done):
    first, second = (read_record(done[0] / name) for name in ("first", "second"))
    assert first.mistakes == second.mistakes
    assert first.shown == second.shown
    by_entry = {one.entry for one in first.mistakes}
    assert by_entry == {"mlp", "conv1d", "conv1d_folded", "conv2d_folded"}  # the constant has none
    assert {one.example_id for one in first.mistakes} == set(first.shown)
    folded = [one for one in first.mistakes if one.entry == "conv1d_folded"]
    assert [one.label for one in folded] == [0] * 3 + [1] * 3
    (view,) = folded[0].views
    assert (view.view, view.length, view.window) == ("global_view", 201, 8)
    assert max(view.saliency) > 0
    star = first.shown[folded[0].example_id]
    assert star.searched
    assert min(value for value in star.folded_median if value is not None) < 0
    assert 'id="mistakes"' in (done[0] / "first" / "report.html").read_text()


def test_predictions_table(predictions):
    assert tuple(predictions.columns) == PREDICTION_COLUMNS
    check_predictions(predictions)
    assert predictions.equals(predictions.sort_values(list(PREDICTION_COLUMNS), ignore_index=True))


def test_results_equal_scikit_learn_on_the_predictions(predictions, results):
    """Ranking: mean of the folds. Counts: summed over the folds of the one repeat."""
    assert [entry["name"] for entry in results["entries"]] == ENTRIES
    for entry in results["entries"]:
        rows = predictions[(predictions.entry == entry["name"]) & (predictions.split == "test")]
        folds = [part for _, part in rows.groupby(["repeat", "fold"])]
        for metric, function in (
            ("average_precision", average_precision_score),
            ("roc_auc", roc_auc_score),
        ):
            values = [function(part.label, part.score) for part in folds]
            assert entry["metrics"][metric]["folds"] == pytest.approx(values)
            assert entry["metrics"][metric]["mean"] == pytest.approx(np.mean(values))
        called = np.concatenate(
            [
                part.score >= threshold
                for part, threshold in zip(folds, entry["threshold"]["folds"], strict=True)
            ]
        )
        truth = np.concatenate([part.label for part in folds])
        tn, fp, fn, tp = confusion_matrix(truth, called).ravel().tolist()
        assert entry["confusion"] == {"tp": tp, "fp": fp, "fn": fn, "tn": tn}
        for metric, function in (
            ("precision", precision_score),
            ("recall", recall_score),
            ("f1", f1_score),
        ):
            value = function(truth, called) if called.any() else None
            assert entry["metrics"][metric]["mean"] == pytest.approx(value)


def test_folds_are_by_star_and_stored_as_ids(done, predictions):
    folds = pd.read_parquet(done[0] / "first" / "folds.parquet")
    assert set(folds["part"]) == {"train", "validation", "test"}
    assert (folds.groupby(["repeat", "fold", "star"])["part"].nunique() == 1).all()
    assert (folds[folds.part == "test"].groupby(["repeat", "star"])["fold"].nunique() == 1).all()
    keys = ["repeat", "fold", "example_id", "star", "part"]
    scored = predictions.rename(columns={"split": "part"})
    expected = folds[folds.part != "train"][keys].sort_values(keys, ignore_index=True)
    for _, rows in scored.groupby("entry"):
        assert rows[keys].sort_values(keys, ignore_index=True).equals(expected)


def test_report_is_rebuilt_from_mlflow_alone(done):
    folder, _ = done
    run = kepler_keras("report", "--experiment", "quickstart", "--out", "again", cwd=folder)
    assert run.returncode == 0, run.stderr
    for name in ("report.html", "results.json", "predictions.parquet"):
        assert (folder / "again" / name).read_bytes() == (folder / "second" / name).read_bytes()


MODELS = """
import sys, json, mlflow, numpy as np
from kepler_keras.data.sources import load_source
client = mlflow.MlflowClient()
experiment = client.get_experiment_by_name("quickstart")
runs = client.search_runs([experiment.experiment_id], max_results=1000)
levels = [run.data.tags["kepler_keras.level"] for run in runs]
flux = load_source("simulated", None, {"n_stars": 20, "seed": 5}).flux
scores = {}
for model in client.search_logged_models([experiment.experiment_id]):
    loaded = mlflow.pyfunc.load_model(model.model_uri)
    assert loaded.metadata.signature is not None
    scores.setdefault(model.tags["kepler_keras.entry"], []).append(loaded.predict(flux).tolist())
states = sorted({run.info.status for run in runs})
json.dump({"levels": levels, "scores": scores, "states": states}, sys.stdout)
"""


def test_mlflow_holds_the_tree_and_models_that_load_without_pickle(done):
    folder, _ = done
    store = {
        "MLFLOW_TRACKING_URI": f"sqlite:///{folder}/mlflow.db",
        "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",
    }
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", MODELS],
        cwd=folder,
        env=environment(**store),
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["states"] == ["FINISHED"]
    counts = {level: found["levels"].count(level) for level in set(found["levels"])}
    assert counts == {"comparison": 2, "entry": 10, "fold": 20}
    assert sorted(found["scores"]) == sorted(ENTRIES)
    for first, second in found["scores"].values():
        assert first == second
        assert len(first) == 20
        assert all(0 <= score <= 1 for score in first)
    assert not list((folder / "mlruns").rglob("*.pkl"))


def test_help_answers_without_heavy_imports():
    code = (
        "import sys\nfrom kepler_keras.cli import app\ntry:\n    app(['--help'])\n"
        "except SystemExit:\n    pass\n"
        "print(sorted(set(sys.modules) & {'tensorflow', 'mlflow', 'numpy', 'pandas', 'pydantic'}))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines()[-1] == "[]"


def test_the_command_itself_does_without_tensorflow():
    """It takes seconds to load, and only workers need it."""
    code = "import sys, kepler_keras.run\nprint({'tensorflow', 'keras'} & set(sys.modules))"
    command = [sys.executable, "-W", "ignore", "-c", code]
    run = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True)
    assert run.stdout == "set()\n", run.stderr


@pytest.mark.parametrize("verb", ["compare", "report", "status", "ui"])
def test_every_verb_has_a_help_text_with_an_example(verb, tmp_path):
    run = kepler_keras(verb, "--help", cwd=tmp_path)
    assert f"Example: kepler-keras {verb}" in run.stdout
