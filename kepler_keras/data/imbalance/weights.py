"""Remedies that show every row once and differ in how much it counts."""

from typing import Annotated

import numpy as np
from pydantic import Field

from kepler_keras.data.imbalance.strategy import Labels, Plan, Strategy

Weight = Annotated[float, Field(gt=0, allow_inf_nan=False)]


def none(labels: Labels, seed: int) -> Plan:
    """Every row once, with weight one: 10 planets and 490 others as 10 and 490."""
    return Plan(np.arange(len(labels)), np.ones(len(labels), np.float32))


def class_weights(labels: Labels, seed: int, *, positive_weight: Weight | None = None) -> Plan:
    """Every row once; both classes weigh the same in sum, or planets weigh `positive_weight`.

    10 planets and 490 others are shown as 10 and 490, of weight 25 and 0.51: 250 each in sum.

    The balanced weights are n / (2 n_class), as in scikit-learn's ``class_weight="balanced"``.
    """
    n = len(labels)
    n_positive = int(np.count_nonzero(labels))
    if positive_weight is None:
        other, planet = n / (2 * (n - n_positive)), n / (2 * n_positive)
    else:
        other, planet = 1.0, positive_weight
    return Plan(
        np.arange(n),
        np.where(labels == 1, planet, other).astype(np.float32),
        log_odds_offset=float(np.log(planet / other)),
    )


STRATEGIES = (
    Strategy("none", "none", make=none),
    Strategy("class_weights", "offset", make=class_weights),
)
