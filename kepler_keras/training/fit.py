"""Fits one entry on given rows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.augment import Batch, find_augmentation
from kepler_keras.data.imbalance import Plan, find_strategy
from kepler_keras.data.scaling import UNSCALED, Scaler, fit_scaler
from kepler_keras.errors import InputError
from kepler_keras.experiment import Entry
from kepler_keras.lightcurve.views import is_folded
from kepler_keras.models.registry import find_builder
from kepler_keras.training.backend import load_tensorflow
from kepler_keras.training.fitted import Fitted, FittedKeras, FittedSklearn
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


@dataclass(frozen=True)
class Task:
    """What is fitted, on which rows, and what is drawn.

    Attributes:
        train: Rows that scaling, imbalance remedy and fitting see.
        validation: Rows that early stopping sees; None fits for exactly `epochs` epochs.
        seed: Seed of weights, batches and resampling.
        epochs: Needed without validation rows.
    """

    entry: Entry
    examples: Examples
    train: Rows
    validation: Rows | None
    seed: int
    epochs: int | None = None


def fit_entry(task: Task) -> Fitted:
    """Fits an entry's model on the training rows.

    Raises:
        InputError: The model cannot be built or fitted with the entry's settings.
    """
    entry, examples, train = task.entry, task.examples, task.train
    seed_everything(task.seed)
    scaler = UNSCALED if entry.training.scaling == "none" else fit_scaler(examples.view, train)
    plan = find_strategy(entry.imbalance)(examples.labels[train], job_seed(task.seed, "imbalance"))
    model = build(entry, examples.view.shape[1:])
    if is_network(model):
        return _fit_network(model, task, scaler, plan)
    rows = train[plan.indices]
    flat = scaler(examples.view[rows]).reshape(len(rows), -1)
    if "random_state" in model.get_params():
        model.set_params(random_state=task.seed)
    model.fit(flat, examples.labels[rows], sample_weight=plan.sample_weight)
    return FittedSklearn(model, scaler)


def is_network(model: Any) -> bool:
    """Whether a builder gave a Keras model and not a scikit-learn classifier."""
    return not hasattr(model, "predict_proba")


def build(entry: Entry, input_shape: tuple[int, ...]) -> Any:
    """Builds an entry's model and checks that it keeps the builder's contract.

    Raises:
        InputError: A network does not end in one logit.
    """
    load_tensorflow()
    model = find_builder(entry.model)(input_shape)
    if is_network(model) and model.output_shape != (None, 1):
        raise InputError(
            f"model {entry.model.name!r} must end in one logit, its output is {model.output_shape}"
        )
    return model


def transforms(entry: Entry) -> list[Callable[[Batch, np.random.Generator], Batch]]:
    """The entry's augmentations, checked against its view."""
    folded = is_folded(entry.view.name)
    return [
        find_augmentation(choice, view=entry.view.name, view_is_folded=folded)
        for choice in entry.augmentations
    ]


def _fit_network(model: Any, task: Task, scaler: Scaler, plan: Plan) -> FittedKeras:
    import keras

    from kepler_keras.training.batches import TrainingBatches
    from kepler_keras.training.early_stopping import BestAveragePrecision

    settings, examples = task.entry.training, task.examples
    batches = TrainingBatches(
        examples.view,
        examples.labels,
        task.train,
        plan=plan,
        scaler=scaler,
        transforms=transforms(task.entry),
        batch_size=settings.batch_size,
        seed=job_seed(task.seed, "batches"),
    )
    model.compile(
        optimizer=keras.optimizers.Adam(settings.learning_rate),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        jit_compile=False,  # slower than plain TensorFlow on a CPU
    )
    stopping = None
    if task.validation is not None:
        view, labels = examples.view[task.validation], examples.labels[task.validation]
        stopping = BestAveragePrecision(view, labels, scaler, patience=settings.patience)
    fitted = model.fit(
        batches,
        epochs=task.epochs or settings.epochs,
        callbacks=[stopping] if stopping else [],
        verbose=0,
    )
    if not all(np.isfinite(weight).all() for weight in model.get_weights()) or (
        stopping is not None and stopping.best_epoch == 0
    ):
        raise InputError(
            f"entry {task.entry.name!r}: training diverged, its scores are not finite; lower "
            f"training.learning_rate (now {settings.learning_rate})"
        )
    return FittedKeras(
        model,
        scaler,
        n_parameters=int(model.count_params()),
        epochs=stopping.best_epoch if stopping else task.epochs,
        history={name: [float(x) for x in values] for name, values in fitted.history.items()},
    )
