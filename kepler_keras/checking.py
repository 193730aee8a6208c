"""Refuses an experiment that cannot run, before any long work begins."""

from collections.abc import Collection
from dataclasses import dataclass

from kepler_keras.data.augmentation.registry import find_augmentation
from kepler_keras.data.imbalance.registry import find_strategy, strategies
from kepler_keras.data.pipeline import find_view
from kepler_keras.data.view_kind import kind_of
from kepler_keras.errors import InputError
from kepler_keras.experiment import Entry, Experiment
from kepler_keras.models.registry import check_model_name
from kepler_keras.training.fit import build, is_network


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
            for choice in entry.augmentations:
                find_augmentation(choice, kind)
        except InputError as error:
            raise InputError(f"entry {entry.name!r}: {error}") from error


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
    if is_network(model):
        return
    if strategies()[job.entry.imbalance.name].needs_network:
        raise InputError(
            f"entry {job.entry.name!r}: imbalance {job.entry.imbalance.name!r} acts on how a "
            f"network is trained, and model {job.entry.model.name!r} is none"
        )
    if job.entry.augmentations:
        raise InputError(
            f"entry {job.entry.name!r}: augmentations act on training batches, and model "
            f"{job.entry.model.name!r} is fitted on all rows at once"
        )
