"""The threshold of a fold, chosen on its validation rows and on nothing else."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.evaluation.metrics import counts_by_score

RULE = "highest F1 on the fold's validation rows; of equal ones the highest threshold"


def best_f1_threshold(labels: NDArray[Any], scores: NDArray[np.float64]) -> float:
    """The score at or above which calling an example a planet gives the highest F1.

    Args:
        labels: Shape (n,), with at least one planet.
        scores: Shape (n,).
    """
    counts = counts_by_score(labels, scores)
    n_positive = counts.tp[-1]
    f1 = 2 * counts.tp / (counts.tp + counts.fp + n_positive)
    distinct = np.unique(scores)[::-1]
    return float(distinct[np.argmax(f1)])
