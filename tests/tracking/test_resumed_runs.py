"""A comparison that was cut off goes on in its own MLflow run: none doubled, none left running."""

from collections import Counter
from pathlib import Path

import mlflow
import pytest

from kepler_keras.experiment import Experiment
from kepler_keras.record import FoldFit
from kepler_keras.tracking import RunFile, start_comparison
from kepler_keras.tracking.run import Tracker


@pytest.fixture
def start(store: str, experiment: Experiment, tmp_path: Path):
    """Starts the comparison of a report folder; `identity` stands for settings, data and code."""

    def started(identity: str = "same", **environment: str) -> Tracker:
        run_file = RunFile(tmp_path / "run.json", store, identity)
        return start_comparison(
            experiment, address=store, run_file=run_file, environment=environment
        )

    return started


def states(
    store: str, experiment: Experiment, *, deleted: bool = False
) -> Counter[tuple[str, str]]:
    client = mlflow.MlflowClient(store)
    place = client.get_experiment_by_name(experiment.name).experiment_id
    runs = client.search_runs([place], run_view_type=2 if deleted else 1)
    return Counter((run.data.tags["kepler_keras.level"], run.info.status) for run in runs)


def test_what_was_cut_off_while_it_was_written_is_written_anew(start, store, experiment, fit):
    first = start()
    first.log_fold(fit, {"recall": 0.5})  # and then the process is killed
    with start() as second:
        assert second.run_id == first.run_id
        second.log_fold(fit, {"recall": 0.5})
    assert states(store, experiment) == {
        ("comparison", "FINISHED"): 1,
        ("entry", "FINISHED"): 1,
        ("fold", "FINISHED"): 1,
    }
    assert set(states(store, experiment, deleted=True)) == {
        ("entry", "KILLED"),
        ("fold", "FINISHED"),
    }


def test_a_run_is_found_again_whose_id_was_not_written_down(start, store, experiment, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(RunFile, "note", lambda *a, **k: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            start()
    with start():
        pass
    assert states(store, experiment) == {("comparison", "FINISHED"): 1}


def test_another_comparison_ends_what_was_left_open(start, store, experiment, fit):
    first = start()
    first.log_fold(fit, {})
    with start("other settings") as second:
        assert second.run_id != first.run_id
    assert states(store, experiment) == {
        ("comparison", "KILLED"): 1,
        ("comparison", "FINISHED"): 1,
        ("entry", "KILLED"): 1,
        ("fold", "FINISHED"): 1,
    }


def test_what_is_logged_is_not_logged_again(start, store, experiment, fit):
    with start() as first:
        first.log_fold(fit, {})
        first.finish()
        first.note_logged()
    with start() as second:
        assert second.logged
        assert second.run_id == first.run_id
    assert states(store, experiment)["fold", "FINISHED"] == 1
    assert states(store, experiment)["comparison", "FINISHED"] == 1


def test_a_run_of_mlflow_goes_before_the_one_that_was_cut_off(start, store, experiment):
    first = start()
    client = mlflow.MlflowClient(store)
    place = client.get_experiment_by_name(experiment.name).experiment_id
    given = client.create_run(place, run_name="wise-owl-1").info.run_id
    with start(MLFLOW_RUN_ID=given) as second:
        assert second.run_id == given
    assert client.get_run(first.run_id).info.status == "KILLED"
    assert client.get_run(given).info.status == "FINISHED"


def test_a_deleted_run_is_not_gone_on_with(start, store, experiment):
    first = start()
    mlflow.MlflowClient(store).delete_run(first.run_id)
    with start() as second:
        assert second.run_id != first.run_id


def test_no_secret_is_noted(tmp_path: Path) -> None:
    address = "https://user:secret@host:5000/path?token=secret"
    RunFile(tmp_path / "run.json", address, "same").note("r")
    text = (tmp_path / "run.json").read_text()
    assert "https://host:5000/path" in text
    assert "secret" not in text


def test_an_interrupt_ends_the_run_as_killed(start, store, experiment, fit: FoldFit) -> None:
    tracker = start()
    tracker.log_fold(fit, {})
    tracker.__exit__(KeyboardInterrupt, None, None)
    found = states(store, experiment)
    assert found["comparison", "KILLED"] == found["entry", "KILLED"] == 1
