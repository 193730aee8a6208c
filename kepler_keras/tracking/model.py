"""The logged model as code: MLflow runs this file to load a model, so nothing is pickled.

MLflow gives it the folder that the refitted model was saved in (its files
beside `preparation.json`) and calls `predict` with light curves as the source gives them.
"""

from pathlib import Path
from typing import Any

import mlflow
import numpy as np
from numpy.typing import NDArray


class CurveClassifier(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """Curves in, scores out; conditioning and view happen inside."""

    def load_context(self, context: Any) -> None:
        """Reads the fitted model once, when MLflow loads this one."""
        from kepler_keras.training.saved import load_fitted

        self._fitted = load_fitted(Path(context.artifacts["fitted"]))

    def predict(
        self,
        model_input: np.ndarray,  # the only hint that MLflow takes without a warning
        params: dict[str, Any] | None = None,
    ) -> NDArray[np.float64]:
        """Scores curves.

        Args:
            model_input: Raw flux, folded bins, or the very view where it came ready with the
                training data, shape (n, n_columns); a dict of such arrays, named as in the
                signature, where there are several.
            params: What MLflow passes; unused.

        Returns:
            Scores, shape (n,), float64.
        """
        scores: NDArray[np.float64] = self._fitted.score_curves(model_input)
        return scores


mlflow.models.set_model(CurveClassifier())
