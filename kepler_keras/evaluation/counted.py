"""Measures of calls at a threshold, from counts tp, fp, fn, tn of shape (..., 4).

Undefined ones are NaN. Definitions are scikit-learn's, which the tests compare with.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.evaluation.counts import ratio

Floats = NDArray[np.float64]
BETA = 2.0  # of F-beta: a planet found counts four times as much as a false alarm spared


def precision(cells: Floats) -> Any:
    """Tp / (tp + fp); NaN where nothing was called a planet."""
    return ratio(cells[..., 0], cells[..., 0] + cells[..., 1])


def recall(cells: Floats) -> Any:
    """Tp / (tp + fn); NaN where there is no planet."""
    return ratio(cells[..., 0], cells[..., 0] + cells[..., 2])


def specificity(cells: Floats) -> Any:
    """Tn / (tn + fp); NaN where there is nothing but planets."""
    return ratio(cells[..., 3], cells[..., 3] + cells[..., 1])


def f1(cells: Floats) -> Any:
    """2 tp / (2 tp + fp + fn); NaN where all three are 0."""
    return f_beta(cells, 1.0)


def f_beta(cells: Floats, beta: float = BETA) -> Any:
    """(1 + beta²) tp / ((1 + beta²) tp + beta² fn + fp); NaN where all three are 0."""
    found = (1 + beta**2) * cells[..., 0]
    return ratio(found, found + beta**2 * cells[..., 2] + cells[..., 1])


def balanced_accuracy(cells: Floats) -> Any:
    """Mean of recall and specificity; NaN where a class is missing."""
    return (recall(cells) + specificity(cells)) / 2


def matthews(cells: Floats) -> Any:
    """Matthews correlation of calls and labels, in [-1, 1].

    0 where all rows are called alike or are of one class, as in scikit-learn; NaN without a row.
    """
    tp, fp, fn, tn = np.moveaxis(cells, -1, 0)
    margins = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    root = np.sqrt(margins)
    value = np.divide(tp * tn - fp * fn, root, out=np.zeros_like(root), where=margins > 0)
    return np.where(cells.sum(axis=-1) > 0, value, np.nan)[()]


def candidates_per_planet(cells: Floats) -> Any:
    """Rows called a planet for each planet among them, 1 / precision; NaN where none is found."""
    return ratio(cells[..., 0] + cells[..., 1], cells[..., 0])


def accuracy(cells: Floats) -> Any:
    """(tp + tn) / all, to be held against the share of rows without a planet."""
    return ratio(cells[..., 0] + cells[..., 3], cells.sum(axis=-1))
