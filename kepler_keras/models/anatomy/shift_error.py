"""What was measured of one layer when the curve was moved, as plain data without Keras."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ShiftError:
    """How one layer answers when one view is moved along its last axis.

    Attributes:
        layer: Its name.
        view: The view that was moved, in a circle.
        places: Whether the layer has places along the view, so that its output can move along.
        shift: Steps of the view that are one place of the layer; for a layer without places the
            longest such shift of a layer before it.
        by_place: Error after moving by `shift`. With places: the root mean square of what the
            output, moved back by one place, differs by, over that of the output about each
            channel's mean; inner units alone. Without: of the whole output's change over the
            output. None where no unit is inner, or there is nothing to relate to.
        by_step: The same after moving by one step. With places against the values in between,
            (1 - 1 / shift) of a unit's own and 1 / shift of its neighbour's: what is lost between
            two places.
    """

    layer: str
    view: str
    places: bool
    shift: int
    by_place: float | None
    by_step: float | None
