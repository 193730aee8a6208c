"""Early stopping on the measure that is reported: validation average precision."""

from collections.abc import Callable

import keras
import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.scaling import Scaler
from kepler_keras.data.views import Views
from kepler_keras.evaluation.metrics import average_precision
from kepler_keras.training.fitted import logits, sigmoid

# Told of each epoch, from 1, and the best validation average precision so far; True ends training.
Judge = Callable[[int, float], bool]


class BestAveragePrecision(keras.callbacks.Callback):  # type: ignore[misc]
    """Stops when the validation average precision no longer rises, and goes back to its best.

    Attributes:
        best_epoch: The epoch whose weights are kept, counted from 1; 0 where none could be.
    """

    def __init__(
        self,
        views: Views,
        labels: NDArray[np.int8],
        scaler: Scaler,
        *,
        patience: int,
        judge: Judge | None = None,
    ) -> None:
        super().__init__()
        self._views, self._labels, self._scaler = views, labels, scaler
        self._patience, self._judge = patience, judge
        self._best = -np.inf
        self._best_weights: list[NDArray[np.float32]] | None = None
        self.best_epoch = 0

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Scores the validation rows and adds their loss and average precision to the history."""
        logit = logits(self.model, self._views, self._scaler)
        finite = np.isfinite(logit).all()  # a diverged network is never the best
        value = average_precision(self._labels, sigmoid(logit)) if finite else np.nan
        logs["val_loss"] = _log_loss(self._labels, logit)
        logs["val_average_precision"] = float(value)
        if value > self._best:
            self._best, self.best_epoch = value, epoch + 1
            self._best_weights = self.model.get_weights()
        elif epoch + 1 - self.best_epoch >= self._patience:
            self.model.stop_training = True
        if self._judge is not None and self._judge(epoch + 1, float(self._best)):
            self.model.stop_training = True

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Puts the best weights back."""
        if self._best_weights is not None:
            self.model.set_weights(self._best_weights)


def _log_loss(labels: NDArray[np.int8], logit: NDArray[np.float32]) -> float:
    """Mean binary cross-entropy of logits, safe for large ones."""
    signed = np.where(labels == 1, -1.0, 1.0) * logit.astype(np.float64)
    return float(np.mean(np.logaddexp(0.0, signed)))
