"""A refitted model in MLflow: files that Keras and skops read safely, and code that scores."""

import warnings
from collections.abc import Mapping
from pathlib import Path

import mlflow
import numpy as np
from mlflow.models import ModelSignature
from mlflow.types.schema import Schema, TensorSpec

from kepler_keras.tracking.format import requirements

MODEL_FILE = Path(__file__).with_name("model.py")
PACKAGE = MODEL_FILE.parent.parent


def log_fitted(
    folder: Path, *, run_id: str, inputs: Mapping[str, int], tags: Mapping[str, str]
) -> str:
    """Logs the fitted model that lies in `folder` under a run and ends that run.

    Args:
        folder: What `kepler_keras.training.saved` wrote; copied whole.
        run_id: The run to log under.
        inputs: Names of the arrays that the model takes, and their numbers of columns. A single
            one is a bare array in the signature, several are a dict of arrays.
        tags: Tags of the logged model.

    Returns:
        The model's address, `models:/m-...`.
    """
    signature = ModelSignature(
        inputs=Schema(
            [
                TensorSpec(np.dtype(np.float32), (-1, n_columns), name if len(inputs) > 1 else None)
                for name, n_columns in inputs.items()
            ]
        ),
        outputs=Schema([TensorSpec(np.dtype(np.float64), (-1,))]),
    )
    with mlflow.start_run(run_id=run_id, nested=True), warnings.catch_warnings():
        # An input example would be scored in a fresh process each time; the signature is explicit.
        warnings.filterwarnings("ignore", ".*An input example was not provided", UserWarning)
        # MLflow's own type hints, while mlflow.pyfunc is imported.
        warnings.filterwarnings("ignore", ".*Any type hint is inferred", UserWarning)
        info = mlflow.pyfunc.log_model(
            name="model",
            python_model=str(MODEL_FILE),
            code_paths=[str(PACKAGE)],  # the model loads where this package is not installed
            artifacts={"fitted": str(folder)},
            signature=signature,
            pip_requirements=requirements(folder),
            tags=dict(tags),
        )
    return str(info.model_uri)
