"""Scaling a view by one mean and one standard deviation, fitted on training rows only.

One pair of numbers for the whole view, not one a column: a convolution sees the same scale
everywhere, and a shifted transit stays the same transit.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Scaler:
    """Maps x to (x - mean) / scale."""

    mean: float
    scale: float

    def __call__(self, view: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scales a batch of any shape."""
        return (view - np.float32(self.mean)) / np.float32(self.scale)


UNSCALED = Scaler(mean=0.0, scale=1.0)


def fit_scaler(view: NDArray[np.float32], rows: NDArray[Any]) -> Scaler:
    """Fits a scaler on the given rows and on nothing else.

    Args:
        view: Shape (n, ...).
        rows: Indices of the training rows.

    Returns:
        Mean and standard deviation over all values of these rows; a constant view keeps scale 1.
    """
    values = view[rows]
    scale = float(values.std(dtype=np.float64))
    return Scaler(mean=float(values.mean(dtype=np.float64)), scale=scale if scale > 0 else 1.0)
