"""A refitted model in MLflow: files that Keras and skops read safely, and code that scores."""

import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
from mlflow.entities import LoggedModelOutput, Metric
from mlflow.exceptions import MlflowException
from mlflow.models import ModelSignature
from mlflow.types.schema import Schema, TensorSpec

from kepler_keras.tracking.format import requirements

MODEL_FILE = Path(__file__).with_name("model.py")
PACKAGE = MODEL_FILE.parent.parent


def log_fitted(
    client: Any,
    folder: Path,
    *,
    run_id: str,
    inputs: Mapping[str, int],
    tags: Mapping[str, str],
    measures: Iterable[Metric],
) -> str:
    """Logs the fitted model that lies in `folder` under a run.

    Args:
        client: Of the store, which is also MLflow's current one.
        folder: What `kepler_keras.training.saved` wrote; copied whole.
        run_id: The run to log under.
        inputs: Names of the arrays that the model takes, and their numbers of columns. A single
            one is a bare array in the signature, several are a dict of arrays.
        tags: Tags of the logged model.
        measures: What the run says of it; those of the first step become the model's, too.

    Returns:
        The model's id, `m-...`.
    """
    run = client.get_run(run_id)
    model_id = mlflow.initialize_logged_model(
        name="model",
        source_run_id=run_id,
        tags=dict(tags),
        params=run.data.params,
        experiment_id=run.info.experiment_id,
    ).model_id
    _link(client, run_id, model_id)
    own = [
        Metric(one.key, one.value, one.timestamp, 0, model_id) for one in measures if not one.step
    ]
    client.log_batch(run_id, metrics=own)
    signature = ModelSignature(
        inputs=Schema(
            [
                TensorSpec(np.dtype(np.float32), (-1, n_columns), name if len(inputs) > 1 else None)
                for name, n_columns in inputs.items()
            ]
        ),
        outputs=Schema([TensorSpec(np.dtype(np.float64), (-1,))]),
    )
    with warnings.catch_warnings():
        # An input example would be scored in a fresh process each time; the signature is explicit.
        warnings.filterwarnings("ignore", ".*An input example was not provided", UserWarning)
        # MLflow's own type hints, while mlflow.pyfunc is imported.
        warnings.filterwarnings("ignore", ".*Any type hint is inferred", UserWarning)
        mlflow.pyfunc.log_model(
            name="model",
            model_id=model_id,
            python_model=str(MODEL_FILE),
            code_paths=[str(PACKAGE)],  # the model loads where this package is not installed
            artifacts={"fitted": str(folder)},
            signature=signature,
            pip_requirements=requirements(folder),
        )
    return str(model_id)


def _link(client: Any, run_id: str, model_id: str) -> None:
    """Says of a run that the model came out of it.

    A request for that whose answer was lost is refused when it is asked again, which is why MLflow
    is not left to do it on its own: it would give up the model.
    """
    try:
        client.log_outputs(run_id, [LoggedModelOutput(model_id, step=0)])
    except MlflowException:
        linked = client.get_run(run_id).outputs.model_outputs
        if model_id not in {one.model_id for one in linked}:
            raise
