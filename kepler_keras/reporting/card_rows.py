"""A card in words: the cells of its table, and sentences on its totals."""

from collections.abc import Sequence
from dataclasses import dataclass

from kepler_keras.lightcurve.view_scale import ViewScale
from kepler_keras.models.anatomy.card import LayerCard, Sees
from kepler_keras.models.anatomy.extents import Extent
from kepler_keras.models.anatomy.facts import Shape
from kepler_keras.models.anatomy.scaled_card import ScaledCard

UNKNOWN = "?"
SUFFIXES = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


@dataclass(frozen=True)
class CardRow:
    """The cells of one layer, as text; what is not known is a question mark.

    Attributes:
        layer: Its name.
        kind: Its class.
        output: As ``999×16``.
        parameters: As a whole number.
        multiply_adds: With three digits, as ``2.56M``.
        window: As ``5/2 valid``: width, stride and padding; dilation and groups where they are
            not 1.
        connections: As ``sparse, shared: 160080 with 80 weights``.
        sees: Steps that a unit sees along each axis, ``all``, or a count of a number.
        hours: The same along the last axis, in hours; empty where all or nothing is seen.
        phase: As a share of the period.
        durations: In durations of the reference transit.
    """

    layer: str
    kind: str
    output: str
    parameters: str
    multiply_adds: str
    window: str
    connections: str
    sees: str
    hours: str
    phase: str
    durations: str


def card_rows(scaled: ScaledCard) -> list[CardRow]:
    """A row a layer."""
    return [_row(layer, scaled) for layer in scaled.card.layers]


def _row(layer: LayerCard, scaled: ScaledCard) -> CardRow:
    scale = _scale_of(layer, scaled)
    if layer.connections is None:
        connections = "" if layer.known else UNKNOWN
    else:
        one = layer.connections
        connections = f"{one.kind}: {one.number:,}" + (f" with {one.weights:,}" * one.shared)
    return CardRow(
        layer.name,
        layer.kind,
        UNKNOWN if layer.shape is None else by_axis(layer.shape),
        UNKNOWN if layer.parameters is None else f"{layer.parameters:,}",
        UNKNOWN if layer.multiply_adds is None else short(layer.multiply_adds),
        window_text(layer),
        connections,
        _sees(list(layer.sees.values())),
        *(
            "" if one is None else f"{one:.3g}"
            for one in (scale.hours, scale.phase, scale.durations)
        ),
    )


def _scale_of(layer: LayerCard, scaled: ScaledCard) -> ViewScale:
    """What an inner unit sees in physical units, of the only view where it has a place."""
    if len(layer.sees) != 1:
        return ViewScale()
    (view,) = layer.sees
    places = layer.places(view)
    return scaled.scales[view].times(places[-1].seen) if places else ViewScale()


def window_text(layer: LayerCard) -> str:
    """Width, stride and padding of a layer's window; nothing where it has none."""
    if layer.kernel is None:
        return layer.padding or ""
    stride = layer.stride or (1,) * len(layer.kernel)
    text = f"{by_axis(layer.kernel)}/{by_axis(stride)} {layer.padding}"
    if layer.dilation and set(layer.dilation) != {1}:
        text += f" dilated {by_axis(layer.dilation)}"
    return text + (f", {layer.groups} groups" if (layer.groups or 1) > 1 else "")


def by_axis(numbers: Shape) -> str:
    """A number an axis, as ``3×5``."""
    return "×".join(map(str, numbers))


def short(number: float) -> str:
    """Three digits: ``126M``, ``2.56M``, ``640``."""
    for size, suffix in SUFFIXES:
        if number >= size:
            return f"{number / size:.3g}{suffix}"
    return f"{number:g}"


def _sees(views: Sequence[Sees]) -> str:
    """What a unit sees of all views that it depends on; the same of several is said once."""
    texts = [UNKNOWN if one is None else _by_axis(one) for one in views]
    return " + ".join(dict.fromkeys(text for text in texts if text))


def _by_axis(extents: Sequence[Extent]) -> str:
    if extents and all(extent.gathered and extent.seen == extent.length for extent in extents):
        return "all"
    return "×".join(
        f"{extent.seen} of {extent.length}" if extent.gathered else str(extent.size)
        for extent in extents
    )


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
