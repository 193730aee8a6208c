"""Weights that give planets a stated share, whatever their share among the rows.

Which rows are tested, catalogues decide; how rare planets are where a model will be used, they do
not. What hangs on the share (precision, and with it average precision and F1, calibration, loss)
is computed at the stated one, by one weight for all rows of a class. Recall, false-positive rate
and the area under their curve do not move.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def others_weight(labels: NDArray[Any], prevalence: float) -> float:
    """The weight of a row without a planet beside planets of weight 1; NaN where a class is empty.

    With planets of weight 1, counts of planets stay whole, and so does recall.
    """
    n_planets = int((labels == 1).sum())
    n_others = len(labels) - n_planets
    if n_planets == 0 or n_others == 0:
        return float("nan")
    return n_planets * (1 - prevalence) / (prevalence * n_others)


def class_weights(labels: NDArray[Any], prevalence: float | None) -> Floats | None:
    """Weights of rows at which planets are the share `prevalence` of their sum.

    Args:
        labels: Shape (n,), 0 or 1.
        prevalence: In (0, 1); None weighs nothing.

    Returns:
        Shape (n,): 1 for planets, `others_weight` for other rows, and NaN for all where a class is
        empty, since no weight gives it a share.
    """
    if prevalence is None:
        return None
    others = others_weight(labels, prevalence)
    return np.where((labels == 1) & ~np.isnan(others), 1.0, others)
