"""Measures of a binary classifier, each for one or for many weightings of the same examples.

All take labels (n,), scores (n,) and weights of shape (n,) or (draws, n), None for ones; the result
has shape () or (draws,). Undefined values are NaN: nothing here raises or warns. What they mean
stands where they are made: in `ranking`, `probabilistic` and `counted`.
"""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kepler_keras.evaluation import probabilistic, ranking
from kepler_keras.evaluation.counted import f1, precision, recall
from kepler_keras.evaluation.counts import Counts, confusion, counts_by_score

__all__ = ["confusion", "counts_by_score", "f1", "precision", "recall"]
Floats = NDArray[np.float64]


class RowMeasure(Protocol):
    """A measure of labels, scores and weights."""

    def __call__(self, labels: NDArray[Any], scores: Floats, weights: Floats | None = None) -> Any:
        """The value, or one for each weighting."""
        ...


def _ranked(measure: Callable[[Counts], Any]) -> RowMeasure:
    def of_rows(labels: NDArray[Any], scores: Floats, weights: Floats | None = None) -> Any:
        return measure(counts_by_score(labels, scores, weights))

    return of_rows


def _averaged(values: Callable[[NDArray[Any], Floats], Floats]) -> RowMeasure:
    def of_rows(labels: NDArray[Any], scores: Floats, weights: Floats | None = None) -> Any:
        return probabilistic.mean_value(values(labels, scores), weights)

    return of_rows


average_precision = _ranked(ranking.average_precision)
roc_auc = _ranked(ranking.roc_auc)
partial_auc = _ranked(ranking.partial_auc)
recall_at_precision = _ranked(ranking.recall_at_precision)
recall_at_high_precision = _ranked(ranking.recall_at_high_precision)
precision_at_recall = _ranked(ranking.precision_at_recall)
precision_at_k = _ranked(ranking.precision_at_k)
mean_score = _averaged(probabilistic.score_itself)
log_loss = _averaged(probabilistic.surprise)
brier = _averaged(probabilistic.squared_error)


def calibration_error(labels: NDArray[Any], scores: Floats, weights: Floats | None = None) -> Any:
    """Expected calibration error: how far scores lie from the share of planets, on average.

    The distance of a group's mean score from its share of planets counts by the group's weight.
    """
    group = probabilistic.groups_of(scores)
    return probabilistic.mean_value(probabilistic.excess(labels, scores), weights, group)
