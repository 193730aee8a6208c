"""Scaling views by means and standard deviations, fitted on training rows only.

A curve or an image has one pair of numbers for the whole view, not one a column: a convolution sees
the same scale everywhere, and a shifted transit stays the same transit. Features have a pair a
column, for each is a quantity of its own.
"""

import math
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
        scaled: Array = view - mean
        scaled /= scale
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
        views: Of all examples; rows that are many are read some at a time.
        rows: Indices of the training rows.

    Returns:
        Mean and standard deviation over all known values of these rows, of the whole view or of
        each feature; what is constant keeps scale 1, what is never known mean 0.
    """
    moments: dict[str, list[_Moments]] = {}
    for part in views.at(rows).parts():
        for name, array in part.items():
            own = _moments(array)
            before = moments.get(name)
            moments[name] = own if before is None else list(map(_Moments.joined, before, own))
    return Scaler({name: _scaler(own) for name, own in moments.items()})


@dataclass(frozen=True)
class _Moments:
    """Number, mean and variance of some values."""

    n: int = 0
    mean: float = 0.0
    variance: float = 0.0

    @classmethod
    def of(cls, values: Array) -> "_Moments":
        if not values.size:
            return cls()
        mean = values.mean(dtype=np.float64)
        return cls(values.size, float(mean), float(values.var(dtype=np.float64)))

    def joined(self, other: "_Moments") -> "_Moments":
        """Of both together: Chan, Golub & LeVeque 1983, The American Statistician 37:242."""
        if not self.n or not other.n:
            return self if self.n else other
        n, apart = self.n + other.n, other.mean - self.mean
        share = other.n / n
        variance = (1 - share) * self.variance + share * other.variance
        return _Moments(
            n, self.mean + share * apart, variance + share * (1 - share) * apart * apart
        )


def _moments(values: Array) -> list[_Moments]:
    """Of a whole view, or of the known values of each column of features."""
    if values.ndim > 2:
        return [_Moments.of(values)]
    return [_Moments.of(column[np.isfinite(column)]) for column in values.T]


def _scaler(moments: list[_Moments]) -> ViewScaler:
    """What is constant keeps its scale."""
    scales = [math.sqrt(one.variance) for one in moments]
    return ViewScaler(
        tuple(one.mean for one in moments),
        tuple(scale if scale > 0 else 1.0 for scale in scales),
    )
