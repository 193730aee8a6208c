"""A fitted model: it scores views, and it can be kept."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from kepler_keras.data.scaling import UNSCALED, Scaler
from kepler_keras.evaluation.calibration import UNCORRECTED, Correction, finite_log_odds

View = NDArray[np.float32]
Scores = NDArray[np.float64]


class Fitted(Protocol):
    """What fitting leaves, whatever library did it."""

    @property
    def n_parameters(self) -> int | None:
        """Trainable parameters, or None where the notion does not apply."""
        ...

    @property
    def epochs(self) -> int | None:
        """The epoch whose weights were kept, counted from 1; None where nothing is iterated."""
        ...

    @property
    def history(self) -> dict[str, list[float]]:
        """Values by epoch."""
        ...

    @property
    def scaler(self) -> Scaler:
        """The scaling fitted on the training rows."""
        ...

    @property
    def correction(self) -> Correction:
        """What is done to the model's log-odds before they become scores."""
        ...

    def corrected(self, correction: Correction) -> "Fitted":
        """The same model with another correction of its scores."""
        ...

    def log_odds(self, view: View) -> Scores:
        """What the model itself says of examples (n, ...), shape (n,)."""
        ...

    def score(self, view: View) -> Scores:
        """Scores in [0, 1] of examples (n, ...), higher for planets, corrected, shape (n,)."""
        ...

    def save(self, folder: Path) -> None:
        """Writes the model file into an existing folder."""
        ...


def sigmoid(logit: NDArray[Any]) -> Scores:
    """The score of a logit, in float64 so that confident scores keep their order."""
    return np.asarray(expit(np.asarray(logit, dtype=np.float64)))


@dataclass(frozen=True)
class FittedKeras:
    """A trained network."""

    model: Any
    scaler: Scaler
    n_parameters: int | None = None
    epochs: int | None = None
    history: dict[str, list[float]] = field(default_factory=dict)
    correction: Correction = UNCORRECTED

    FILE = "model.keras"

    def corrected(self, correction: Correction) -> "FittedKeras":
        """The same network with another correction of its scores."""
        return replace(self, correction=correction)

    def log_odds(self, view: View) -> Scores:
        """Logits of examples (n, ...), in float64 so that confident scores keep their order."""
        return np.asarray(logits(self.model, view, self.scaler), dtype=np.float64)

    def score(self, view: View) -> Scores:
        """Scores of examples (n, ...), shape (n,)."""
        return sigmoid(self.correction(self.log_odds(view)))

    def save(self, folder: Path) -> None:
        """Writes `model.keras`, without what it was trained by."""
        import keras

        # The same layers without the loss: ours could not be loaded safely.
        bare = keras.Model(self.model.inputs, self.model.outputs, name=self.model.name)
        bare.save(folder / self.FILE)


def logits(model: Any, view: View, scaler: Scaler, *, batch_size: int = 256) -> NDArray[np.float32]:
    """A network's output for examples (n, ...), in batches, shape (n,)."""
    result = np.empty(len(view), np.float32)
    for start in range(0, len(view), batch_size):
        part = slice(start, start + batch_size)
        result[part] = np.asarray(model.predict_on_batch(scaler(view[part])))[:, 0]
    return result


@dataclass(frozen=True)
class FittedSklearn:
    """A fitted scikit-learn classifier on flattened views."""

    model: Any
    scaler: Scaler = UNSCALED
    n_parameters: int | None = None
    epochs: int | None = None
    history: dict[str, list[float]] = field(default_factory=dict)
    correction: Correction = UNCORRECTED

    FILE = "model.skops"

    def corrected(self, correction: Correction) -> "FittedSklearn":
        """The same classifier with another correction of its scores."""
        return replace(self, correction=correction)

    def log_odds(self, view: View) -> Scores:
        """Log-odds of the probabilities of examples (n, ...), finite, shape (n,)."""
        return finite_log_odds(self._probabilities(view))

    def score(self, view: View) -> Scores:
        """Probabilities of examples (n, ...), corrected, shape (n,)."""
        if self.correction == UNCORRECTED:
            return self._probabilities(view)
        return sigmoid(self.correction(self.log_odds(view)))

    def _probabilities(self, view: View) -> Scores:
        flat = self.scaler(view).reshape(len(view), -1)
        return np.asarray(self.model.predict_proba(flat)[:, 1], dtype=np.float64)

    def save(self, folder: Path) -> None:
        """Writes `model.skops`."""
        import skops.io

        skops.io.dump(self.model, folder / self.FILE)
