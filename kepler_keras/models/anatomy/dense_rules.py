"""Rules of dense layers, also of those that work at each place by itself."""

from typing import Any

from keras import layers

from kepler_keras.models.anatomy.facts import OWN_PLACE, Connections, Facts, Rule, Shape, values


def _dense(layer: Any, sources: tuple[Shape, ...]) -> Facts | None:
    """Every output takes every input; at several places, all with the same weights."""
    if getattr(layer, "quantization_mode", None) or getattr(layer, "lora_rank", None):
        return None  # they hold more numbers
    *places, inputs = sources[0]
    weights = inputs * layer.units
    number = values(tuple(places)) * weights
    several = bool(places)  # then it is a convolution of width 1
    return Facts(
        (*places, layer.units),
        parameters=weights + (layer.units if layer.use_bias else 0),
        multiply_adds=number,
        connections=Connections(sparse=several, shared=several, number=number, weights=weights),
    )


def _einsum_dense(layer: Any, sources: tuple[Shape, ...]) -> Facts | None:
    """A sum over the letters that the equation leaves out, as ``ntp,pw->ntw``."""
    if "." in layer.equation:
        return None
    taken, kernel, given = layer.equation.replace("->", ",").split(",")
    batch, *places = given[:-1]
    made = layer.partial_output_shape
    shape = (made,) if isinstance(made, int) else tuple(made)
    lengths = dict(zip(taken[1:], sources[0], strict=True))
    lengths |= {
        letter: size for letter, size in zip(given[1:], shape, strict=True) if size is not None
    }
    weights = values(tuple(lengths[letter] for letter in kernel))
    number = values(tuple(lengths.values()))
    offsets = values(tuple(lengths[letter] for letter in layer.bias_axes or ""))
    # Places stay where they were if they stand first in both and no weight is their own.
    in_place = taken[:-1] == given[:-1] and not set(places) & set(kernel) and batch not in kernel
    return Facts(
        tuple(lengths[letter] for letter in given[1:]),
        OWN_PLACE if in_place else "gather",
        parameters=weights + (offsets if layer.bias_axes else 0),
        multiply_adds=number,
        connections=Connections(
            sparse=bool(places) and in_place,
            shared=number > weights,
            number=number,
            weights=weights,
        ),
    )


RULES: dict[type, Rule] = {layers.Dense: _dense, layers.EinsumDense: _einsum_dense}
