"""What the layers of a network make of one curve, place by place."""

from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from kepler_keras.errors import InputError, suggestion
from kepler_keras.models.anatomy.card import LayerCard, ModelCard
from kepler_keras.models.anatomy.describe import describe
from kepler_keras.models.anatomy.feature_map import FeatureMap
from kepler_keras.models.anatomy.outputs import layer_outputs

# Layers that only finish what the one before began: the map behind them is shown instead of its.
FINISHING = (
    "Activation", "ReLU", "LeakyReLU", "ELU", "PReLU", "BatchNormalization", "LayerNormalization",
    "GroupNormalization",
)  # fmt: skip
# Layers that change nothing when a network scores, or only where values stand.
PASSING = (
    "InputLayer", "Identity", "Dropout", "SpatialDropout1D", "GaussianNoise", "GaussianDropout",
    "AlphaDropout", "ZeroPadding1D", "Cropping1D",
)  # fmt: skip


def feature_maps(
    model: Any, views: Mapping[str, NDArray[Any]], *, layers: Sequence[str] | None = None
) -> dict[str, FeatureMap]:
    """The maps of one example, by the layers' names in their order.

    Args:
        model: A functional or sequential network.
        views: An array (1, ...) for each input, by name.
        layers: Which; by default each convolution, pooling or sum, after its norm and activation.

    Raises:
        InputError: A layer that was asked for has no places along the axis of a curve, or none has.
    """
    card = describe(model)
    views_of = {line.name: view for line in card.layers if (view := _view_of(line)) is not None}
    chosen = _defaults(card, list(views_of)) if layers is None else list(layers)
    if not chosen:
        raise InputError(f"model {card.name!r} has no layer with places along a curve")
    for name in chosen:
        if name not in views_of:
            hint = suggestion(name, views_of)
            raise InputError(f"layer {name!r} has no places along a curve; {hint}")
    lines = {line.name: line for line in card.layers}
    maps = {}
    for name, values in layer_outputs(model, views, chosen).items():
        (extent,) = lines[name].places(views_of[name]) or ()
        maps[name] = FeatureMap(name, views_of[name], values[0], extent)
    return {name: maps[name] for name in chosen if name in maps}


def _view_of(line: LayerCard) -> str | None:
    """The only view, a curve, along which a layer's units have places."""
    views = [view for view in line.sees if len(line.places(view) or ()) == 1]
    return views[0] if len(views) == 1 and line.shape and len(line.shape) == 2 else None


def _defaults(card: ModelCard, names: Sequence[str]) -> list[str]:
    followed = {
        source
        for line in card.layers
        if line.kind in FINISHING and _finishes(card, line)
        for source in line.sources
    }
    passing = {line.name for line in card.layers if line.kind in PASSING}
    return [name for name in names if name not in followed | passing]


def _finishes(card: ModelCard, line: LayerCard) -> bool:
    """Whether nothing but this layer takes from the one before it."""
    return sum(line.sources[0] in other.sources for other in card.layers) == 1
