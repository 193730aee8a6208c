"""Fits one entry on given rows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.imbalance.registry import Remedy, find_strategy
from kepler_keras.data.imbalance.strategy import Plan
from kepler_keras.data.scaling import UNSCALED, Scaler, fit_scaler
from kepler_keras.data.view_kind import kind_for_remedy
from kepler_keras.data.views import Array, Views
from kepler_keras.errors import InputError
from kepler_keras.evaluation.calibration import UNCORRECTED, Correction, platt_scaling
from kepler_keras.experiment import Entry
from kepler_keras.training.building import build, is_network, named_faults
from kepler_keras.training.fitted import Fitted, FittedSklearn, looks_at_nothing, no_columns
from kepler_keras.training.memory import ESTIMATOR_COPIES, check_memory
from kepler_keras.training.seeding import job_seed, seed_everything
from kepler_keras.training.training_rows import TrainingRows, gather_rows

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Examples:
    """Views and labels of all rows; a fit reads only the rows it is given.

    Attributes:
        views: Of all rows, often memory maps.
        labels: Shape (n,).
        cadence: Days between columns of the source's curves; None where they came folded.
    """

    views: Views
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
        judge: May end the training of a network before early stopping does.
    """

    entry: Entry
    examples: Examples
    train: Rows
    validation: Rows | None
    seed: int
    epochs: int | None = None
    correction: Correction = UNCORRECTED
    judge: Callable[[int, float], bool] | None = None


def fit_entry(task: Task) -> Fitted:
    """Fits an entry's model on the training rows and corrects its scores for the remedy.

    Raises:
        InputError: The model cannot be built or fitted with the entry's settings; the sentence
            names the entry.
    """
    entry, examples, train = task.entry, task.examples, task.train
    seed_everything(task.seed)
    scaled = entry.training.scaling != "none"
    scaler = fit_scaler(examples.views, train) if scaled else UNSCALED
    remedy = find_strategy(entry.imbalance, kind_for_remedy(entry.views, cadence=examples.cadence))
    seed = job_seed(task.seed, "imbalance")
    try:
        model = build(entry, examples.views.shapes)
        rows = gather_rows(examples.views, examples.labels, train, remedy=remedy, seed=seed)
    except InputError as error:
        raise InputError(f"entry {entry.name!r}: {error}") from error
    with named_faults(entry, "fitting"):
        fitted = _fit(model, task, scaler, rows)
    with named_faults(entry, "scoring with"):
        return fitted.corrected(_correction(fitted, task, remedy, rows.plan))


def _fit(model: Any, task: Task, scaler: Scaler, rows: TrainingRows) -> Fitted:
    if not is_network(model):
        return _fit_at_once(model, task, scaler, rows)
    from kepler_keras.training.network import Watched, train

    examples, watched = task.examples, None
    if task.validation is not None:
        watched = Watched(
            examples.views.at(task.validation), examples.labels[task.validation], task.judge
        )
    return train(
        model,
        task.entry,
        rows,
        scaler=scaler,
        watched=watched,
        epochs=task.epochs,
        cadence=examples.cadence,
        seed=task.seed,
    )


def _correction(fitted: Fitted, task: Task, remedy: Remedy, plan: Plan) -> Correction:
    """What takes the remedy's effect on the log-odds off again; decision values have none."""
    if remedy.strategy.effect == "none" or fitted.score_kind == "decision":
        return UNCORRECTED
    if remedy.strategy.effect == "offset":
        return Correction(intercept=-plan.log_odds_offset)
    if task.validation is None:
        return task.correction
    log_odds = fitted.log_odds(task.examples.views.at(task.validation))
    return platt_scaling(task.examples.labels[task.validation], log_odds)


def _fit_at_once(model: Any, task: Task, scaler: Scaler, rows: TrainingRows) -> FittedSklearn:
    """Fits an estimator on flattened views.

    Raises:
        InputError: They need more memory than is free, or the estimator takes no weights.
    """
    from sklearn.utils.validation import has_fit_parameter

    entry = task.entry
    flat = no_columns(len(rows)) if looks_at_nothing(model) else _all_rows(entry, scaler, rows)
    if "random_state" in model.get_params():
        model.set_params(random_state=task.seed)
    weights = rows.plan.sample_weight
    if has_fit_parameter(model, "sample_weight"):
        model.fit(flat, rows.labels, sample_weight=weights)
    elif np.ptp(weights) == 0:
        model.fit(flat, rows.labels)
    else:
        raise InputError(
            f"entry {entry.name!r}: imbalance {entry.imbalance.name!r} weighs rows, and "
            f"model {entry.model.name!r} takes no weights"
        )
    return FittedSklearn(model, scaler)


def _all_rows(entry: Entry, scaler: Scaler, rows: TrainingRows) -> Array:
    """All rows of a fit, scaled and flat, shape (n, d)."""
    check_memory(
        ESTIMATOR_COPIES * len(rows) * rows.views.row_bytes,
        what=f"entry {entry.name!r}: model {entry.model.name!r} takes its {len(rows)} rows",
        advice="take a network, which reads them by the batch, or fewer stars",
    )
    return scaler(rows.take(np.arange(len(rows)))).flat()
