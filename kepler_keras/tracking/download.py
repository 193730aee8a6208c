"""A record back out of MLflow, so that a report can be rebuilt from there alone."""

from pathlib import Path
from typing import Any

import mlflow

from kepler_keras.errors import InputError, suggestion
from kepler_keras.tracking.layout import (
    EXPERIMENT_TAG,
    LEVEL_TAG,
    MEMBERS_FILE,
    QUICK_TAG,
    RECORD_FILES,
    mlflow_errors,
)
from kepler_keras.tracking.store import require_answer, require_store, without_secrets


def download_record(address: str, experiment_name: str, target: Path) -> Path:
    """Fetches the record of the newest finished comparison of an experiment, a whole one if any.

    Args:
        address: As `tracking_address` gives it.
        experiment_name: The name in the experiment file, whichever MLflow experiment the run is in.
        target: An existing folder.

    Returns:
        `target`, with `record.json` and `predictions.parquet` in it, and `members.parquet` where
        there are ensembles.

    Raises:
        InputError: There is no store, or no such comparison in it.
    """
    require_store(address)
    require_answer(address)
    with mlflow_errors(f"{without_secrets(address)}: cannot read the MLflow store"):
        client = mlflow.MlflowClient(address)
        runs = _finished_comparisons(client)
        found = [run for run in runs if run.data.tags.get(EXPERIMENT_TAG) == experiment_name]
        if not found:
            names = {run.data.tags[EXPERIMENT_TAG] for run in runs}
            hint = suggestion(experiment_name, names) if names else "there is none at all"
            raise InputError(f"{address}: no finished comparison {experiment_name!r}; {hint}")
        whole = [run for run in found if run.data.tags.get(QUICK_TAG, "").lower() != "true"]
        run_id = (whole or found)[0].info.run_id
        stored = {item.path for item in client.list_artifacts(run_id)}
        for name in (*RECORD_FILES, *({MEMBERS_FILE} & stored)):
            client.download_artifacts(run_id, name, str(target))
    return target


def _finished_comparisons(client: Any) -> list[Any]:
    """Runs of finished comparisons in every MLflow experiment, newest first."""
    places = [item.experiment_id for item in client.search_experiments()]
    query = f"tags.`{LEVEL_TAG}` = 'comparison' and attributes.status = 'FINISHED'"
    runs: list[Any] = []
    token = None
    while True:
        page = client.search_runs(
            places, query, order_by=["attributes.start_time DESC"], page_token=token
        )
        runs.extend(page)
        token = page.token
        if not token:
            return runs
