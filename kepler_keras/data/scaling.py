"""Scaling views by means and standard deviations, fitted on training rows only.

A curve or an image has one pair of numbers for the whole view, not one a column: a convolution sees
the same scale everywhere, and a shifted transit stays the same transit. Features have a pair a
column, for each is a quantity of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.views import Array, Views


@dataclass(frozen=True)
class ViewScaler:
    """Maps x to (x - mean) / scale, and a feature that is missing to 0, the mean.

    Attributes:
        mean: One value for the whole view, or one a column of features.
        scale: Likewise.
    """

    mean: tuple[float, ...]
    scale: tuple[float, ...]

    def __call__(self, view: Array) -> Array:
        """Scales a batch, shape (n, ...)."""
        mean, scale = np.array(self.mean, np.float32), np.array(self.scale, np.float32)
        scaled: Array = (view - mean) / scale
        return np.nan_to_num(scaled, copy=False) if view.ndim == 2 else scaled


@dataclass(frozen=True)
class Scaler:
    """The scaling of every view; a view that is not named here stays as it is."""

    views: Mapping[str, ViewScaler] = field(default_factory=dict)

    def __call__(self, views: Views) -> Views:
        """Scales all views of some examples."""
        if not self.views:
            return views
        return Views({name: self.views[name](array) for name, array in views.items()})


UNSCALED = Scaler()


def fit_scaler(views: Views, rows: NDArray[Any]) -> Scaler:
    """Fits a scaler on the given rows and on nothing else.

    Args:
        views: Of all examples.
        rows: Indices of the training rows.

    Returns:
        Mean and standard deviation over all known values of these rows, of the whole view or of
        each feature; what is constant keeps scale 1, what is never known mean 0.
    """
    return Scaler({name: _fit(array[rows]) for name, array in views.items()})


def _fit(values: Array) -> ViewScaler:
    if values.ndim > 2:
        pairs = [_mean_and_scale(values)]
    else:
        pairs = [_mean_and_scale(column[np.isfinite(column)]) for column in values.T]
    mean, scale = zip(*pairs, strict=True)
    return ViewScaler(mean, scale)


def _mean_and_scale(values: Array) -> tuple[float, float]:
    if not values.size:
        return 0.0, 1.0
    scale = float(values.std(dtype=np.float64))
    return float(values.mean(dtype=np.float64)), scale if scale > 0 else 1.0
