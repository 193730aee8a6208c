"""Rules of layers that move values about: padding, cropping, upsampling, new shapes."""

from typing import Any

from keras import layers

from kepler_keras.models.anatomy.extents import Window
from kepler_keras.models.anatomy.facts import (
    OWN_PLACE,
    Facts,
    Rule,
    Shape,
    Sight,
    channels_last,
    values,
)
from kepler_keras.models.anatomy.windows import sizes


def _zero_padding(layer: Any, sources: tuple[Shape, ...]) -> Facts | None:
    return _ends(layer, sources, _pairs(layer.padding), sign=1)


def _cropping(layer: Any, sources: tuple[Shape, ...]) -> Facts | None:
    return _ends(layer, sources, _pairs(layer.cropping), sign=-1)


def _pairs(ends: Any) -> tuple[tuple[int, int], ...]:
    """What is added to or cut off each axis, (begin, end), as 1-D and 2-D layers hold it."""
    return (tuple(ends),) if isinstance(ends[0], int) else tuple(map(tuple, ends))


def _ends(
    layer: Any, sources: tuple[Shape, ...], pairs: tuple[tuple[int, int], ...], *, sign: int
) -> Facts | None:
    if not channels_last(layer):
        return None
    *lengths, channels = sources[0]
    after = [n + sign * sum(pair) for n, pair in zip(lengths, pairs, strict=True)]
    windows = tuple(Window(before=sign * begin) for begin, _ in pairs)
    padding = ", ".join(f"{sign * begin:+d}/{sign * end:+d}" for begin, end in pairs)
    return Facts((*after, channels), windows, padding=padding)


def _upsampling(layer: Any, sources: tuple[Shape, ...]) -> Facts | None:
    """Every unit stands `size` times: unit i sees unit i // size, at most."""
    if not channels_last(layer) or getattr(layer, "interpolation", "nearest") != "nearest":
        return None
    *lengths, channels = sources[0]
    factors = sizes(layer.size, len(lengths))
    windows = tuple(Window(1 / f, (f - 1) / f, (f - 1) / f) for f in factors)
    after = (n * f for n, f in zip(lengths, factors, strict=True))
    return Facts((*after, channels), windows)


def _flatten(layer: Any, sources: tuple[Shape, ...]) -> Facts | None:
    """The place is kept as an order of values; whatever takes them all in sees all places."""
    if not channels_last(layer):
        return None
    source = sources[0]
    return Facts((values(source),), "gather" if len(source) > 1 else OWN_PLACE)


def _reshape(layer: Any, sources: tuple[Shape, ...]) -> Facts:
    """Rows of values in the same order."""
    source, asked = sources[0], tuple(layer.target_shape)
    known = values(tuple(size for size in asked if size != -1))
    shape = tuple(values(source) // known if size == -1 else size for size in asked)
    return Facts(shape, _reshaped_sight(source, shape))


def _reshaped_sight(source: Shape, shape: Shape) -> Sight:
    """Whole neighbours put together are a window; everything else is not known."""
    if shape == source:
        return OWN_PLACE
    if len(shape) == 1:
        return "gather"
    if len(source) == len(shape) == 2 and shape[1] % source[1] == 0:
        together = shape[1] // source[1]
        return (Window(together, 0, together - 1),)
    return None


def _permute(layer: Any, sources: tuple[Shape, ...]) -> Facts:
    """Axes in another order; then places no longer lie along the view's own axes."""
    shape = tuple(sources[0][axis - 1] for axis in layer.dims)
    in_order = tuple(layer.dims) == tuple(range(1, len(shape) + 1))
    return Facts(shape, OWN_PLACE if in_order else None)


def _repeat(layer: Any, sources: tuple[Shape, ...]) -> Facts:
    return Facts((layer.n, *sources[0]), "gather")


RULES: dict[type, Rule] = {
    layers.ZeroPadding1D: _zero_padding,
    layers.ZeroPadding2D: _zero_padding,
    layers.Cropping1D: _cropping,
    layers.Cropping2D: _cropping,
    layers.UpSampling1D: _upsampling,
    layers.UpSampling2D: _upsampling,
    layers.Flatten: _flatten,
    layers.Reshape: _reshape,
    layers.Permute: _permute,
    layers.RepeatVector: _repeat,
}
