"""What a command wrote, in the run that somebody else made."""

from pathlib import Path

import mlflow
import pytest

from kepler_keras.errors import InputError
from kepler_keras.tracking import log_files

PARAMETERS = {"source": "simulated", "input": "x.yaml"}


def test_table_parameters_and_counts_join_what_the_run_has(store: str, tmp_path: Path) -> None:
    client = mlflow.MlflowClient(store)
    run_id = client.create_run("0").info.run_id
    client.log_param(run_id, "input", "./x.yaml")  # as mlflow run logs it first
    table = tmp_path / "candidates.csv"
    table.write_text("star\n")
    counts = {"n_stars": 5, "n_candidates": 2}
    log_files(
        run_id, what="search", address=store, parameters=PARAMETERS, metrics=counts, files=[table]
    )
    run = client.get_run(run_id)
    assert run.info.status == "RUNNING"  # whoever made it ends it
    assert run.data.params == {"input": "./x.yaml", "source": "simulated"}
    assert run.data.metrics == counts
    assert run.data.tags["kepler_keras.level"] == "search"
    assert [item.path for item in client.list_artifacts(run_id)] == ["candidates.csv"]


def test_an_unknown_run_is_the_users_error(store: str) -> None:
    with pytest.raises(InputError, match="cannot add the search to the MLflow run"):
        log_files("absent", what="search", address=store, parameters={}, metrics={}, files=[])
