"""How a comparison's run is opened, in a store that may have to be made first."""

import os
import re
from collections.abc import Mapping
from typing import Any

import mlflow
from mlflow.exceptions import MlflowException

from kepler_keras.experiment import Experiment
from kepler_keras.tracking.format import experiment_parameters
from kepler_keras.tracking.layout import EXPERIMENT_TAG, LEVEL_TAG, mlflow_errors
from kepler_keras.tracking.making import make_store
from kepler_keras.tracking.resume import TOKEN_TAG, RunFile, clear_below, new_token
from kepler_keras.tracking.run import Tracker
from kepler_keras.tracking.runs import log_settings
from kepler_keras.tracking.store import require_answer, sqlite_path, without_secrets


def start_comparison(
    experiment: Experiment,
    *,
    address: str,
    environment: Mapping[str, str] = os.environ,
    run_file: RunFile | None = None,
) -> Tracker:
    """Opens the store, making it if need be, and the run of one comparison.

    Inside `mlflow run` that is the run MLflow made (`MLFLOW_RUN_ID`), in whatever MLflow experiment
    it stands. Else it is the run in which this comparison was cut off, without what stands below
    it, which is written anew; else a new run in the MLflow experiment named as this one.

    Args:
        experiment: What is compared.
        address: As `tracking_address` gives it.
        environment: The process environment.
        run_file: Where the run is noted; None notes it nowhere.

    Raises:
        InputError: The store does not answer, cannot be opened, or has no such run.
    """
    tags = {EXPERIMENT_TAG: experiment.name, LEVEL_TAG: "comparison"}
    require_answer(address)
    with mlflow_errors(f"{without_secrets(address)}: cannot open the MLflow store"):
        make_store(address)
        mlflow.set_tracking_uri(address)
        client = mlflow.MlflowClient(address)
        given = environment.get("MLFLOW_RUN_ID")
        earlier = run_file.earlier(client, given=given) if run_file else None
        if given:
            run = client.get_run(given)
            invented = re.fullmatch(r"[a-z]+-[a-z]+-\d+", run.info.run_name)
            name = experiment.name if invented else None  # a name given by --run-name stays
            client.update_run(given, status="RUNNING", name=name)
        elif earlier is None:
            token = {TOKEN_TAG: run_file.announce() if run_file else new_token()}
            experiment_id = _experiment_id(client, experiment.name, address)
            run = client.create_run(experiment_id, tags=tags | token, run_name=experiment.name)
        else:
            run = earlier.run
        tracker = Tracker(client, experiment, run.info.experiment_id, run.info.run_id, run_file)
        if earlier is not None and earlier.logged and not given:
            tracker.logged = True
            return tracker
        if run_file is not None:
            run_file.note(run.info.run_id)
        if earlier is not None:
            clear_below(client, run)
            client.update_run(run.info.run_id, status="RUNNING")
        parameters = experiment_parameters(experiment)
        log_settings(client, run.info.run_id, parameters=parameters, tags=tags)
    return tracker


def _experiment_id(client: Any, name: str, address: str) -> str:
    """The MLflow experiment of that name, made if need be, its artifacts beside a sqlite file."""
    found = client.get_experiment_by_name(name)
    if found is not None:
        return str(found.experiment_id)
    database = sqlite_path(address)
    location = (database.parent / "mlruns" / name).as_posix() if database else None
    try:
        return str(client.create_experiment(name, artifact_location=location))
    except MlflowException:
        found = client.get_experiment_by_name(name)  # somebody else was first
        if found is None:
            raise
        return str(found.experiment_id)
