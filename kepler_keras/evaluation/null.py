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

BATCH = 1000  # rankings that are drawn at once


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


def null_of_counts(
    counts: Sequence[tuple[int, int]], *, draws: int, seed: int = 0
) -> NDArray[np.float64]:
    """As `average_precision_null` without a prevalence, many draws at once.

    Average precision hangs on the places of the planets alone: the i-th of them at place r adds
    i / r.

    Args:
        counts: Of each fold how many are ranked, and how many of them are planets.
        draws: Number of random rankings.
        seed: Seed of the rankings.

    Returns:
        Shape (draws,).
    """
    rng, total = np.random.default_rng(seed), np.zeros(draws)
    for n, n_planets in counts:
        for start in range(0, draws, BATCH):
            size = min(BATCH, draws - start)
            total[start : start + size] += _drawn(n, n_planets, size, rng)
    return np.asarray(total / len(counts))


def _drawn(n: int, n_planets: int, size: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Average precision of random rankings of n, of which only the planets' places are drawn.

    The planets' scores are sorted uniform numbers; how many of the others lie between two of them
    is binomial, given those before.
    """
    scores = np.sort(rng.random((size, n_planets)), axis=1)
    before, above, total = np.zeros(size), np.zeros(size, np.int64), np.zeros(size)
    for place, score in enumerate(scores.T, start=1):
        share = np.clip((score - before) / (1 - before), 0, 1)
        above += rng.binomial(n - n_planets - above, share)
        total += place / (place + above)
        before = score
    return np.asarray(total / n_planets)
