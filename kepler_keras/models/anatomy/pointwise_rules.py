"""Rules of layers that work at every place by itself: activations, dropout, norms, sums."""

from typing import Any

from keras import layers

from kepler_keras.models.anatomy.facts import OWN_PLACE, Facts, Rule, Shape, values


def _unchanged(layer: Any, sources: tuple[Shape, ...]) -> Facts:
    return Facts(sources[0])


def _softmax(layer: Any, sources: tuple[Shape, ...]) -> Facts:
    """Over the channels it stays at its place, over anything else it sees all of it."""
    return Facts(sources[0], _sight_over(layer.axis, sources[0]))


def _prelu(layer: Any, sources: tuple[Shape, ...]) -> Facts:
    """A slope for every value, or one for all along the shared axes."""
    shared = layer.shared_axes or ()
    sizes = (1 if i in shared else n for i, n in enumerate(sources[0], start=1))
    return Facts(sources[0], parameters=values(tuple(sizes)), multiply_adds=values(sources[0]))


def _batch_normalization(layer: Any, sources: tuple[Shape, ...]) -> Facts:
    """Mean and variance of the training batches, and a scale and an offset that are trained."""
    channels = (1, *sources[0])[layer.axis]
    parameters = channels * (2 + bool(layer.scale) + bool(layer.center))
    return Facts(sources[0], parameters=parameters, multiply_adds=values(sources[0]))


def _layer_normalization(layer: Any, sources: tuple[Shape, ...]) -> Facts:
    """Over the channels of each place, unless it is told other axes."""
    axes = (layer.axis,) if isinstance(layer.axis, int) else tuple(layer.axis)
    count = values(tuple((1, *sources[0])[axis] for axis in axes))
    rms = getattr(layer, "rms_scaling", False)
    numbers = 1 if rms else bool(layer.scale) + bool(layer.center)
    sight = OWN_PLACE
    for axis in axes:
        sight = sight if _sight_over(axis, sources[0]) == OWN_PLACE else "gather"
    return Facts(sources[0], sight, parameters=count * numbers, multiply_adds=values(sources[0]))


def _group_normalization(layer: Any, sources: tuple[Shape, ...]) -> Facts:
    """Mean and variance of all places of an example, so that every unit sees them all."""
    channels = (1, *sources[0])[layer.axis]
    parameters = channels * (bool(layer.scale) + bool(layer.center))
    sight = "gather" if len(sources[0]) > 1 else OWN_PLACE
    return Facts(sources[0], sight, parameters, multiply_adds=values(sources[0]))


def _sight_over(axis: int | tuple[int, ...] | list[int], shape: Shape) -> Any:
    """What a unit sees where values along an axis, counted with the batch, are put in relation."""
    return OWN_PLACE if axis in (-1, len(shape)) or len(shape) == 1 else "gather"


def _merge(layer: Any, sources: tuple[Shape, ...]) -> Facts:
    """Sources of one shape, or of length 1 where they count for all places."""
    longest = max(map(len, sources))
    same = [(1,) * (longest - len(shape)) + shape for shape in sources]
    return Facts(tuple(max(sizes) for sizes in zip(*same, strict=True)))


def _concatenate(layer: Any, sources: tuple[Shape, ...]) -> Facts:
    """Channels side by side; joined along another axis, places are no longer those of the view."""
    axis = layer.axis - 1 if layer.axis > 0 else layer.axis + len(sources[0])
    shape = list(sources[0])
    shape[axis] = sum(source[axis] for source in sources)
    return Facts(tuple(shape), OWN_PLACE if axis == len(shape) - 1 else None)


UNCHANGED = (
    layers.InputLayer, layers.Identity, layers.Activation, layers.ReLU, layers.LeakyReLU,
    layers.ELU,
    layers.Dropout, layers.SpatialDropout1D, layers.SpatialDropout2D, layers.GaussianDropout,
    layers.AlphaDropout, layers.GaussianNoise, layers.ActivityRegularization, layers.Rescaling,
)  # fmt: skip
MERGES = (
    layers.Add, layers.Subtract, layers.Multiply, layers.Average, layers.Maximum, layers.Minimum,
)  # fmt: skip
RULES: dict[type, Rule] = {
    **dict.fromkeys(UNCHANGED, _unchanged),
    **dict.fromkeys(MERGES, _merge),
    layers.Softmax: _softmax,
    layers.PReLU: _prelu,
    layers.BatchNormalization: _batch_normalization,
    layers.LayerNormalization: _layer_normalization,
    layers.GroupNormalization: _group_normalization,
    layers.Concatenate: _concatenate,
}
