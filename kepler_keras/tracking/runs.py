"""Writing into MLflow runs, within the limits that MLflow sets."""

import time
from collections.abc import Iterable, Mapping
from typing import Any

from mlflow.entities import Metric, Param, RunTag

from kepler_keras.visible import visible

LONGEST_PARAMETER, LONGEST_TAG = 6000, 8000  # characters; MLflow's own limits
MOST_IN_A_BATCH = {"metrics": 1000, "params": 100, "tags": 100}


def now() -> int:
    """The time as MLflow counts it: milliseconds since 1970."""
    return int(time.time() * 1000)


def create_child(
    client: Any,
    parent: str,
    name: str,
    *,
    experiment_id: str,
    tags: Mapping[str, str],
    start: int | None = None,
) -> str:
    """Opens a run below another and returns its id.

    Workers and `mlflow run` know their run from the environment; a child made through the client
    with its parent named in a tag depends on neither.
    """
    run = client.create_run(
        experiment_id,
        start_time=start,
        tags={**tags, "mlflow.parentRunId": parent},
        run_name=visible(name),
    )
    return str(run.info.run_id)


def log_points(client: Any, run_id: str, points: Iterable[tuple[str, float, int]]) -> None:
    """Logs (measure, value, step) points; NaN, an undefined measure, is a value."""
    when = now()
    metrics = [Metric(key, float(value), when, step) for key, value, step in points]
    _log(client, run_id, metrics=metrics)


def log_settings(
    client: Any, run_id: str, *, parameters: Mapping[str, str], tags: Mapping[str, str]
) -> None:
    """Adds parameters and tags; a parameter that the run has already keeps its first value.

    MLflow refuses to log a parameter again as another text, and `mlflow run` logs its own first.
    """
    known = client.get_run(run_id).data.params
    new = [
        Param(key, visible(value)[:LONGEST_PARAMETER])
        for key, value in parameters.items()
        if key not in known
    ]
    labels = [RunTag(key, visible(value)[:LONGEST_TAG]) for key, value in tags.items()]
    _log(client, run_id, params=new, tags=labels)


def _log(client: Any, run_id: str, **kinds: list[Any]) -> None:
    for kind, items in kinds.items():
        most = MOST_IN_A_BATCH[kind]
        for begin in range(0, len(items), most):
            client.log_batch(run_id, **{kind: items[begin : begin + most]})
