"""Fits one entry on given rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.augment import find_augmentation
from kepler_keras.data.imbalance import Plan, find_strategy
from kepler_keras.data.scaling import UNSCALED, fit_scaler
from kepler_keras.errors import InputError
from kepler_keras.evaluation.metrics import average_precision
from kepler_keras.experiment import Entry
from kepler_keras.lightcurve.views import VIEWS
from kepler_keras.models.registry import find_builder
from kepler_keras.training.batches import Transform
from kepler_keras.training.fitted import Fitted, FittedKeras, FittedSklearn, logits, sigmoid
from kepler_keras.training.seeding import job_seed, seed_everything

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Examples:
    """Views and labels of all rows; a fit reads only the rows it is given.

    Attributes:
        view: Shape (n, ...), often a memory map.
        labels: Shape (n,).
    """

    view: NDArray[np.float32]
    labels: NDArray[np.int8]


def fit_entry(
    entry: Entry,
    examples: Examples,
    *,
    train: Rows,
    validation: Rows | None,
    seed: int,
    epochs: int | None = None,
) -> Fitted:
    """Fits an entry's model on the training rows.

    Args:
        entry: What is fitted and how.
        examples: All rows.
        train: Rows that scaling, imbalance remedy and fitting see.
        validation: Rows that early stopping sees; None fits for exactly `epochs` epochs.
        seed: Seed of weights, batches and resampling.
        epochs: Needed without validation rows.
    """
    seed_everything(seed)
    scaler = UNSCALED if entry.training.scaling == "none" else fit_scaler(examples.view, train)
    plan = find_strategy(entry.imbalance)(examples.labels[train], job_seed(seed, "imbalance"))
    model = build(entry, examples.view.shape[1:])
    if hasattr(model, "predict_proba"):
        rows = train[plan.indices]
        flat = scaler(examples.view[rows]).reshape(len(rows), -1)
        if "random_state" in model.get_params():
            model.set_params(random_state=seed)
        model.fit(flat, examples.labels[rows], sample_weight=plan.sample_weight)
        return FittedSklearn(model, scaler)
    return _fit_network(model, entry, examples, train, validation, scaler, plan, seed, epochs)


def build(entry: Entry, input_shape: tuple[int, ...]) -> Any:
    """Builds an entry's model and checks that it keeps the builder's contract."""
    model = find_builder(entry.model)(input_shape)
    if not hasattr(model, "predict_proba") and model.output_shape != (None, 1):
        raise InputError(
            f"model {entry.model.name!r} must end in one logit, its output is {model.output_shape}"
        )
    return model


def transforms(entry: Entry) -> list[Transform]:
    """The entry's augmentations, checked against its view."""
    folded = VIEWS[entry.view.name].folded
    return [
        find_augmentation(choice, view=entry.view.name, view_is_folded=folded)
        for choice in entry.augmentations
    ]


def _fit_network(
    model: Any,
    entry: Entry,
    examples: Examples,
    train: Rows,
    validation: Rows | None,
    scaler: Any,
    plan: Plan,
    seed: int,
    epochs: int | None,
) -> FittedKeras:
    import keras

    from kepler_keras.training.batches import TrainingBatches

    settings = entry.training
    batches = TrainingBatches(
        examples.view,
        examples.labels,
        train,
        plan=plan,
        scaler=scaler,
        transforms=transforms(entry),
        batch_size=settings.batch_size,
        seed=job_seed(seed, "batches"),
    )
    model.compile(
        optimizer=keras.optimizers.Adam(settings.learning_rate),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        jit_compile=False,  # slower than plain TensorFlow on a CPU
    )
    callbacks: Sequence[Any] = ()
    if validation is not None:
        view, labels = np.asarray(examples.view[validation]), examples.labels[validation]
        callbacks = [_early_stopping(view, labels, scaler, settings.patience)]
    fitted = model.fit(
        batches, epochs=epochs or settings.epochs, callbacks=list(callbacks), verbose=0
    )
    history = {name: [float(value) for value in values] for name, values in fitted.history.items()}
    return FittedKeras(
        model,
        scaler,
        n_parameters=int(model.count_params()),
        epochs=callbacks[0].best_epoch if callbacks else epochs,
        history=history,
    )


def _early_stopping(
    view: NDArray[np.float32], labels: NDArray[np.int8], scaler: Any, patience: int
) -> Any:
    """A Keras callback: stops on, and goes back to, the best validation average precision."""
    import keras

    class BestAveragePrecision(keras.callbacks.Callback):  # type: ignore[misc]
        best, best_epoch, best_weights = -np.inf, 0, None

        def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
            logit = logits(self.model, view, scaler)
            value = average_precision(labels, sigmoid(logit))
            logs["val_loss"] = _log_loss(labels, logit)
            logs["val_average_precision"] = float(value)
            if value > self.best:
                self.best, self.best_epoch = value, epoch + 1
                self.best_weights = self.model.get_weights()
            elif epoch + 1 - self.best_epoch >= patience:
                self.model.stop_training = True

        def on_train_end(self, logs: dict[str, float] | None = None) -> None:
            if self.best_weights is not None:
                self.model.set_weights(self.best_weights)

    return BestAveragePrecision()


def _log_loss(labels: NDArray[np.int8], logit: NDArray[np.float32]) -> float:
    """Mean binary cross-entropy of logits, safe for large ones."""
    signed = np.where(labels == 1, -1.0, 1.0) * logit.astype(np.float64)
    return float(np.mean(np.logaddexp(0.0, signed)))
