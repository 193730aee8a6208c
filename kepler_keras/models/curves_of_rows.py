"""Flat rows put back into the curves that they were, for estimators of time series."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from kepler_keras.errors import InputError
from kepler_keras.models.shapes import Shapes

AXES = 2  # of an example that is a curve: (cadences or bins, channels)


class CurvesOfRows(TransformerMixin, BaseEstimator):  # type: ignore[misc] # sklearn has no types
    """Rows of several curves of one length, side by side, as the channels of one curve.

    Args:
        length: Cadences or bins of every curve.
        channels: Channels of each of them.
    """

    def __init__(self, length: int, channels: tuple[int, ...] = (1,)):
        self.length = length
        self.channels = channels

    def fit(self, rows: NDArray[Any], labels: Any = None) -> "CurvesOfRows":
        """Learns nothing."""
        return self

    def transform(self, rows: NDArray[Any]) -> NDArray[np.float32]:
        """Rows of shape (n, d) as curves of shape (n, all channels, length), aeon's layout."""
        views, start = [], 0
        for channels in self.channels:
            stop = start + self.length * channels
            view = np.asarray(rows[:, start:stop], np.float32).reshape(-1, self.length, channels)
            views.append(view.transpose(0, 2, 1))
            start = stop
        return np.ascontiguousarray(np.concatenate(views, axis=1))

    def __sklearn_is_fitted__(self) -> bool:
        return True


def back_to_curves(model: str, input_shapes: Shapes, *, shortest: int = 1) -> CurvesOfRows:
    """What turns the rows of these views into curves.

    Args:
        model: Name of the model, for the error.
        input_shapes: Shape of one example of each view.
        shortest: Fewest cadences or bins that the model can work on.

    Raises:
        InputError: A view is no curve or is too short, or several differ in length.
    """
    for shape in input_shapes.values():
        if len(shape) != AXES:
            raise InputError(
                f"model {model!r} needs a view of shape (cadences or bins, channels), got {shape}"
            )
    lengths = {name: shape[0] for name, shape in input_shapes.items()}
    if len(set(lengths.values())) > 1:
        came = ", ".join(f"{name} of {length}" for name, length in lengths.items())
        raise InputError(
            f"model {model!r} takes several curves as channels of one, which must be of one "
            f"length, got {came}"
        )
    length = next(iter(lengths.values()))
    if length < shortest:
        raise InputError(
            f"model {model!r} needs curves of at least {shortest} cadences or bins, got {length}"
        )
    return CurvesOfRows(length, tuple(shape[1] for shape in input_shapes.values()))
