"""What blind ranking scores: the null distribution that a leak canary is measured against.

It is not the prevalence. With few positives a fold's average precision under random ranking is
larger: one positive among n has the mean H_n / n (H_n the harmonic number), not 1 / n.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.evaluation.metrics import average_precision
from kepler_keras.evaluation.prevalence import at_prevalence


def average_precision_null(
    labels_by_fold: Sequence[NDArray[Any]],
    *,
    prevalence: float | None = None,
    draws: int = 2000,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Mean over folds of average precision when every fold is ranked at random.

    Args:
        labels_by_fold: The test labels of each fold.
        prevalence: The share of planets that every fold is weighted to; None weighs nothing.
        draws: Number of random rankings.
        seed: Seed of the rankings.

    Returns:
        Shape (draws,).
    """
    rng = np.random.default_rng(seed)
    folds = [(labels, at_prevalence(labels, prevalence)) for labels in labels_by_fold]
    values = [
        [average_precision(labels, rng.random(len(labels)), weights) for labels, weights in folds]
        for _ in range(draws)
    ]
    return np.asarray(np.mean(values, axis=1))
