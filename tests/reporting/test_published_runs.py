"""What a published comparison looks like to who asks MLflow itself."""

import contextlib
import re
from collections import Counter
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pytest
from made_up_record import entry, experiment, make_record

from kepler_keras.publish import log_comparison, write_folder
from kepler_keras.record import FoldFit, Record
from kepler_keras.reporting.results import Results
from kepler_keras.tracking import Tracker, start_comparison

QUESTION = "Is <b>a</b> *CNN* better?"


class Published:
    """A comparison in a store of its own."""

    def __init__(self, folder: Path) -> None:
        self.store = f"sqlite:///{folder / 'mlflow.db'}"
        entries = [
            entry("mlp", "mlp"),
            entry("conv1d", "conv1d", imbalance="class_weights"),
            entry("many", "conv1d", ensemble={"members": 3}),
            entry("forest", "hist_gradient_boosting"),
        ]
        setup = experiment(name="published", question=QUESTION, entries=entries)
        self.record: Record = make_record(setup)
        write_folder(self.record, folder / "out")
        with start_comparison(setup, address=self.store, environment={}) as tracker:
            log_comparison(self.record, folder / "out", {}, tracker)
        self.run_id = tracker.run_id
        text = (folder / "out" / "results.json").read_text(encoding="utf-8")
        self.results = Results.model_validate_json(text)
        self.client = mlflow.MlflowClient(self.store)
        self.place = self.client.get_run(self.run_id).info.experiment_id

    def search(self, query: str) -> list[str]:
        found = self.client.search_runs([self.place], query, max_results=1000)
        return sorted(run.info.run_name for run in found)

    def run(self, name: str) -> Any:
        (found,) = self.client.search_runs([self.place], f"attributes.run_name = '{name}'")
        return found


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("published")
    with contextlib.chdir(folder):
        yield Published(folder)
    mlflow.set_tracking_uri(None)


def test_curves_are_tables_that_load_table_reads(
    published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    mlflow.set_tracking_uri(published.store)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", published.place)
    one = mlflow.load_table(
        "pr_curve.json", [published.run("mlp").info.run_id], extra_columns=["run_id"]
    )
    assert list(one) == ["entry", "recall", "precision", "low", "high", "run_id"]
    assert one["recall"].iloc[[0, -1]].tolist() == [0, 1]
    of_all = mlflow.load_table("roc_curve.json", extra_columns=["run_id"])
    assert set(of_all["entry"]) == {"mlp", "conv1d", "many", "forest"}
    assert of_all.groupby("entry")["run_id"].nunique().tolist() == [1, 1, 1, 1]
    counts = mlflow.load_table("confusion_matrix.json", [published.run("mlp").info.run_id])
    mine = next(one for one in published.results.entries if one.name == "mlp").confusion
    assert counts["count"].tolist() == [mine.tp, mine.fn, mine.fp, mine.tn]
    groups = mlflow.load_table("calibration.json", [published.run("conv1d").info.run_id])
    assert groups["rows"].sum() == published.record.data.n_examples
    assert (groups["low"] <= groups["share"]).all()


def test_every_table_has_its_picture(published: Published) -> None:
    for name in ("mlp", "many"):
        run = published.run(name)
        files = {item.path for item in published.client.list_artifacts(run.info.run_id)}
        curves = ("pr_curve", "roc_curve", "calibration", "confusion_matrix")
        assert files == {"predictions.parquet"} | {
            f"{curve}.{ending}" for curve in curves for ending in ("png", "json")
        }


def test_measures_of_folds_are_steps_of_the_entry(published: Published) -> None:
    run = published.run("conv1d")
    points = published.client.get_metric_history(run.info.run_id, "average_precision_fold")
    mine = next(one for one in published.results.entries if one.name == "conv1d")
    assert [point.step for point in points] == list(range(6))
    assert [point.value for point in points] == mine.metrics["average_precision"].folds


PAGE = (Path(__file__).parents[2] / "docs" / "mlflow.md").read_text(encoding="utf-8")
FILTERS = dict(re.findall(r"^\| (.*?) \| ``(.*?)`` \|$", PAGE, flags=re.MULTILINE))
FOUND = {
    "comparisons alone": ["published"],
    "entries alone": ["conv1d", "forest", "many", "mlp"],
    "who stands first": ["conv1d"],
    "what is better than the baseline": ["conv1d"],
    "what these data do not decide": ["forest", "many"],
    "networks, without the peers": ["conv1d", "many", "mlp"],
    "one model, one view, one remedy": ["conv1d"],
    "ensembles": ["many"],
    "comparisons in which a check found something": ["published"],
    "full runs, no `--quick` ones": ["published"],
}


def test_the_page_has_these_filters() -> None:
    assert list(FILTERS) == list(FOUND)


@pytest.mark.parametrize("wanted", FOUND)
def test_tags_are_filters(published: Published, wanted: str) -> None:
    assert published.search(FILTERS[wanted]) == FOUND[wanted]


def test_ranks_follow_the_primary_measure(published: Published) -> None:
    means = {e.name: e.metrics["average_precision"].mean or 0 for e in published.results.entries}
    ranked = sorted(means, key=lambda name: -means[name])
    tags = {name: published.run(name).data.tags for name in ranked}
    assert [tags[name]["kepler_keras.rank"] for name in ranked] == ["1", "2", "3", "4"]
    verdicts = {pair.a: pair.verdict for pair in published.results.comparisons if pair.b == "mlp"}
    assert {name: tags[name]["kepler_keras.verdict"] for name in verdicts} == verdicts
    top = published.client.get_run(published.run_id).data
    assert top.tags["kepler_keras.best"] == ranked[0]
    assert top.metrics["best_average_precision"] == means[ranked[0]]


def test_the_note_holds_question_and_verdict_and_no_markup_of_theirs(published: Published) -> None:
    text = published.client.get_run(published.run_id).data.tags["mlflow.note.content"]
    assert text.startswith("**Is &lt;b\\>a&lt;/b\\> \\*CNN\\* better?**\n\n")
    assert published.results.verdict.split()[0] in text
    assert "<" not in text


def test_training_and_test_rows_are_data_sets(published: Published) -> None:
    for run in (published.client.get_run(published.run_id), published.run("mlp")):
        inputs = {one.tags[0].value: one.dataset for one in run.inputs.dataset_inputs}
        assert set(inputs) == {"training", "evaluation"}
        assert inputs["training"].name == "simulated, train rows"
        assert inputs["evaluation"].digest == published.record.data.fingerprint[:36]
        assert '"num_rows": 40' in inputs["evaluation"].profile
        assert '"shape": [-1, 3197, 1]' in inputs["training"].schema


class Counting:
    """A client that counts what is asked of it."""

    def __init__(self, client: Any) -> None:
        self.client, self.asked = client, Counter[str]()

    def __getattr__(self, name: str) -> Any:
        self.asked[name] += 1
        return getattr(self.client, name)


def test_a_fold_takes_three_requests(published: Published) -> None:
    counting = Counting(published.client)
    place = published.client.create_experiment("counting")
    run_id = published.client.create_run(place).info.run_id
    tracker = Tracker(counting, published.record.experiment, place, run_id)
    epochs = {key: list(np.linspace(0, 1, 150)) for key in ("loss", "val_loss")}
    fits = [fit for fit in published.record.fits if fit.entry == "mlp"]
    tracker.log_fold(_with(fits[0], epochs), {"recall": 0.5})
    counting.asked.clear()  # the first of an entry opens the entry's run, too
    tracker.log_fold(_with(fits[1], epochs), {"recall": 0.5})
    assert counting.asked == {"create_run": 1, "log_batch": 1, "set_terminated": 1}


def _with(fit: FoldFit, history: dict[str, list[float]]) -> FoldFit:
    return fit.model_copy(update={"history": history})
