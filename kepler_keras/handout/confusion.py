"""The confusion matrix in both orientations, and three rates (handout figure 10, eq. 10 to 12).

Always answering "no planet", on 37 planets among 5087 stars:

>>> always_no = Confusion(tp=0, fp=0, fn=37, tn=5050)
>>> round(accuracy(always_no), 4), precision(always_no), recall(always_no)
(0.9927, nan, 0.0)

Finding 30 of the 37 with 30 false alarms has the same accuracy:

>>> finds_most = Confusion(tp=30, fp=30, fn=7, tn=5020)
>>> round(accuracy(finds_most), 4), precision(finds_most), round(recall(finds_most), 3)
(0.9927, 0.5, 0.811)
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepler_keras.errors import InputError

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Confusion:
    """How many stars were called what (handout figure 10); planet is positive."""

    tp: int
    fp: int
    fn: int
    tn: int


def count(labels: ArrayLike, predictions: ArrayLike) -> Confusion:
    """Counts the four cases of figure 10.

    >>> count([1, 1, 0, 0, 0], [1, 0, 1, 0, 0])
    Confusion(tp=1, fp=1, fn=1, tn=2)

    Args:
        labels: Shape (n,), 1 = planet, 0 = none.
        predictions: Shape (n,), likewise.

    Raises:
        InputError: They differ in length, or hold something but 0 and 1.
    """
    truth, called = np.asarray(labels), np.asarray(predictions)
    if truth.shape != called.shape:
        raise InputError(f"predictions: one a label, shape {truth.shape}, it is {called.shape}")
    if not (np.isin(truth, (0, 1)).all() and np.isin(called, (0, 1)).all()):
        raise InputError("labels and predictions: must be 0 or 1, other values came")
    tp, fp, fn, tn = (int(np.sum((truth == t) & (called == c))) for t, c in _CASES)
    return Confusion(tp, fp, fn, tn)


_CASES = ((1, 1), (0, 1), (1, 0), (0, 0))  # truth and prediction, in the order of the fields


def rows_are_predictions(counts: Confusion) -> Counts:
    """The matrix as the handout prints it (figure 10): a row a prediction, a column a truth.

    >>> rows_are_predictions(Confusion(tp=30, fp=40, fn=7, tn=5010))
    array([[5010,    7],
           [  40,   30]])
    """
    return np.array([[counts.tn, counts.fn], [counts.fp, counts.tp]], dtype=np.int64)


def rows_are_truth(counts: Confusion) -> Counts:
    """The matrix as scikit-learn prints it: figure 10 transposed.

    >>> rows_are_truth(Confusion(tp=30, fp=40, fn=7, tn=5010))
    array([[5010,   40],
           [   7,   30]])
    """
    return rows_are_predictions(counts).T


def accuracy(counts: Confusion) -> float:
    """Right answers among all (handout equation 10); NaN without an example.

    >>> accuracy(Confusion(tp=3, fp=1, fn=2, tn=4))
    0.7
    """
    right = counts.tp + counts.tn
    return _ratio(right, right + counts.fp + counts.fn)


def precision(counts: Confusion) -> float:
    """Planets among what was called a planet (handout equation 11); NaN where nothing was.

    >>> precision(Confusion(tp=3, fp=1, fn=2, tn=4))
    0.75
    """
    return _ratio(counts.tp, counts.tp + counts.fp)


def recall(counts: Confusion) -> float:
    """Planets found among all planets (handout equation 12); NaN where there are none.

    >>> recall(Confusion(tp=3, fp=1, fn=2, tn=4))
    0.6
    """
    return _ratio(counts.tp, counts.tp + counts.fn)


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
