"""What a trained network is and does: its card, its answers to shifts, one transit through it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepler_keras.errors import InputError
from kepler_keras.models.anatomy.card import ModelCard
from kepler_keras.models.anatomy.feature_map import FeatureMap
from kepler_keras.models.anatomy.shift_error import ShiftError
from kepler_keras.training.fit import Examples, Rows
from kepler_keras.training.fitted import Fitted, FittedKeras, Scores


@dataclass(frozen=True)
class Portrait:
    """A network after training, and the test planet that it is most sure of.

    Attributes:
        card: The network's.
        shifts: How its layers answer when that planet's curves are moved.
        row: Of the planet.
        score: What the network gives it.
        curves: The planet's views that the network sees as curves, scaled, (length, channels).
        maps: What each layer makes of them; empty where none has places along a curve.
    """

    card: ModelCard
    shifts: tuple[ShiftError, ...]
    row: int
    score: float
    curves: Mapping[str, NDArray[np.float32]]
    maps: Mapping[str, FeatureMap]


def portrait_of(fitted: Fitted, examples: Examples, rows: Rows, scores: Scores) -> Portrait | None:
    """Draws the portrait of a network from the planet it scores highest; None of anything else.

    Args:
        fitted: The model after training.
        examples: All views and labels.
        rows: Test rows.
        scores: What the model gives them, shape (n,).
    """
    if not isinstance(fitted, FittedKeras):
        return None
    from kepler_keras.models.anatomy.describe import describe
    from kepler_keras.models.anatomy.feature_maps import feature_maps
    from kepler_keras.models.anatomy.shifts import shift_errors

    planets = np.flatnonzero(examples.labels[rows] == 1)
    best = planets[np.argmax(scores[planets])]
    scaled = dict(fitted.scaler(examples.views[rows[[best]]]).items())
    try:
        maps = feature_maps(fitted.model, scaled)
    except InputError:  # an image, or dense layers alone
        maps = {}
    return Portrait(
        describe(fitted.model),
        tuple(shift_errors(fitted.model, scaled)),
        int(rows[best]),
        float(scores[best]),
        {name: view[0] for name, view in scaled.items() if view.ndim == 3},
        maps,
    )
