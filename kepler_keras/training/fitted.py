"""A fitted model: it scores views, and it can be kept."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from kepler_keras.data.scaling import UNSCALED, Scaler
from kepler_keras.data.views import Array, Views
from kepler_keras.evaluation.calibration import UNCORRECTED, Correction, finite_log_odds
from kepler_keras.record import ScoreKind

Scores = NDArray[np.float64]


class Fitted(Protocol):
    """What fitting leaves, whatever library did it."""

    SUFFIX: ClassVar[str]  # of the model file

    @property
    def n_parameters(self) -> int | None:
        """All weights, moving means too, or None where the notion does not apply."""
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

    @property
    def score_kind(self) -> ScoreKind:
        """Whether scores are probabilities or decision values."""
        ...

    def log_odds(self, views: Views) -> Scores:
        """What the model itself says of n examples, shape (n,); decision values as they are."""
        ...

    def score(self, views: Views) -> Scores:
        """Scores of n examples, higher for planets, corrected, shape (n,)."""
        ...

    def save(self, path: Path) -> None:
        """Writes the model file."""
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

    SUFFIX: ClassVar[str] = ".keras"

    def corrected(self, correction: Correction) -> "FittedKeras":
        """The same network with another correction of its scores."""
        return replace(self, correction=correction)

    @property
    def score_kind(self) -> ScoreKind:
        """The sigmoid of a logit is a probability."""
        return "probability"

    def log_odds(self, views: Views) -> Scores:
        """Logits, in float64 so that confident scores keep their order, shape (n,)."""
        return np.asarray(logits(self.model, views, self.scaler), dtype=np.float64)

    def score(self, views: Views) -> Scores:
        """Scores in [0, 1], shape (n,)."""
        return sigmoid(self.correction(self.log_odds(views)))

    def save(self, path: Path) -> None:
        """Writes the network without what it was trained by."""
        import keras

        # The same layers without the loss: ours could not be loaded safely.
        bare = keras.Model(self.model.inputs, self.model.outputs, name=self.model.name)
        bare.save(path)


def logits(
    model: Any, views: Views, scaler: Scaler, *, batch_size: int = 256
) -> NDArray[np.float32]:
    """A network's output for n examples, read and scored in batches, shape (n,)."""
    result = np.empty(len(views), np.float32)
    for start in range(0, len(views), batch_size):
        part = slice(start, start + batch_size)
        scaled = scaler(views[part]).as_input()
        result[part] = np.asarray(model.predict_on_batch(scaled))[:, 0]
    return result


def looks_at_nothing(model: Any) -> bool:
    """Whether an estimator never reads the rows that it is given: then none need be read."""
    from sklearn.dummy import DummyClassifier

    return isinstance(model, DummyClassifier)


def no_columns(n: int) -> Array:
    """What such an estimator is given of n examples."""
    return np.empty((n, 0), np.float32)


@dataclass(frozen=True)
class FittedSklearn:
    """A fitted estimator with scikit-learn's methods, on flattened views."""

    model: Any
    scaler: Scaler = UNSCALED
    n_parameters: int | None = None
    epochs: int | None = None
    history: dict[str, list[float]] = field(default_factory=dict)
    correction: Correction = UNCORRECTED

    SUFFIX: ClassVar[str] = ".skops"

    @property
    def score_kind(self) -> ScoreKind:
        """Decision values where the estimator knows no probabilities."""
        return "probability" if hasattr(self.model, "predict_proba") else "decision"

    def corrected(self, correction: Correction) -> "FittedSklearn":
        """The same estimator with another correction of its scores."""
        return replace(self, correction=correction)

    def log_odds(self, views: Views) -> Scores:
        """Log-odds of the probabilities, finite; decision values as they are; shape (n,)."""
        return finite_log_odds(self._raw(views)) if self._is_probability else self._raw(views)

    def score(self, views: Views) -> Scores:
        """Probabilities, corrected, or decision values, shape (n,)."""
        if self.correction == UNCORRECTED or not self._is_probability:
            return self._raw(views)
        return sigmoid(self.correction(self.log_odds(views)))

    @property
    def _is_probability(self) -> bool:
        return self.score_kind == "probability"

    def _raw(self, views: Views) -> Scores:
        blind = looks_at_nothing(self.model)
        flat = no_columns(len(views)) if blind else self.scaler(views[:]).flat()
        if self._is_probability:
            return np.asarray(self.model.predict_proba(flat)[:, 1], dtype=np.float64)
        return np.asarray(self.model.decision_function(flat), dtype=np.float64)

    def save(self, path: Path) -> None:
        """Writes the estimator in skops' format."""
        import skops.io

        skops.io.dump(self.model, path)


@dataclass(frozen=True)
class FittedEnsemble:
    """Several fits of one entry, scored as one.

    Attributes:
        members: At least one.
        mirror: Turns views round in time, where every member scores both ways; else None.
    """

    members: tuple[Fitted, ...]
    mirror: Callable[[Views], Views] | None = None

    def score(self, views: Views) -> Scores:
        """The mean of the members' scores, shape (n,)."""
        ways = [views] if self.mirror is None else [views, self.mirror(views)]
        scores = [member.score(way) for member in self.members for way in ways]
        return np.asarray(np.mean(scores, axis=0))
