"""The threshold of a fold, chosen on its validation rows and on nothing else."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.evaluation.counts import counts_by_score
from kepler_keras.evaluation.prevalence import others_weight


def best_f1_threshold(
    labels: NDArray[Any], scores: NDArray[np.float64], *, prevalence: float | None = None
) -> float:
    """The score at or above which calling an example a planet gives the highest F1.

    Args:
        labels: Shape (n,), n > 0. Without a planet every F1 is 0 and the highest score is taken.
        scores: Shape (n,).
        prevalence: The share of planets at which F1 is meant; None takes that of the rows.

    Returns:
        One of the scores; of equally good ones the highest.
    """
    counts = counts_by_score(labels, scores)
    n_positive = counts.tp[-1]
    fp = counts.fp if prevalence is None else counts.fp * others_weight(labels, prevalence)
    f1 = 2 * counts.tp / (counts.tp + fp + n_positive)
    distinct = np.unique(scores)[::-1]
    return float(distinct[np.argmax(f1)])
