"""A card in words: sentences on its totals, and on what a unit sees."""

from kepler_keras.lightcurve.view_scale import ViewScale
from kepler_keras.models.anatomy.card import LayerCard
from kepler_keras.models.anatomy.scaled_card import ScaledCard


def totals(scaled: ScaledCard) -> list[str]:
    """Sentences on parameters, multiply-adds and connections of a network."""
    card = scaled.card
    least = "At least " if card.unknown else ""
    share = "" if card.dense_share is None else f", {100 * card.dense_share:.1f} % of them dense"
    sentences = [
        f"{least}{card.parameters:,} parameters{share}; "
        f"{card.multiply_adds:,} multiply-adds an example."
    ]
    if card.unknown:
        sentences.append(f"Not known to the card, and left blank: {', '.join(card.unknown)}.")
    kinds: dict[str, tuple[int, int]] = {}
    for layer in card.layers:
        if layer.connections is not None:
            number, weights = kinds.get(layer.connections.kind, (0, 0))
            own = layer.connections.weights if layer.parameters else 0
            kinds[layer.connections.kind] = number + layer.connections.number, weights + own
    parts = [
        f"{number:,} {kind.replace(', ', ' and ')}"
        + (f" with {weights:,} weights" if "shared" in kind else "")
        for kind, (number, weights) in kinds.items()
    ]
    return [*sentences, f"Connections: {', '.join(parts)}."] if parts else sentences


def receptive_fields(scaled: ScaledCard) -> list[str]:
    """A sentence a view on what a unit sees where units last have a place."""
    sentences = []
    for view, shape in scaled.card.views.items():
        layer = scaled.card.last_places(view)
        if len(shape) > 1:
            sentences.append(
                f"{view}: no layer has places along it."
                if layer is None
                else _field(view, layer, scaled)
            )
    return sentences


def _field(view: str, layer: LayerCard, scaled: ScaledCard) -> str:
    places = layer.places(view) or ()
    extent, scale = places[-1], scaled.scales[view]
    noun = step_noun(scale)
    text = f"{view}: a unit of {layer.name} sees {extent.seen} of {extent.length} {noun}"
    if extent.size > extent.length:
        text += f" (it could see {extent.size})"
    if len(places) > 1:
        rows = places[0]
        text += f" of {rows.seen} of {rows.length} rows"
    worth = _worth(scale.times(extent.seen))
    width = scaled.width(view)
    if worth and width:
        text += f": {worth}; the transit is {width:.3g} {noun} wide"
    return f"{text}."


def _worth(scale: ViewScale) -> str:
    parts = [
        (scale.phase, "{:.3g} of the period"),
        (scale.hours, "{:.3g} h"),
        (scale.durations, "{:.3g} durations"),
    ]
    return ", ".join(form.format(value) for value, form in parts if value is not None)


def step_noun(scale: ViewScale) -> str:
    """What a step of a view is called."""
    if scale.phase is not None:
        return "bins"
    return "steps" if scale.hours is None else "cadences"
