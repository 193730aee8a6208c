"""What a network begins and ends with: an input for each view, and one logit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
from keras import layers

from kepler_keras.errors import InputError
from kepler_keras.models.shapes import Shapes

Column = Callable[[Any, str], Any]


@dataclass(frozen=True)
class Inputs:
    """The inputs of a network, named as the views that feed them.

    Attributes:
        tensors: One `keras.Input` a view, in the entry's order.
        curves: Those among them that the network's columns work on, by name.
        features: Those that are plain numbers, of shape (k,) an example, by name.
    """

    tensors: dict[str, Any]
    curves: dict[str, Any]
    features: dict[str, Any]

    def prefix(self, view: str) -> str:
        """What the names of a view's layers begin with; nothing where it is the only one."""
        return "" if len(self.curves) == 1 else f"{view}_"

    def view(self, prefix: str) -> str:
        """The curve view whose layers' names begin with a prefix."""
        return prefix.removesuffix("_") or next(iter(self.curves))

    def join(self, column: Column) -> Any:
        """Runs every curve through a column of its own and puts the features beside the results.

        Args:
            column: Takes a view's tensor and the prefix of its layers' names; gives a tensor of
                shape (n, m).

        Returns:
            Shape (n, all m and k together); a single result passes unchanged.
        """
        parts = [column(x, self.prefix(view)) for view, x in self.curves.items()]
        parts += self.features.values()
        return parts[0] if len(parts) == 1 else layers.Concatenate(name="join")(parts)

    def model(self, x: Any, *, name: str) -> keras.Model:
        """The network from its inputs to the logit of x, shape (n, m)."""
        # In float32 also where the layers before it compute in half precision.
        logit = layers.Dense(1, dtype="float32", name="logit")(x)
        inputs = list(self.tensors.values())
        return keras.Model(inputs[0] if len(inputs) == 1 else inputs, logit, name=name)


def network_inputs(model: str, input_shapes: Shapes, *, axes: Sequence[str] | None) -> Inputs:
    """Makes an input for each view.

    Args:
        model: Name of the network, for the error.
        input_shapes: Shape of one example of each view.
        axes: What the axes of a curve mean, as ``("bins", "channels")``; None takes every shape
            for a curve.

    Raises:
        InputError: No view has these axes, or one has others and is no row of features.
    """
    tensors = {name: keras.Input(shape, name=name) for name, shape in input_shapes.items()}
    features = {
        name: x for name, x in tensors.items() if axes is not None and len(input_shapes[name]) == 1
    }
    curves = {name: x for name, x in tensors.items() if name not in features}
    if axes is not None:
        wrong = [s for name, s in input_shapes.items() if name in curves and len(s) != len(axes)]
        wrong += [] if curves else list(input_shapes.values())
        if wrong:
            raise InputError(
                f"model {model!r} needs a view of shape ({', '.join(axes)}), got {wrong[0]}"
            )
    return Inputs(tensors, curves, features)
