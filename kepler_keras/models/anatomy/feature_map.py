"""The output of one layer for one curve, as plain data without Keras."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepler_keras.models.anatomy.extents import Extent


@dataclass(frozen=True)
class FeatureMap:
    """The output of one layer for one curve.

    Attributes:
        layer: Its name.
        view: The view along which its places lie.
        values: Shape (places, channels).
        extent: Which steps of the view each place sees.
    """

    layer: str
    view: str
    values: NDArray[np.float32]
    extent: Extent

    @property
    def middles(self) -> NDArray[np.float64]:
        """The middle of what each place sees, in steps of the view."""
        middle = (self.extent.low + self.extent.high) / 2
        return self.extent.jump * np.arange(len(self.values), dtype=np.float64) + middle
