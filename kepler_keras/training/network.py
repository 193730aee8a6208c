"""Trains a network, as an entry's `training` says."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.augmentation.registry import bind_to_views
from kepler_keras.data.scaling import Scaler
from kepler_keras.data.view_kind import kinds_of
from kepler_keras.data.views import Views
from kepler_keras.errors import InputError
from kepler_keras.experiment import Entry, Training
from kepler_keras.training.batches import TrainingBatches
from kepler_keras.training.early_stopping import BestAveragePrecision, Judge
from kepler_keras.training.fitted import FittedKeras
from kepler_keras.training.losses import keras_loss
from kepler_keras.training.seeding import job_seed
from kepler_keras.training.training_rows import TrainingRows


@dataclass(frozen=True)
class Watched:
    """The rows that early stopping looks at.

    Attributes:
        judge: May end training before that, as of `early_stopping`.
    """

    views: Views
    labels: NDArray[np.int8]
    judge: Judge | None = None


def train(
    model: Any,
    entry: Entry,
    rows: TrainingRows,
    *,
    scaler: Scaler,
    watched: Watched | None,
    epochs: int | None,
    cadence: float | None,
    seed: int,
) -> FittedKeras:
    """Trains until the watched rows' average precision no longer rises, or for given epochs.

    Args:
        model: Uncompiled, with one logit.
        entry: Whose settings count.
        rows: What it learns from.
        scaler: Of its views.
        watched: Rows for early stopping; None trains exactly `epochs` epochs.
        epochs: Needed without watched rows.
        cadence: Days between columns of unfolded flux, for augmentations.
        seed: Of batches and augmentations.

    Raises:
        InputError: Training diverged.
    """
    settings = entry.training
    kinds = kinds_of(entry.views, cadence=cadence)
    batches = TrainingBatches(
        rows,
        scaler=scaler,
        transforms=bind_to_views(entry.augmentations, kinds),
        redrawing=bind_to_views(rows.plan.redrawing, kinds),
        batch_size=settings.batch_size,
        label_smoothing=settings.label_smoothing,
        seed=job_seed(seed, "batches"),
    )
    model.compile(
        optimizer=_optimizer(settings, steps_an_epoch=len(batches)),
        loss=keras_loss(rows.plan.loss),
        jit_compile=False,  # XLA gives up repeatable kernels, and is slower on a CPU
        steps_per_execution=settings.steps_per_execution,
    )
    if rows.plan.output_bias:
        model.get_layer("logit").bias.assign([rows.plan.output_bias])
    stopping = None
    if watched is not None:
        stopping = BestAveragePrecision(
            watched.views,
            watched.labels,
            scaler,
            patience=settings.patience,
            judge=watched.judge,
        )
    fitted = model.fit(
        batches,
        epochs=epochs or settings.epochs,
        callbacks=[stopping] if stopping else [],
        verbose=0,
    )
    if not all(np.isfinite(weight).all() for weight in model.get_weights()) or (
        stopping is not None and stopping.best_epoch == 0
    ):
        raise InputError(
            f"entry {entry.name!r}: training diverged, its scores are not finite; lower "
            f"training.learning_rate (now {settings.learning_rate})"
        )
    return FittedKeras(
        model,
        scaler,
        n_parameters=int(model.count_params()),
        epochs=stopping.best_epoch if stopping else epochs,
        history={name: [float(x) for x in values] for name, values in fitted.history.items()},
    )


def _optimizer(settings: Training, *, steps_an_epoch: int) -> Any:
    """Adam, or AdamW, with the step sizes of the schedule.

    The schedule runs over all `epochs` however early training ends.
    """
    rate: Any = settings.learning_rate
    if settings.schedule == "cosine":
        warmup = settings.warmup_epochs * steps_an_epoch
        rate = keras.optimizers.schedules.CosineDecay(
            0.0 if warmup else settings.learning_rate,
            max(settings.epochs * steps_an_epoch - warmup, 1),
            warmup_target=settings.learning_rate if warmup else None,
            warmup_steps=warmup,
        )
    if settings.weight_decay:
        optimizer = keras.optimizers.AdamW(rate, weight_decay=settings.weight_decay)
    else:
        optimizer = keras.optimizers.Adam(rate)
    # One replica has nothing to sum with others. Keras would do it all the same, and TensorFlow
    # keep the graph of each such sum for good: 5 MB a fit.
    optimizer._all_reduce_sum_gradients = list
    return optimizer
