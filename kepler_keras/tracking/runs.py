"""Writing into MLflow runs, within the limits that MLflow sets."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import MlflowException

from kepler_keras.visible import visible

LONGEST_PARAMETER, LONGEST_TAG = 6000, 8000  # characters; MLflow's own limits
MOST_IN_A_BATCH = {"params": 100, "tags": 100, "metrics": 1000}
MOST_IN_ALL = 1000  # parameters, tags and metrics of a batch together
NOTHING: Mapping[str, Any] = {}

Point = tuple[str, float, int]  # measure, value, step


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


def delete(deletion: Callable[..., Any], *what: str) -> None:
    """Has a client delete something; what is gone already is as good, as after a lost answer."""
    try:
        deletion(*what)
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise


def log_points(client: Any, run_id: str, points: Iterable[Point]) -> None:
    """Logs (measure, value, step) points; NaN, an undefined measure, is a value."""
    log_new(client, run_id, points=points)


def log_settings(
    client: Any, run_id: str, *, parameters: Mapping[str, str], tags: Mapping[str, str]
) -> None:
    """Adds parameters and tags; a parameter that the run has already keeps its first value.

    MLflow refuses to log a parameter again as another text, and `mlflow run` logs its own first.
    """
    known = client.get_run(run_id).data.params if parameters else {}
    new = {key: value for key, value in parameters.items() if key not in known}
    log_new(client, run_id, parameters=new, tags=tags)


def log_new(
    client: Any,
    run_id: str,
    *,
    points: Iterable[Point] = (),
    parameters: Mapping[str, str] = NOTHING,
    tags: Mapping[str, str] = NOTHING,
) -> list[Metric]:
    """Adds what the run does not have yet, in as few requests as MLflow's limits allow.

    Returns:
        The points, as MLflow has them.
    """
    when = now()
    metrics = [Metric(key, float(value), when, step) for key, value, step in points]
    items: dict[str, list[Any]] = {
        "params": [
            Param(key, visible(value)[:LONGEST_PARAMETER]) for key, value in parameters.items()
        ],
        "tags": [RunTag(key, visible(value)[:LONGEST_TAG]) for key, value in tags.items()],
        "metrics": metrics,
    }
    while any(items.values()):
        room, batch = MOST_IN_ALL, {}
        for kind, most in MOST_IN_A_BATCH.items():
            size = min(most, room)
            batch[kind], items[kind] = items[kind][:size], items[kind][size:]
            room -= len(batch[kind])
        client.log_batch(run_id, **batch)
    return metrics
