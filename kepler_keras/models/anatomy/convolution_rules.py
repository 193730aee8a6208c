"""Rules of convolutions: plain, grouped, dilated, depthwise, separable and transposed."""

from math import prod
from typing import Any

from keras import layers

from kepler_keras.models.anatomy.extents import Window
from kepler_keras.models.anatomy.facts import Connections, Facts, Rule, Shape, channels_last
from kepler_keras.models.anatomy.windows import sizes, slide_all


def _convolution(layer: Any, sources: tuple[Shape, ...]) -> Facts | None:
    """A kernel sees kernel x (channels of its group) values and makes one channel."""
    inputs = sources[0][-1] // layer.groups * prod(layer.kernel_size)
    return _sliding(layer, sources, channels=layer.filters, taps=((inputs, layer.filters),))


def _depthwise(layer: Any, sources: tuple[Shape, ...]) -> Facts | None:
    """Every channel has kernels of its own, `depth_multiplier` of them."""
    channels = sources[0][-1] * layer.depth_multiplier
    return _sliding(layer, sources, channels=channels, taps=((prod(layer.kernel_size), channels),))


def _separable(layer: Any, sources: tuple[Shape, ...]) -> Facts | None:
    """A depthwise convolution, and then one of width 1 that mixes the channels."""
    middle = sources[0][-1] * layer.depth_multiplier
    taps = ((prod(layer.kernel_size), middle), (middle, layer.filters))
    return _sliding(layer, sources, channels=layer.filters, taps=taps)


def _sliding(
    layer: Any, sources: tuple[Shape, ...], *, channels: int, taps: tuple[tuple[int, int], ...]
) -> Facts | None:
    """What all of them have in common.

    Args:
        layer: One of them.
        sources: Its only source.
        channels: That come out.
        taps: Of each stage, the values that a unit takes, and its channels.
    """
    if not channels_last(layer):
        return None
    axes = len(sources[0]) - 1
    kernel, stride, dilation = (
        sizes(numbers, axes) for numbers in (layer.kernel_size, layer.strides, layer.dilation_rate)
    )
    lengths, windows = slide_all(
        sources[0][:-1], kernel=kernel, stride=stride, dilation=dilation, padding=layer.padding
    )
    weights = sum(values * count for values, count in taps)
    products = prod(lengths) * weights
    return Facts(
        (*lengths, channels),
        windows,
        parameters=weights + (channels if layer.use_bias else 0),
        multiply_adds=products,
        kernel=kernel,
        stride=stride,
        dilation=dilation,
        padding=layer.padding,
        groups=getattr(layer, "groups", None) or sources[0][-1],
        connections=Connections(sparse=True, shared=True, number=products, weights=weights),
    )


def _transposed(layer: Any, sources: tuple[Shape, ...]) -> Facts | None:
    """Every unit of the source adds a kernel, `stride` units from the next one's.

    A unit sees the source from (i + cut - kernel + 1) / stride to (i + cut) / stride, where `cut`
    of what overhangs is taken off at the beginning: an upper bound where stride > kernel.
    """
    axes = len(sources[0]) - 1
    kernel, stride = sizes(layer.kernel_size, axes), sizes(layer.strides, axes)
    plain = set(sizes(layer.dilation_rate, axes)) == {1} and layer.output_padding is None
    if not (plain and channels_last(layer)):
        return None
    valid = layer.padding == "valid"
    over = [max(k - s, 0) for k, s in zip(kernel, stride, strict=True)]
    lengths = tuple(
        n * s + (more if valid else 0)
        for n, s, more in zip(sources[0][:-1], stride, over, strict=True)
    )
    windows = tuple(
        Window(1 / s, (k - 1 - (0 if valid else more // 2)) / s, (k - 1) / s)
        for k, s, more in zip(kernel, stride, over, strict=True)
    )
    weights = prod(kernel) * sources[0][-1] * layer.filters
    products = prod(sources[0][:-1]) * weights
    return Facts(
        (*lengths, layer.filters),
        windows,
        parameters=weights + (layer.filters if layer.use_bias else 0),
        multiply_adds=products,
        kernel=kernel,
        stride=stride,
        dilation=(1,) * axes,
        padding=f"{layer.padding}, transposed",
        groups=1,
        connections=Connections(sparse=True, shared=True, number=products, weights=weights),
    )


RULES: dict[type, Rule] = {
    layers.Conv1D: _convolution,
    layers.Conv2D: _convolution,
    layers.DepthwiseConv1D: _depthwise,
    layers.DepthwiseConv2D: _depthwise,
    layers.SeparableConv1D: _separable,
    layers.SeparableConv2D: _separable,
    layers.Conv1DTranspose: _transposed,
    layers.Conv2DTranspose: _transposed,
}
