"""Refuses an experiment that cannot run, before any long work begins."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.augmentation.registry import bind_to_views
from kepler_keras.data.imbalance.registry import find_strategy
from kepler_keras.data.pipeline import UnavailableError, find_view
from kepler_keras.data.splits import Fold
from kepler_keras.data.view_kind import curves_of, kind_for_remedy, kinds_of
from kepler_keras.errors import InputError
from kepler_keras.experiment import Choice, Entry, Experiment
from kepler_keras.models.registry import check_model_name, is_own
from kepler_keras.models.shapes import Shapes
from kepler_keras.record import LeftOut
from kepler_keras.training.building import build


def check_entries(
    experiment: Experiment, *, cadence: float | None, ready_views: Collection[str] = ()
) -> list[LeftOut]:
    """Checks every name and option that can be checked without TensorFlow.

    Args:
        experiment: What is to be compared.
        cadence: Days between columns of the curves; None where they come folded, which rules
            views out.
        ready_views: Names of the views that came with the curves.

    Returns:
        The optional entries whose views the data cannot give.

    Raises:
        InputError: The sentence names the entry.
    """
    left_out = []
    for entry in experiment.entries:
        try:
            _check_entry(entry, cadence=cadence, ready_views=ready_views)
        except UnavailableError as error:
            if not entry.optional:
                raise InputError(f"entry {entry.name!r}: {error}") from error
            left_out.append(LeftOut(entry=entry.name, reason=str(error), failed=False))
        except InputError as error:
            raise InputError(f"entry {entry.name!r}: {error}") from error
    return left_out


def _check_entry(entry: Entry, *, cadence: float | None, ready_views: Collection[str]) -> None:
    check_model_name(entry.model)
    for view in entry.views:
        find_view(view, folded_source=cadence is None, ready_views=ready_views)
    kinds = kinds_of(entry.views, cadence=cadence)
    remedy = find_strategy(entry.imbalance, kind_for_remedy(entry.views, cadence=cadence))
    if len(kinds) > 1 and remedy.strategy.resample is not None:
        raise InputError(
            f"imbalance {entry.imbalance.name!r} makes new rows of one view, this entry has "
            f"{len(kinds)}: {', '.join(kinds)}"
        )
    if entry.imbalance.name == "balanced_batches" and entry.training.batch_size < 2:
        raise InputError("balanced_batches needs training.batch_size of at least 2, got 1")
    if entry.ensemble is not None and entry.ensemble.reversal:
        try:
            curves_of(kinds)
        except InputError as error:
            raise InputError(f"ensemble.reversal: {error}") from error
    redrawing = remedy.options.get("augmentations", ())
    bind_to_views([Choice.model_validate(one) for one in redrawing], kinds)
    bind_to_views(entry.augmentations, kinds)


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
        remedy = find_strategy(entry.imbalance, kind_for_remedy(entry.views, cadence=cadence))
        for fold in folds:
            try:
                remedy.check(labels[fold.train])
            except InputError as error:
                raise InputError(
                    f"entry {entry.name!r}, repeat {fold.repeat + 1}, fold {fold.fold + 1}: {error}"
                ) from error


@dataclass(frozen=True)
class BuildJob:
    """An entry and the shapes of its views, as a worker gets them."""

    entry: Entry
    input_shapes: Shapes
    writes: ClassVar[None] = None

    @property
    def reads(self) -> tuple[Path, ...]:
        """The file of a user's own builder."""
        return self.entry.reads

    def at(self, places: Mapping[Path, Path]) -> Self:
        """The same job with that file at another place."""
        return replace(self, entry=self.entry.at(places))


def check_build(job: BuildJob) -> str | None:
    """Builds an entry's model once, in a worker, and throws it away.

    Returns:
        A sentence where a user's own builder breaks, which spoils no other entry; None where all
        is well.

    Raises:
        InputError: A model of this package takes no such option or no such views.
    """
    sentence = build_fault(job)
    if sentence is not None and not is_own(job.entry.model):
        raise InputError(sentence)
    return sentence


def build_fault(job: BuildJob) -> str | None:
    """Builds an entry's model once, in a worker; a sentence where that cannot be, else None."""
    try:
        build(job.entry, job.input_shapes)
    except InputError as error:
        return f"entry {job.entry.name!r}: {error}"
    return None


def without(experiment: Experiment, left_out: Sequence[LeftOut]) -> Experiment:
    """The experiment without the entries that are left out, and without their ablations.

    Raises:
        InputError: The baseline is among them.
    """
    reasons = {one.entry: one.reason for one in left_out}
    if experiment.baseline in reasons:
        raise InputError(
            f"the baseline {experiment.baseline!r} cannot take part: {reasons[experiment.baseline]}"
        )
    kept = [
        entry
        for entry in experiment.entries
        if entry.name not in reasons and entry.against not in reasons
    ]
    return experiment.model_copy(update={"entries": tuple(kept)})


def with_standing_baseline(
    experiment: Experiment, left_out: Sequence[LeftOut]
) -> tuple[Experiment, list[str]]:
    """The experiment with a baseline that takes part, after all has been fitted.

    Returns:
        The same where its baseline stands; else the first competitor that does takes its place,
        and a sentence says so.

    Raises:
        InputError: No competitor is left.
    """
    reasons = {one.entry: one.reason for one in left_out}
    if experiment.baseline not in reasons:
        return experiment, []
    standing = [e.name for e in experiment.entries if e.against is None and e.name not in reasons]
    if not standing:
        raise InputError(reasons[experiment.baseline])
    fault = f"the baseline {experiment.baseline!r} broke: {standing[0]!r} stands in for it"
    return experiment.model_copy(update={"baseline": standing[0]}), [fault]
