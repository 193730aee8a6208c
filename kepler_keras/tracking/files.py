"""A search or a prediction in MLflow: the run that `mlflow run` made gets table and pictures."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import mlflow

from kepler_keras.tracking.layout import LEVEL_TAG, mlflow_errors
from kepler_keras.tracking.runs import log_points, log_settings
from kepler_keras.tracking.store import require_answer, without_secrets


def log_files(
    run_id: str,
    *,
    what: str,
    address: str,
    parameters: Mapping[str, str],
    metrics: Mapping[str, float],
    files: Sequence[Path],
) -> None:
    """Adds what a command wrote to a run; whoever made the run ends it.

    Args:
        run_id: The run, as `MLFLOW_RUN_ID` names it.
        what: ``search`` or ``prediction``, the level of the run.
        address: As `tracking_address` gives it.
        parameters: What was read and how; those that the run has already stay.
        metrics: Counts.
        files: The table and the pictures, which become artifacts.

    Raises:
        InputError: The store does not answer, cannot be opened, or has no such run.
    """
    require_answer(address)
    with mlflow_errors(f"{without_secrets(address)}: cannot add the {what} to the MLflow run"):
        client = mlflow.MlflowClient(address)
        tags = {LEVEL_TAG: what}
        log_settings(client, run_id, parameters=parameters, tags=tags)
        log_points(client, run_id, [(name, value, 0) for name, value in metrics.items()])
        for file in files:
            client.log_artifact(run_id, str(file))
