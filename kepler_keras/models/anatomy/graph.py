"""The calls of which a functional model consists, each behind those that it takes from."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras

from kepler_keras.errors import InputError
from kepler_keras.models.anatomy.facts import Shape


@dataclass(frozen=True)
class Call:
    """One layer, or another operation, at one place of the graph.

    Attributes:
        name: Of the layer; of one inside a nested model `<model>/<layer>`, of one that is called
            again `<layer>:2`.
        layer: The layer itself.
        sources: Tensors that it takes, by their number.
        output: The number of the tensor that it gives.
        tensor: That tensor itself; inside a nested model it is one of the inner model.
        shape: Of it, for one example, as Keras has it.
        again: Whether the layer has stood before, so that its parameters are counted already.
    """

    name: str
    layer: Any
    sources: tuple[int, ...]
    output: int
    tensor: Any
    shape: Shape
    again: bool


def calls_of(model: Any) -> list[Call]:
    """All calls of a model, column after column.

    A nested functional model is descended into; one with a `call` of its own is one call.

    Raises:
        InputError: The model is no graph of layers, or a length in it is left open.
    """
    if not _is_graph(model):
        name = getattr(model, "name", type(model).__name__)
        raise InputError(f"model {name!r}: a card needs a functional or sequential network")
    return list(_Walk().through(model, prefix="", known={}))


def _is_graph(layer: Any) -> bool:
    return isinstance(layer, keras.Model) and bool(
        getattr(layer, "outputs", None) and getattr(layer, "inputs", None)
    )


class _Walk:
    """Numbers tensors, and remembers how often each layer was called."""

    def __init__(self) -> None:
        self.times: dict[int, int] = {}
        self.tensors: dict[tuple[str, int], int] = {}
        self.kept: list[Any] = []  # or an id could be given twice

    def through(self, model: Any, *, prefix: str, known: dict[int, int]) -> Iterator[Call]:
        """The calls of one model.

        Args:
            model: A graph.
            prefix: Of the names of its layers.
            known: Numbers of the tensors that have been made, by id; those of its inputs where it
                is nested. What it makes is added.
        """
        for operation, node in _in_order(model, known):
            sources = tuple(known[id(tensor)] for tensor in node.input_tensors)
            if _is_graph(operation) and len(sources) == len(operation.inputs):
                inner = dict(zip(map(id, operation.inputs), sources, strict=True))
                yield from self.through(operation, prefix=f"{prefix}{operation.name}/", known=inner)
                made = [inner[id(tensor)] for tensor in operation.outputs]
                known.update(zip(map(id, node.output_tensors), made, strict=True))
                continue
            for tensor in node.output_tensors:
                known[id(tensor)] = self._number(tensor)
            yield self._call(operation, node, prefix, sources, known)

    def _number(self, tensor: Any) -> int:
        self.kept.append(tensor)
        return len(self.kept) - 1

    def _call(
        self,
        operation: Any,
        node: Any,
        prefix: str,
        sources: tuple[int, ...],
        known: dict[int, int],
    ) -> Call:
        times = self.times[id(operation)] = self.times.get(id(operation), 0) + 1
        name = f"{prefix}{operation.name}" + (f":{times}" if times > 1 else "")
        tensor = node.output_tensors[0]
        shape = tuple(tensor.shape[1:])
        if None in shape:
            raise InputError(
                f"layer {name!r}: a card needs fixed lengths, got {tuple(tensor.shape)}"
            )
        return Call(name, operation, sources, known[id(tensor)], tensor, shape, times > 1)


def _in_order(model: Any, known: dict[int, int]) -> Iterator[tuple[Any, Any]]:
    """The operations of a graph with their nodes, each once and behind all that it needs.

    Keras keeps with every tensor where it came from (`_keras_history`), which this follows from the
    outputs back; nothing else tells the calls of a layer that is used twice apart.
    """
    done: set[tuple[int, int]] = set()
    stack = [(tensor, False) for tensor in reversed(model.outputs)]
    while stack:
        tensor, ready = stack.pop()
        if id(tensor) in known:
            continue
        operation, index, _ = tensor._keras_history
        node = operation._inbound_nodes[index]
        if ready:
            if (id(operation), index) not in done:
                done.add((id(operation), index))
                yield operation, node
            continue
        stack.append((tensor, True))
        stack += [(source, False) for source in reversed(node.input_tensors)]
