"""A zoo's record through the report folder and MLflow and back."""

from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from made_up_record import entry, make_record
from made_up_zoo import zoo, zoo_record

from kepler_keras.evaluation.summary import CALIBRATION
from kepler_keras.publish import log_comparison, write_folder
from kepler_keras.rebuilding import rebuild
from kepler_keras.record import read_record
from kepler_keras.tracking import start_comparison


def entry_runs(store: str, run_id: str) -> dict[str, Any]:
    client = mlflow.MlflowClient(store)
    query = f"tags.`mlflow.parentRunId` = '{run_id}'"
    runs = client.search_runs([client.get_run(run_id).info.experiment_id], query)
    return {run.info.run_name: run for run in runs}


def test_a_zoo_is_logged_and_its_report_rebuilt(store: str, tmp_path: Path) -> None:
    kept = [item for item in zoo().entries if item.name not in ("conv1d", "rocket")]
    setup = zoo(entries=kept, protocol={"folds": 2})
    record = zoo_record(setup)
    report = write_folder(record, tmp_path / "out")
    with start_comparison(setup, address=store) as tracker:
        log_comparison(record, tmp_path / "out", {}, tracker)
    runs = entry_runs(store, tracker.run_id)
    assert set(runs) == {"mlp", "ridge", "ensemble"}  # who was left out has no run
    assert set(CALIBRATION) <= set(runs["mlp"].data.metrics)
    assert not set(CALIBRATION) & set(runs["ridge"].data.metrics)
    (first, second) = entry_runs(store, runs["ridge"].info.run_id).values()
    assert not set(CALIBRATION) & {*first.data.metrics, *second.data.metrics}
    assert runs["ensemble"].data.params["ensemble.members"] == "4"

    (again,) = rebuild(experiments=[setup.name], out=tmp_path / "again", address=store).reports
    assert again.read_bytes() == report.read_bytes()
    back = read_record(tmp_path / "again")
    assert back.members is not None
    pd.testing.assert_frame_equal(back.members, record.members, check_like=True)


def test_members_of_an_earlier_report_do_not_stay(tmp_path: Path) -> None:
    entries = [entry("mlp", "mlp", ensemble={"members": 2})]
    write_folder(zoo_record(zoo(entries=entries, protocol={"folds": 2})), tmp_path)
    assert (tmp_path / "members.parquet").exists()
    write_folder(make_record(), tmp_path)
    assert not (tmp_path / "members.parquet").exists()
    assert read_record(tmp_path).members is None
