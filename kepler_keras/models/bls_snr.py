"""The signal-to-noise ratio of the period search: what a network must at least beat."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin

from kepler_keras.errors import InputError
from kepler_keras.lightcurve.search_features import SEARCH_FEATURES
from kepler_keras.models.shapes import Shapes

VIEW = "search_features"


def bls_snr(input_shapes: Shapes) -> "Column":
    """Builds a classifier that learns nothing: the higher the ratio, the likelier a planet.

    Named after the box least squares of Kovacs, Zucker & Mazeh 2002, A&A 391:369; the ratio is that
    of `lightcurve.search_features`. Scaling the view moves and stretches it and keeps its order.

    Raises:
        InputError: The entry has another view than `search_features`, or a further one.
    """
    if list(input_shapes) != [VIEW]:
        raise InputError(
            f"model 'bls_snr' needs a view of shape ({len(SEARCH_FEATURES)},), {VIEW}, and no "
            f"other, got {', '.join(f'{name} {shape}' for name, shape in input_shapes.items())}"
        )
    return Column(SEARCH_FEATURES.index("snr"))


class Column(ClassifierMixin, BaseEstimator):  # type: ignore[misc] # sklearn has no types
    """Answers with one column of its rows.

    Args:
        column: Its number.
    """

    def __init__(self, column: int):
        self.column = column

    def fit(
        self, rows: NDArray[Any], labels: NDArray[Any], sample_weight: NDArray[Any] | None = None
    ) -> "Column":
        """Learns the names of the classes and nothing else."""
        self.classes_ = np.unique(labels)
        return self

    def decision_function(self, rows: NDArray[Any]) -> NDArray[np.float64]:
        """The column, shape (n,)."""
        return np.asarray(rows[:, self.column], np.float64)
