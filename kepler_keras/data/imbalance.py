"""Remedies for class imbalance: plans that see the training labels and nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from kepler_keras.errors import InputError, suggestion
from kepler_keras.experiment import Choice
from kepler_keras.options import check_options


@dataclass(frozen=True)
class Plan:
    """Which training rows are shown in an epoch, and how much each counts.

    Attributes:
        indices: Positions among the training rows, repeats allowed, shape (m,).
        sample_weight: Weight of each of them in the loss, shape (m,), float32.
    """

    indices: NDArray[np.int64]
    sample_weight: NDArray[np.float32]


# strategy(labels, seed, *, option, ...) -> Plan: sees the labels of the training rows, shape (n,).
# What stands behind the star is an option of the experiment file, and its type the allowed values.
Strategy = Callable[..., Plan]

Weight = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Ratio = Annotated[float, Field(gt=0, le=1)]


def none(labels: NDArray[np.int8], seed: int) -> Plan:
    """Every row once, with weight one."""
    return Plan(np.arange(len(labels)), np.ones(len(labels), np.float32))


def class_weights(
    labels: NDArray[np.int8], seed: int, *, positive_weight: Weight | None = None
) -> Plan:
    """Every row once; both classes weigh the same in sum, or planets weigh `positive_weight`.

    The balanced weights are n / (2 n_class), as in scikit-learn's ``class_weight="balanced"``.
    """
    n = len(labels)
    n_positive = int(np.count_nonzero(labels))
    if positive_weight is None:
        pair = (n / (2 * (n - n_positive)), n / (2 * n_positive))
    else:
        pair = (1.0, positive_weight)
    return Plan(np.arange(n), np.where(labels == 1, pair[1], pair[0]).astype(np.float32))


def random_oversampling(labels: NDArray[np.int8], seed: int, *, ratio: Ratio = 1.0) -> Plan:
    """Planets drawn again, with replacement, until there are `ratio` of them to each other row."""
    from imblearn.over_sampling import RandomOverSampler

    n_positive = int(np.count_nonzero(labels))
    if n_positive / (len(labels) - n_positive) > ratio:
        raise InputError(
            f"random_oversampling: the training rows hold {n_positive} planets and "
            f"{len(labels) - n_positive} others already, which is above ratio = {ratio}"
        )
    wanted = max(n_positive, int((len(labels) - n_positive) * ratio))
    sampler = RandomOverSampler(sampling_strategy={1: wanted}, random_state=seed)
    sampler.fit_resample(np.arange(len(labels))[:, None], labels)
    indices = np.asarray(sampler.sample_indices_, dtype=np.int64)
    return Plan(indices, np.ones(len(indices), np.float32))


STRATEGIES: Mapping[str, Strategy] = {
    "none": none,
    "class_weights": class_weights,
    "random_oversampling": random_oversampling,
}


def find_strategy(choice: Choice) -> Callable[[NDArray[np.int8], int], Plan]:
    """The strategy that an experiment names, ready to take labels and a seed.

    Raises:
        InputError: The strategy or one of its options is unknown.
    """
    if choice.name not in STRATEGIES:
        hint = suggestion(choice.name, STRATEGIES)
        raise InputError(f"imbalance: there is no strategy {choice.name!r}; {hint}")
    strategy = STRATEGIES[choice.name]
    check_options(f"imbalance {choice.name!r}", strategy, choice.options)
    return lambda labels, seed: strategy(labels, seed, **choice.options)
