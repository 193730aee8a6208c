import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
import pytest
from finished import finish_with_record
from matplotlib.figure import Figure

from kepler_keras.evaluation.estimates import Confusion, EntrySummary, Estimate
from kepler_keras.experiment import Entry, Experiment
from kepler_keras.experiment_file import read_experiment
from kepler_keras.record import FoldFit, MemberFit, Record, read_record
from kepler_keras.tracking import Tracker, download_record, start_comparison
from kepler_keras.tracking.format import entry_parameters

SUMMARY = EntrySummary(
    name="small",
    metrics={
        "average_precision": Estimate(0.6, 0.4, 0.8, (0.5, 0.7)),
        "precision": Estimate(math.nan, math.nan, math.nan, (math.nan, math.nan)),
    },
    thresholds=(0.3, 0.4),
    confusion=Confusion(1, 2, 3, 4.5),
)


def children(store: str, run_id: str, experiment_id: str) -> dict[str, Any]:
    query = f"tags.`mlflow.parentRunId` = '{run_id}'"
    runs = mlflow.MlflowClient(store).search_runs([experiment_id], query)
    return {run.info.run_name: run for run in runs}


def names(store: str, run_id: str) -> set[str]:
    return {item.path for item in mlflow.MlflowClient(store).list_artifacts(run_id)}


def run_of(store: str, tracker: Tracker) -> Any:
    return mlflow.MlflowClient(store).get_run(tracker.run_id)


def test_runs_form_a_tree_of_comparison_entries_and_folds(
    store: str, experiment: Experiment, fit: FoldFit
) -> None:
    with start_comparison(experiment, address=store) as tracker:
        for entry in ("small", "large"):
            for fold in (0, 1):
                update = {"entry": entry, "fold": fold}
                tracker.log_fold(fit.model_copy(update=update), {"recall": 0.5})

    top = run_of(store, tracker)
    entries = children(store, tracker.run_id, top.info.experiment_id)
    assert set(entries) == {"small", "large"}
    for name, run in entries.items():
        folds = children(store, run.info.run_id, top.info.experiment_id)
        assert set(folds) == {f"{name} repeat 1 fold {fold}" for fold in (1, 2)}
        assert {item.info.status for item in (top, run, *folds.values())} == {"FINISHED"}
    place = mlflow.MlflowClient(store).get_experiment(top.info.experiment_id)
    assert place.name == experiment.name
    assert (
        Path(place.artifact_location).parent.parent == Path(store.removeprefix("sqlite:///")).parent
    )


def test_learning_curve_is_logged_by_epoch_from_one(
    store: str, experiment: Experiment, fit: FoldFit
) -> None:
    with start_comparison(experiment, address=store) as tracker:
        run_id = tracker.log_fold(fit, {"recall": 0.5, "precision": math.nan})

    client = mlflow.MlflowClient(store)
    history = client.get_metric_history(run_id, "val_average_precision")
    assert [(point.step, point.value) for point in history] == [(1, 0.1), (2, 0.7), (3, 0.6)]
    run = client.get_run(run_id)
    assert run.data.params == {"repeat": "0", "fold": "1"}
    assert run.data.metrics["kept_epoch"] == 2
    assert run.data.metrics["recall"] == 0.5
    assert math.isnan(run.data.metrics["precision"])
    assert run.info.end_time - run.info.start_time == 1500


def test_fold_without_epochs_logs_no_epoch(
    store: str, experiment: Experiment, fit: FoldFit
) -> None:
    bare = fit.model_copy(update={"epochs": None, "n_parameters": None, "history": {}})
    with start_comparison(experiment, address=store) as tracker:
        run_id = tracker.log_fold(bare, {})
    assert set(mlflow.MlflowClient(store).get_run(run_id).data.metrics) == {"train_seconds"}


def test_ensemble_logs_the_curve_and_the_epoch_of_each_member(
    store: str, experiment: Experiment, fit: FoldFit
) -> None:
    members = [
        MemberFit(seed=seed, epochs=seed, train_seconds=0.5, history={"loss": [0.9, 0.1 * seed]})
        for seed in (1, 2)
    ]
    changes = {"epochs": None, "history": {}, "members": members}
    with start_comparison(experiment, address=store) as tracker:
        run_id = tracker.log_fold(fit.model_copy(update=changes), {"recall": 0.5})

    client = mlflow.MlflowClient(store)
    history = client.get_metric_history(run_id, "loss_seed_2")
    assert [(point.step, point.value) for point in history] == [(1, 0.9), (2, 0.2)]
    metrics = client.get_run(run_id).data.metrics
    assert set(metrics) == {
        "recall", "train_seconds", "n_parameters", "loss_seed_1", "loss_seed_2",
        "kept_epoch_seed_1", "kept_epoch_seed_2", "train_seconds_seed_1", "train_seconds_seed_2",
    }  # fmt: skip
    assert metrics["kept_epoch_seed_2"] == 2


def test_views_and_ensembles_are_settings(experiment: Experiment) -> None:
    assert entry_parameters(experiment.entries[0])["views"] == "flux"
    several = {
        "views": [{"name": "global_view", "bins": 201}, "scalars"],
        "ensemble": {"members": 3},
    }
    entry = Entry.model_validate(experiment.entries[0].model_dump() | several)
    parameters = entry_parameters(entry)
    assert parameters["views"] == "global_view, scalars"
    assert parameters["views.global_view.bins"] == "201"
    assert parameters["ensemble.members"] == "3"
    assert "ensemble.members" not in entry_parameters(experiment.entries[0])


def test_members_go_with_the_record_and_come_back(
    store: str, record: Record, tmp_path: Path
) -> None:
    members = record.predictions.assign(entry="small, seed 1")
    finish_with_record(store, record.model_copy(update={"members": members}), tmp_path)
    target = tmp_path / "target"
    target.mkdir()
    download_record(store, record.experiment.name, target)
    back = read_record(target).members
    assert back is not None
    pd.testing.assert_frame_equal(back, members)


def test_entry_holds_its_settings_measures_figures_and_predictions(
    store: str, experiment: Experiment, predictions: pd.DataFrame
) -> None:
    with start_comparison(experiment, address=store) as tracker:
        tracker.log_entry(SUMMARY, figures={"pr_curve": Figure()}, predictions=predictions)

    top = run_of(store, tracker)
    run = children(store, tracker.run_id, top.info.experiment_id)["small"]
    parameters = run.data.params
    assert parameters["model"] == "conv1d"
    assert parameters["model.filters"] == "8"
    assert parameters["training.epochs"] == "30"
    assert parameters["augmentations"] == "time_reversal, circular_shift(most=9)"
    metrics = run.data.metrics
    keys = ("average_precision_low", "average_precision", "average_precision_high")
    assert [metrics[key] for key in keys] == [0.4, 0.6, 0.8]
    assert math.isnan(metrics["precision"])
    assert metrics["confusion_tn"] == 4.5
    assert names(store, run.info.run_id) == {
        "pr_curve.png",
        "predictions.parquet",
    }
    path = mlflow.MlflowClient(store).download_artifacts(run.info.run_id, "predictions.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(path), predictions)


def test_an_ablation_names_the_entry_that_it_stands_against(experiment: Experiment) -> None:
    small = experiment.entries[0]
    ablation = small.model_copy(update={"name": "small.focal", "against": "small"})
    assert entry_parameters(ablation)["against"] == "small"
    assert "against" not in entry_parameters(small)


def test_record_is_logged_with_data_set_environment_and_experiment(
    store: str, record: Record, tmp_path: Path
) -> None:
    (tmp_path / "report.html").write_text("<p>")
    tracker = finish_with_record(store, record, tmp_path)

    run = run_of(store, tracker)
    tags = run.data.tags
    assert tags["kepler_keras.fingerprint"] == "f" * 64
    assert tags["mlflow.source.git.commit"] == "0" * 40
    assert tags["kepler_keras.git_dirty"] == "true"
    assert tags["kepler_keras.threads"] == "1"
    assert tags["kepler_keras.version.keras"] == "3.15.1"
    assert run.data.params["protocol.folds"] == "5"
    assert names(store, tracker.run_id) == {
        "experiment.yaml",
        "record.json",
        "predictions.parquet",
        "report.html",
    }
    assert Path(tracker.artifact_address()).read_text() == "<p>"
    again = tmp_path / "again.yaml"
    client = mlflow.MlflowClient(store)
    again.write_text(Path(client.download_artifacts(tracker.run_id, "experiment.yaml")).read_text())
    assert read_experiment(again) == record.experiment


def test_log_record_needs_the_record(store: str, record: Record, tmp_path: Path) -> None:
    tracker = start_comparison(record.experiment, address=store)
    with pytest.raises(FileNotFoundError, match=r"record\.json"), tracker:
        tracker.log_record(record, tmp_path)


@pytest.mark.parametrize(("given", "kept"), [("calm-newt-42", False), ("my run", True)])
def test_only_an_invented_run_name_is_replaced(
    store: str, experiment: Experiment, given: str, kept: bool
) -> None:
    run_id = mlflow.MlflowClient(store).create_run("0", run_name=given).info.run_id
    with start_comparison(
        experiment, address=store, environment={"MLFLOW_RUN_ID": run_id}
    ) as tracker:
        pass
    assert run_of(store, tracker).info.run_name == (given if kept else experiment.name)


@pytest.mark.parametrize(
    ("error", "status"),
    [(ValueError, "FAILED"), (SystemExit, "FAILED"), (KeyboardInterrupt, "KILLED")],
)
def test_a_broken_comparison_is_never_left_running(
    store: str, experiment: Experiment, fit: FoldFit, error: type[BaseException], status: str
) -> None:
    tracker = start_comparison(experiment, address=store)
    tracker.log_fold(fit, {})
    with pytest.raises(error), tracker:
        raise error
    top = run_of(store, tracker)
    entries = children(store, tracker.run_id, top.info.experiment_id)
    assert {top.info.status, entries["small"].info.status} == {status}


def test_parameters_logged_again_keep_their_first_value(store: str, experiment: Experiment) -> None:
    with start_comparison(experiment, address=store) as tracker:
        pass
    changed = experiment.model_copy(
        update={"protocol": experiment.protocol.model_copy(update={"margin": 1e-3})}
    )
    start_comparison(changed, address=store, environment={"MLFLOW_RUN_ID": tracker.run_id}).finish()
    assert run_of(store, tracker).data.params["protocol.margin"] == "0.02"


def test_odd_keys_and_long_values_are_made_to_fit(store: str, experiment: Experiment) -> None:
    odd = {"model": {"name": "conv1d", "options": {"größe?": "x" * 9000}}}
    entry = {"name": "odd", "view": "flux", **odd}
    changed = Experiment.model_validate(
        {**experiment.model_dump(), "entries": [entry], "baseline": "odd"}
    )
    with start_comparison(changed, address=store) as tracker:
        fold = FoldFit(
            entry="odd",
            repeat=0,
            fold=0,
            epochs=None,
            n_parameters=None,
            train_seconds=0,
            history={},
        )
        tracker.log_fold(fold, {})
    run = children(store, tracker.run_id, run_of(store, tracker).info.experiment_id)["odd"]
    assert len(run.data.params["model.größe_"]) == 6000


def test_importing_tracking_turns_telemetry_off() -> None:
    code = (
        "import kepler_keras.tracking as t, mlflow.telemetry as m; print(m.get_telemetry_client())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["None"]
