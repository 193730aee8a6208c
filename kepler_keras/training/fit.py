"""Fits one entry on given rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.augmentation.registry import Transform, find_augmentation
from kepler_keras.data.imbalance.registry import Remedy, find_strategy, strategies
from kepler_keras.data.imbalance.strategy import Plan
from kepler_keras.data.scaling import UNSCALED, Scaler, fit_scaler
from kepler_keras.data.view_kind import ViewKind, kind_of
from kepler_keras.errors import InputError
from kepler_keras.evaluation.calibration import UNCORRECTED, Correction, platt_scaling
from kepler_keras.experiment import Choice, Entry
from kepler_keras.models.registry import find_builder
from kepler_keras.training.backend import load_tensorflow
from kepler_keras.training.fitted import Fitted, FittedKeras, FittedSklearn
from kepler_keras.training.seeding import job_seed, seed_everything
from kepler_keras.training.training_rows import TrainingRows, gather_rows

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Examples:
    """Views and labels of all rows; a fit reads only the rows it is given.

    Attributes:
        view: Shape (n, ...), often a memory map.
        labels: Shape (n,).
        cadence: Days between columns of the source's curves; None where they came folded.
    """

    view: NDArray[np.float32]
    labels: NDArray[np.int8]
    cadence: float | None = None


@dataclass(frozen=True)
class Task:
    """What is fitted, on which rows, and what is drawn.

    Attributes:
        train: Rows that scaling, imbalance remedy and fitting see.
        validation: Rows that early stopping sees; None fits for exactly `epochs` epochs.
        seed: Seed of weights, batches and resampling.
        epochs: Needed without validation rows.
        correction: Of the scores, where a remedy leaves it to validation rows and there are none.
    """

    entry: Entry
    examples: Examples
    train: Rows
    validation: Rows | None
    seed: int
    epochs: int | None = None
    correction: Correction = UNCORRECTED


def fit_entry(task: Task) -> Fitted:
    """Fits an entry's model on the training rows and corrects its scores for the remedy.

    Raises:
        InputError: The model cannot be built or fitted with the entry's settings.
    """
    entry, examples, train = task.entry, task.examples, task.train
    seed_everything(task.seed)
    scaler = UNSCALED if entry.training.scaling == "none" else fit_scaler(examples.view, train)
    remedy = find_strategy(entry.imbalance, kind_of(entry.view, cadence=examples.cadence))
    seed = job_seed(task.seed, "imbalance")
    model = build(entry, examples.view.shape[1:])
    check_needs(entry, model)
    try:
        rows = gather_rows(examples.view, examples.labels, train, remedy=remedy, seed=seed)
    except InputError as error:
        raise InputError(f"entry {entry.name!r}: {error}") from error
    if is_network(model):
        fitted: Fitted = _fit_network(model, task, scaler, rows)
    else:
        fitted = _fit_at_once(model, task, scaler, rows)
    return fitted.corrected(_correction(fitted, task, remedy, rows.plan))


def _correction(fitted: Fitted, task: Task, remedy: Remedy, plan: Plan) -> Correction:
    """What takes the remedy's effect on the log-odds off again."""
    if remedy.strategy.effect == "offset":
        return Correction(intercept=-plan.log_odds_offset)
    if remedy.strategy.effect == "none":
        return UNCORRECTED
    if task.validation is None:
        return task.correction
    log_odds = fitted.log_odds(task.examples.view[task.validation])
    return platt_scaling(task.examples.labels[task.validation], log_odds)


def _fit_at_once(model: Any, task: Task, scaler: Scaler, rows: TrainingRows) -> FittedSklearn:
    """Fits a scikit-learn classifier on flattened views."""
    flat = scaler(rows.take(np.arange(len(rows)))).reshape(len(rows), -1)
    if "random_state" in model.get_params():
        model.set_params(random_state=task.seed)
    model.fit(flat, rows.labels, sample_weight=rows.plan.sample_weight)
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


def check_needs(entry: Entry, model: Any) -> None:
    """Refuses what acts on batches, losses and biases where the model has none.

    Raises:
        InputError: The sentence names the entry.
    """
    if is_network(model):
        return
    if strategies()[entry.imbalance.name].needs_network:
        raise InputError(
            f"entry {entry.name!r}: imbalance {entry.imbalance.name!r} acts on how a "
            f"network is trained, and model {entry.model.name!r} is none"
        )
    if entry.augmentations:
        raise InputError(
            f"entry {entry.name!r}: augmentations act on training batches, and model "
            f"{entry.model.name!r} is fitted on all rows at once"
        )


def transforms(choices: Sequence[Choice], kind: ViewKind) -> list[Transform]:
    """Augmentations by their choices, checked against the view."""
    return [find_augmentation(choice, kind) for choice in choices]


def _fit_network(model: Any, task: Task, scaler: Scaler, rows: TrainingRows) -> FittedKeras:
    import keras

    from kepler_keras.training.batches import TrainingBatches
    from kepler_keras.training.early_stopping import BestAveragePrecision
    from kepler_keras.training.losses import keras_loss

    settings, examples = task.entry.training, task.examples
    kind = kind_of(task.entry.view, cadence=examples.cadence)
    batches = TrainingBatches(
        rows,
        scaler=scaler,
        transforms=transforms(task.entry.augmentations, kind),
        redrawing=transforms(rows.plan.redrawing, kind),
        batch_size=settings.batch_size,
        seed=job_seed(task.seed, "batches"),
    )
    model.compile(
        optimizer=keras.optimizers.Adam(settings.learning_rate),
        loss=keras_loss(rows.plan.loss),
        jit_compile=False,  # slower than plain TensorFlow on a CPU
    )
    if rows.plan.output_bias:
        model.get_layer("logit").bias.assign([rows.plan.output_bias])
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
