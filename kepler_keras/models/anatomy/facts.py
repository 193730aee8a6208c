"""What a rule says of one layer."""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any, Literal

from kepler_keras.models.anatomy.extents import Window

Shape = tuple[int, ...]  # of one example, the channels at the end
# How units see their source: through windows, one an axis (none at all: each unit its own place),
# all of it (`gather`), or in a way that is not known.
Sight = tuple[Window, ...] | Literal["gather"] | None
OWN_PLACE: Sight = ()


@dataclass(frozen=True)
class Connections:
    """How the units of a layer hang together with those of its source.

    Attributes:
        sparse: Whether a unit is connected with a part of the source only.
        shared: Whether units at several places use the same weights.
        number: Of connections, those with padding included: m x n of a dense layer with m inputs
            and n outputs, k x n where a unit has k of them.
        weights: Different ones among them, without offsets: m x n, or k where all units share them.
    """

    sparse: bool
    shared: bool
    number: int
    weights: int

    @property
    def kind(self) -> str:
        """In words: ``dense``, ``sparse``, ``sparse, shared``."""
        kind = "sparse" if self.sparse else "dense"
        return f"{kind}, shared" if self.shared else kind


@dataclass(frozen=True)
class Facts:
    """What a layer does to one example.

    Attributes:
        shape: Of its output.
        sight: Which units of its source its units see.
        parameters: Numbers it holds, trained or not.
        multiply_adds: Products that are added up: of inputs with weights, in attention also of
            inputs with each other. Sums, comparisons and activations are not counted.
        kernel: Width of its window along each axis; None where it has none.
        stride: The same.
        dilation: The same.
        padding: Keras's name of it, or the numbers of zeros or of steps cut off.
        groups: Of channels that are convolved by themselves.
        connections: None where the words do not fit.
    """

    shape: Shape
    sight: Sight = OWN_PLACE
    parameters: int = 0
    multiply_adds: int = 0
    kernel: Shape | None = None
    stride: Shape | None = None
    dilation: Shape | None = None
    padding: str | None = None
    groups: int | None = None
    connections: Connections | None = None


# A rule takes a layer and the shapes of its sources; None where it does not know such a layer.
Rule = Callable[[Any, tuple[Shape, ...]], Facts | None]


def values(shape: Shape) -> int:
    """How many numbers a tensor holds for one example."""
    return prod(shape)


def channels_last(layer: Any) -> bool:
    """Whether a layer's channels stand at the end, as everywhere in this package."""
    return getattr(layer, "data_format", "channels_last") == "channels_last"
