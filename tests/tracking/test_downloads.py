from pathlib import Path

import mlflow
import pandas as pd
import pytest
from finished import finish_with_record

from kepler_keras.record import Record, read_record
from kepler_keras.tracking import download_record, start_comparison


def test_download_gives_the_newest_finished_comparison(
    store: str, record: Record, tmp_path: Path
) -> None:
    for name, seed in (("old", 1), ("new", 2)):
        settings = record.experiment.model_copy(
            update={"protocol": record.experiment.protocol.model_copy(update={"seed": seed})}
        )
        (tmp_path / name).mkdir()
        finish_with_record(
            store, record.model_copy(update={"experiment": settings}), tmp_path / name
        )
    with pytest.raises(RuntimeError), start_comparison(record.experiment, address=store):
        raise RuntimeError

    target = tmp_path / "target"
    target.mkdir()
    assert download_record(store, record.experiment.name, target) == target
    back = read_record(target)
    assert back.experiment.protocol.seed == 2
    pd.testing.assert_frame_equal(back.predictions, record.predictions)


def test_download_finds_a_comparison_that_mlflow_run_put_elsewhere(
    store: str, record: Record, tmp_path: Path
) -> None:
    client = mlflow.MlflowClient(store)
    run_id = client.create_run("0").info.run_id
    client.log_param(run_id, "experiment", "experiments/x.yaml")
    tracker = finish_with_record(
        store, record, tmp_path, environment={"MLFLOW_RUN_ID": run_id, "MLFLOW_EXPERIMENT_ID": "0"}
    )
    assert tracker.run_id == run_id
    assert client.get_run(run_id).info.status == "FINISHED"
    assert client.get_experiment_by_name(record.experiment.name) is None

    target = tmp_path / "target"
    target.mkdir()
    download_record(store, record.experiment.name, target)
    assert read_record(target).experiment == record.experiment
