"""Which input steps a unit of a layer sees, along one axis of one view.

The recurrences are those of Araujo, Norris & Sim (2019, Distill, doi:10.23915/distill.00021,
"Computing Receptive Fields of Convolutional Neural Networks"), carried from the input on.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

ROUNDING = 1e-6  # steps; jumps of upsampling are no whole numbers


@dataclass(frozen=True)
class Window:
    """Which units of its source a unit of a layer sees: from s i - before to s i - before + span.

    Attributes:
        stride: Units of the source between neighbours; below 1 where a layer makes units.
        before: Units to the left of s i, padding included; negative where a layer crops.
        span: Units from the first to the last that is seen, less one.
    """

    stride: float = 1.0
    before: float = 0.0
    span: float = 0.0


@dataclass(frozen=True)
class Extent:
    """Unit i sees the input steps from jump i + low to jump i + high, as far as there are any.

    Attributes:
        length: Steps of the view.
        jump: Steps between neighbouring units; 0 where all units see the same.
        low: First step of unit 0; negative where it lies in the padding.
        high: Last step of unit 0.
        least: First step that any unit can see.
        most: Last one.
    """

    length: int
    jump: float
    low: float
    high: float
    least: float
    most: float

    @property
    def size(self) -> int:
        """Steps that an inner unit sees; more than the view has where no unit is inner."""
        return math.floor(self.high - self.low + ROUNDING) + 1

    @property
    def seen(self) -> int:
        """The same, at most the length of the view."""
        return min(self.size, self.length)

    @property
    def gathered(self) -> bool:
        """Whether all units see the same, as behind `Flatten` or global pooling."""
        return self.jump == 0

    def steps(self, unit: int) -> tuple[int, int] | None:
        """First and last input step of one unit, both included; None of one that sees only padding.

        Exact for inner units. Where padding, dilation and cropping meet at a border it is the most
        that the unit can see.
        """
        first = max(self.jump * unit + self.low, self.least)
        last = min(self.jump * unit + self.high, self.most)
        steps = math.ceil(first - ROUNDING), math.floor(last + ROUNDING)
        return steps if steps[0] <= steps[1] else None

    def is_inner(self, unit: int) -> bool:
        """Whether nothing that the unit would see is cut off at a border of any layer."""
        first, last = self.jump * unit + self.low, self.jump * unit + self.high
        return first >= self.least - ROUNDING and last <= self.most + ROUNDING


def whole_view(length: int) -> Extent:
    """The extent of the input itself: every step sees itself."""
    return Extent(length, 1.0, 0.0, 0.0, 0.0, length - 1.0)


def through(extent: Extent, window: Window, units: int) -> Extent:
    """The extent of a layer whose source has the given one.

    Args:
        extent: Of the source.
        window: Which of the source's units the layer's units see.
        units: How many units the source has along the axis.
    """
    low = extent.low - extent.jump * window.before
    return replace(
        extent,
        jump=extent.jump * window.stride,
        low=low,
        high=extent.high + extent.jump * (window.span - window.before),
        least=max(extent.least, extent.low),
        most=min(extent.most, extent.jump * (units - 1) + extent.high),
    )


def gather(extent: Extent, units: int) -> Extent:
    """The extent of a unit that sees all units of its source."""
    low = max(extent.low, extent.least)
    high = min(extent.jump * (units - 1) + extent.high, extent.most)
    return Extent(extent.length, 0.0, low, high, low, high)


def union(extents: Sequence[Extent], units: int) -> Extent | None:
    """What a unit sees through several sources; None where their jumps differ.

    Args:
        extents: Of the sources, along the same axis of the same view.
        units: How many units they have.
    """
    if any(extent.gathered for extent in extents):
        extents = [gather(extent, units) for extent in extents]
    if not all(math.isclose(extent.jump, extents[0].jump) for extent in extents):
        return None
    return replace(
        extents[0],
        low=min(extent.low for extent in extents),
        high=max(extent.high for extent in extents),
        least=min(extent.least for extent in extents),
        most=max(extent.most for extent in extents),
    )
