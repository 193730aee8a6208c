"""The card of a network: a line a layer and its totals, as plain data without Keras.

A card can be a field of a record: pydantic reads and writes these dataclasses as they stand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from kepler_keras.errors import InputError, first_fault
from kepler_keras.models.anatomy.extents import Extent
from kepler_keras.models.anatomy.facts import Connections, Shape

# What a unit sees of a view, an extent an axis; features, which have no places, have none. None
# where it is not known.
Sees = tuple[Extent, ...] | None


@dataclass(frozen=True)
class LayerCard:
    """One layer. Everything but name, kind and sources is None where no rule knows it.

    Attributes:
        name: As in the model; of a layer in a nested model `<model>/<layer>`, of one that is
            called again `<layer>:2`, without parameters of its own.
        kind: Its Keras class.
        sources: Names of the layers that it takes from.
        shape: Of its output for one example, the channels at the end.
        parameters: Numbers it holds, trained or not.
        multiply_adds: For one example; see `Facts`.
        kernel: Width of its window along each axis, in units of its source.
        stride: The same.
        dilation: The same.
        padding: Keras's name of it, or what is added to or cut off both ends.
        groups: Of channels convolved by themselves.
        connections: How it hangs together with its sources.
        sees: What a unit sees of every view that it depends on.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    name: str
    kind: str
    sources: tuple[str, ...]
    shape: Shape | None
    parameters: int | None
    multiply_adds: int | None
    kernel: Shape | None
    stride: Shape | None
    dilation: Shape | None
    padding: str | None
    groups: int | None
    connections: Connections | None
    sees: Mapping[str, Sees]

    @property
    def known(self) -> bool:
        """Whether a rule knows the layer."""
        return self.parameters is not None

    def places(self, view: str) -> tuple[Extent, ...] | None:
        """What a unit sees of a view where units still have places along it; else None."""
        sees = self.sees.get(view)
        return sees if sees and not any(extent.gathered for extent in sees) else None


@dataclass(frozen=True)
class ModelCard:
    """A network.

    Attributes:
        name: Of the model.
        views: Shape of one example of each input, by its name.
        layers: Each behind those that it takes from.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    name: str
    views: Mapping[str, Shape]
    layers: tuple[LayerCard, ...]

    @property
    def unknown(self) -> tuple[str, ...]:
        """Names of layers that no rule knows; the totals are without them."""
        return tuple(layer.name for layer in self.layers if not layer.known)

    @property
    def parameters(self) -> int:
        """Parameters of all known layers."""
        return sum(layer.parameters or 0 for layer in self.layers)

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds of all known layers for one example."""
        return sum(layer.multiply_adds or 0 for layer in self.layers)

    @property
    def dense_parameters(self) -> int:
        """Parameters of layers with dense connections, the logit's included.

        A `Dense` that works at each place by itself is none: its weights are shared.
        """
        return sum(
            layer.parameters or 0
            for layer in self.layers
            if layer.connections is not None and layer.connections.kind == "dense"
        )

    @property
    def dense_share(self) -> float | None:
        """Their share of all parameters; None where there are none."""
        return self.dense_parameters / self.parameters if self.parameters else None

    def last_places(self, view: str) -> LayerCard | None:
        """The last layer whose units have places along a view; None where the input alone has.

        Behind it stands what sees all places, as `Flatten`, global pooling or an LSTM.
        """
        return next((one for one in reversed(self.layers) if _counts(one, view)), None)

    @property
    def longest(self) -> str | None:
        """The view of which those layers see the most steps along the last axis."""
        last = {view: self.last_places(view) for view in self.views}
        seen = {view: one.places(view) for view, one in last.items() if one is not None}
        sizes = {view: extents[-1].size for view, extents in seen.items() if extents}
        return max(sizes, key=lambda view: sizes[view], default=None)


def _counts(layer: LayerCard, view: str) -> bool:
    return layer.kind != "InputLayer" and layer.places(view) is not None


_ADAPTER = TypeAdapter(ModelCard)


def card_to_dict(card: ModelCard) -> dict[str, Any]:
    """A card as plain data that JSON can hold."""
    plain: dict[str, Any] = _ADAPTER.dump_python(card, mode="json")
    return plain


def card_from_dict(plain: Mapping[str, Any]) -> ModelCard:
    """The card that `card_to_dict` made plain data of.

    Raises:
        InputError: It is none.
    """
    try:
        return _ADAPTER.validate_python(plain)
    except ValidationError as error:
        raise InputError(f"not the card of a network: {first_fault(error)}") from error
