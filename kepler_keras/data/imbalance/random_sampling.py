"""Remedies that show rows more or less often."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from kepler_keras.data.imbalance.counting import (
    Ratio,
    check_ratio,
    class_counts,
    log_odds,
    planets_wanted,
)
from kepler_keras.data.imbalance.strategy import Labels, Plan, Strategy
from kepler_keras.experiment import Choice

Share = Annotated[float, Field(gt=0, lt=1)]
Augmentations = Annotated[Sequence[str | dict[str, Any]], Field(min_length=1)]


def random_oversampling(labels: Labels, seed: int, *, ratio: Ratio = 1.0) -> Plan:
    """Planets drawn again, with replacement, until there are `ratio` of them to each other row.

    10 planets and 490 others become 490 and 490: each planet is shown 49 times on average, and the
    log-odds rise by log 49 (Elkan 2001, IJCAI, Theorem 2, for what a changed prior does).
    """
    from imblearn.over_sampling import RandomOverSampler

    strategy = {1: planets_wanted(labels, ratio)}
    return _shown(labels, RandomOverSampler(sampling_strategy=strategy, random_state=seed))


def random_undersampling(labels: Labels, seed: int, *, ratio: Ratio = 1.0) -> Plan:
    """Others drawn, without replacement, until there are `ratio` planets to each of them.

    10 planets and 490 others become 10 and 10; the other 480 are never shown.
    """
    from imblearn.under_sampling import RandomUnderSampler

    check_ratio(labels, ratio)
    n_planets, n_others = class_counts(labels)
    strategy = {0: min(n_others, round(n_planets / ratio))}
    return _shown(labels, RandomUnderSampler(sampling_strategy=strategy, random_state=seed))


def augmented_oversampling(
    labels: Labels,
    seed: int,
    *,
    ratio: Ratio = 1.0,
    augmentations: Augmentations = ("time_reversal",),
) -> Plan:
    """As `random_oversampling`, with repeats that are augmented anew in every epoch.

    The first showing of each planet, and every other row, stays as it was measured. An augmentation
    that leaves a trace, as noise does, would tell planets by that trace alone: such a one belongs
    among the entry's own augmentations too, which change all rows.

    Args:
        labels: Shape (n,).
        seed: Of the draw.
        ratio: Planets to each other row.
        augmentations: Names, or mappings with a name and options, as in an entry's own.
    """
    plan = random_oversampling(labels, seed, ratio=ratio)
    redrawn = np.ones(len(plan.indices), np.bool_)
    redrawn[np.unique(plan.indices, return_index=True)[1]] = False
    redrawing = tuple(Choice.model_validate(one) for one in augmentations)
    return replace(plan, redrawn=redrawn, redrawing=redrawing)


def balanced_batches(labels: Labels, seed: int, *, share: Share = 0.5) -> Plan:
    """Batches with the same share of planets each; every other row once an epoch.

    Planets come round as often as the batches need them, all before one comes again: 10 planets
    and 490 others are dealt as 490 and 490, each planet 49 times.
    """
    return Plan(
        np.arange(len(labels)),
        np.ones(len(labels), np.float32),
        planet_share=share,
        log_odds_offset=float(np.log(share / (1 - share))) - log_odds(labels),
    )


def _shown(labels: Labels, sampler: Any) -> Plan:
    """The plan of a sampler that only chooses rows; what it adds is the change of the log-odds."""
    sampler.fit_resample(np.arange(len(labels))[:, None], labels)
    indices: NDArray[np.int64] = np.asarray(sampler.sample_indices_, dtype=np.int64)
    return Plan(
        indices,
        np.ones(len(indices), np.float32),
        log_odds_offset=log_odds(labels[indices]) - log_odds(labels),
    )


def _check_oversampled(labels: Labels, *, ratio: float, **_: Any) -> None:
    check_ratio(labels, ratio)


STRATEGIES = (
    Strategy("random_oversampling", "offset", make=random_oversampling, check=_check_oversampled),
    Strategy("random_undersampling", "offset", make=random_undersampling, check=check_ratio),
    Strategy(
        "augmented_oversampling",
        "offset",
        make=augmented_oversampling,
        check=_check_oversampled,
        needs_network=True,
    ),
    Strategy("balanced_batches", "offset", make=balanced_batches, needs_network=True),
)
