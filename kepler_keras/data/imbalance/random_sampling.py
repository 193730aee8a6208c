"""Remedies that show rows more or less often."""

from typing import Annotated

import numpy as np
from pydantic import Field

from kepler_keras.data.imbalance.strategy import Labels, Plan, Strategy
from kepler_keras.errors import InputError

Ratio = Annotated[float, Field(gt=0, le=1)]


def random_oversampling(labels: Labels, seed: int, *, ratio: Ratio = 1.0) -> Plan:
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
    return Plan(
        indices,
        np.ones(len(indices), np.float32),
        log_odds_offset=log_odds(labels[indices]) - log_odds(labels),
    )


def log_odds(labels: Labels) -> float:
    """Log of planets to others."""
    n_positive = np.count_nonzero(labels)
    return float(np.log(n_positive / (len(labels) - n_positive)))


STRATEGIES = (Strategy("random_oversampling", "offset", make=random_oversampling),)
