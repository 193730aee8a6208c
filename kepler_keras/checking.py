"""Refuses an experiment that cannot run, before any long work begins."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.augmentation.registry import find_augmentation
from kepler_keras.data.imbalance.registry import find_strategy
from kepler_keras.data.pipeline import find_view
from kepler_keras.data.splits import Fold
from kepler_keras.data.view_kind import kind_of
from kepler_keras.errors import InputError
from kepler_keras.experiment import Entry, Experiment
from kepler_keras.models.registry import check_model_name
from kepler_keras.training.fit import build, check_needs


def check_entries(
    experiment: Experiment, *, cadence: float | None, ready_views: Collection[str] = ()
) -> None:
    """Checks every name and option that can be checked without TensorFlow.

    Args:
        experiment: What is to be compared.
        cadence: Days between columns of the curves; None where they come folded, which rules
            views out.
        ready_views: Names of the views that came with the curves.

    Raises:
        InputError: The sentence names the entry.
    """
    for entry in experiment.entries:
        try:
            check_model_name(entry.model.name)
            find_view(entry.view, folded_source=cadence is None, ready_views=ready_views)
            kind = kind_of(entry.view, cadence=cadence)
            find_strategy(entry.imbalance, kind)
            if entry.imbalance.name == "balanced_batches" and entry.training.batch_size < 2:
                raise InputError("balanced_batches needs training.batch_size of at least 2, got 1")
            for choice in entry.augmentations:
                find_augmentation(choice, kind)
        except InputError as error:
            raise InputError(f"entry {entry.name!r}: {error}") from error


def check_training_labels(
    experiment: Experiment,
    folds: Iterable[Fold],
    labels: NDArray[np.int8],
    *,
    cadence: float | None,
) -> None:
    """Checks that every entry's remedy for imbalance can take every fold's training rows.

    From their labels alone: what depends on the curves themselves shows only when they are fitted.

    Args:
        experiment: What is to be compared; its entries have passed `check_entries`.
        folds: All of them.
        labels: Of all rows, shape (n,).
        cadence: As in `check_entries`.

    Raises:
        InputError: The sentence names entry, repeat and fold.
    """
    folds = tuple(folds)
    for entry in experiment.entries:
        remedy = find_strategy(entry.imbalance, kind_of(entry.view, cadence=cadence))
        for fold in folds:
            try:
                remedy.check(labels[fold.train])
            except InputError as error:
                raise InputError(
                    f"entry {entry.name!r}, repeat {fold.repeat + 1}, fold {fold.fold + 1}: {error}"
                ) from error


@dataclass(frozen=True)
class BuildJob:
    """An entry and the shape of its view, as a worker gets them."""

    entry: Entry
    input_shape: tuple[int, ...]


def check_build(job: BuildJob) -> None:
    """Builds an entry's model once, in a worker, and throws it away.

    Raises:
        InputError: The model takes no such option or no such view, or breaks its contract.
    """
    try:
        model = build(job.entry, job.input_shape)
    except InputError as error:
        raise InputError(f"entry {job.entry.name!r}: {error}") from error
    except (TypeError, ValueError) as error:
        reason = " ".join(str(error).split())[:300]
        raise InputError(
            f"entry {job.entry.name!r}: model {job.entry.model.label} cannot be built for a view "
            f"of shape {job.input_shape}: {reason}"
        ) from error
    check_needs(job.entry, model)
