"""Refuses an experiment that cannot run, before any long work begins."""

from collections.abc import Collection
from dataclasses import dataclass

from kepler_keras.data.augment import find_augmentation
from kepler_keras.data.imbalance import find_strategy
from kepler_keras.data.pipeline import find_view
from kepler_keras.errors import InputError
from kepler_keras.experiment import Entry, Experiment
from kepler_keras.models.registry import check_model_name
from kepler_keras.training.fit import build, is_network


def check_entries(
    experiment: Experiment, *, folded_source: bool, ready_views: Collection[str] = ()
) -> None:
    """Checks every name and option that can be checked without TensorFlow.

    Args:
        experiment: What is to be compared.
        folded_source: Whether the curves come folded, which rules views out.
        ready_views: Names of the views that came with the curves.

    Raises:
        InputError: The sentence names the entry.
    """
    for entry in experiment.entries:
        try:
            check_model_name(entry.model.name)
            view = find_view(entry.view, folded_source=folded_source, ready_views=ready_views)
            find_strategy(entry.imbalance)
            for choice in entry.augmentations:
                find_augmentation(choice, view=view.name, view_is_folded=view.folded)
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
    if job.entry.augmentations and not is_network(model):
        raise InputError(
            f"entry {job.entry.name!r}: augmentations act on training batches, and model "
            f"{job.entry.model.name!r} is fitted on all rows at once"
        )
