"""Rules of pooling, near and global."""

from math import prod
from typing import Any

from keras import layers

from kepler_keras.models.anatomy.facts import (
    Connections,
    Facts,
    Rule,
    Shape,
    channels_last,
    values,
)
from kepler_keras.models.anatomy.windows import sizes, slide_all


def _pooling(layer: Any, sources: tuple[Shape, ...]) -> Facts | None:
    """The largest or the mean of each window, every channel by itself; no weights."""
    if not channels_last(layer):
        return None
    axes = len(sources[0]) - 1
    kernel, stride = sizes(layer.pool_size, axes), sizes(layer.strides, axes)
    lengths, windows = slide_all(
        sources[0][:-1], kernel=kernel, stride=stride, dilation=(1,) * axes, padding=layer.padding
    )
    shape = (*lengths, sources[0][-1])
    number = prod(kernel) * values(shape)
    return Facts(
        shape,
        windows,
        kernel=kernel,
        stride=stride,
        padding=layer.padding,
        connections=Connections(sparse=True, shared=False, number=number, weights=0),
    )


def _global_pooling(layer: Any, sources: tuple[Shape, ...]) -> Facts | None:
    """The largest or the mean of all places, every channel by itself."""
    if not channels_last(layer):
        return None
    *lengths, channels = sources[0]
    kept = (1,) * len(lengths) if layer.keepdims else ()
    connections = Connections(sparse=True, shared=False, number=values(sources[0]), weights=0)
    return Facts((*kept, channels), "gather", connections=connections)


RULES: dict[type, Rule] = {
    layers.MaxPooling1D: _pooling,
    layers.MaxPooling2D: _pooling,
    layers.AveragePooling1D: _pooling,
    layers.AveragePooling2D: _pooling,
    layers.GlobalMaxPooling1D: _global_pooling,
    layers.GlobalMaxPooling2D: _global_pooling,
    layers.GlobalAveragePooling1D: _global_pooling,
    layers.GlobalAveragePooling2D: _global_pooling,
}
