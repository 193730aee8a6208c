"""Records back out of MLflow, so that a report can be rebuilt from there alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlflow
from mlflow.exceptions import MlflowException

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

PARENT_TAG = "mlflow.parentRunId"
NO_RUN = ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")  # MLflow's words for a wrong id


@dataclass(frozen=True)
class Found:
    """A finished comparison in a store.

    Attributes:
        asked: A sentence where it was asked for by the run of one of its parts; else empty.
    """

    run_id: str
    experiment: str
    asked: str = ""


def find_comparisons(
    address: str, *, run_ids: Sequence[str] = (), experiments: Sequence[str] = ()
) -> list[Found]:
    """The comparisons that are asked for, each once: those of the runs, then the experiments'.

    Args:
        address: As `tracking_address` gives it.
        run_ids: Runs of comparisons; an entry's, a fold's or a trial's run stands for its own.
        experiments: Names in experiment files; the newest finished comparison is taken, a whole one
            if any, whichever MLflow experiment it is in.

    Raises:
        InputError: There is no store, or no such run or comparison in it, or it is not finished.
    """
    require_store(address)
    require_answer(address)
    where = without_secrets(address)
    with mlflow_errors(f"{where}: cannot read the MLflow store"):
        client = mlflow.MlflowClient(address)
        found = [_of_run(client, run_id, where) for run_id in run_ids]
        finished = _finished_comparisons(client) if experiments else []
        found += [_newest(finished, name, where) for name in experiments]
    once: dict[str, Found] = {}
    for one in found:
        once.setdefault(one.run_id, one)
    return list(once.values())


def download_run(address: str, run_id: str, target: Path) -> Path:
    """Fetches the record of a comparison.

    Args:
        address: As `tracking_address` gives it.
        run_id: Of a finished comparison.
        target: An existing folder.

    Returns:
        `target`, with `record.json` and `predictions.parquet` in it, and `members.parquet` where
        there are ensembles.

    Raises:
        InputError: The run has no record.
    """
    where = without_secrets(address)
    with mlflow_errors(f"{where}: cannot fetch the record of run {run_id}"):
        client = mlflow.MlflowClient(address)
        stored = {item.path for item in client.list_artifacts(run_id)}
        if missing := set(RECORD_FILES) - stored:
            raise InputError(f"{where}: run {run_id} has no {' and no '.join(sorted(missing))}")
        for name in (*RECORD_FILES, *({MEMBERS_FILE} & stored)):
            client.download_artifacts(run_id, name, str(target))
    return target


def download_record(address: str, experiment_name: str, target: Path) -> Path:
    """Fetches the record of an experiment, as `find_comparisons` and `download_run` say."""
    (found,) = find_comparisons(address, experiments=[experiment_name])
    return download_run(address, found.run_id, target)


def _of_run(client: Any, run_id: str, where: str) -> Found:
    run = _get_run(client, run_id, where)
    while (level := run.data.tags.get(LEVEL_TAG)) in ("entry", "fold", "trial"):
        run = _get_run(client, run.data.tags.get(PARENT_TAG, ""), where)
    if level != "comparison":
        raise InputError(f"{where}: run {run_id} is no run of a comparison")
    found = run.info.run_id
    status = run.info.status.lower()
    if status != "finished":
        part = "" if found == run_id else f", which {run_id} is a part of,"
        raise InputError(f"{where}: run {found}{part} is not finished but {status}")
    taken = f"run {run_id} is a part of comparison {found}, which is taken"
    return Found(found, run.data.tags[EXPERIMENT_TAG], "" if found == run_id else taken)


def _get_run(client: Any, run_id: str, where: str) -> Any:
    try:
        return client.get_run(run_id)
    except MlflowException as error:
        if error.error_code not in NO_RUN:
            raise
        raise InputError(f"{where}: there is no run {run_id!r}") from error


def _newest(finished: Sequence[Any], experiment: str, where: str) -> Found:
    found = [run for run in finished if run.data.tags.get(EXPERIMENT_TAG) == experiment]
    if not found:
        names = {run.data.tags[EXPERIMENT_TAG] for run in finished}
        hint = suggestion(experiment, names) if names else "there is none at all"
        raise InputError(f"{where}: no finished comparison {experiment!r}; {hint}")
    whole = [run for run in found if run.data.tags.get(QUICK_TAG, "").lower() != "true"]
    return Found((whole or found)[0].info.run_id, experiment)


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
