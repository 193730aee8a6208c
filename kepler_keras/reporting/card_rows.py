"""A card in words: the cells of its table."""

from collections.abc import Iterable, Sequence
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
        by_place: Error when the curve is moved by a place of the layer, the largest of the views;
            empty where it was not measured.
        by_step: By one step of the view.
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
    by_place: str = ""
    by_step: str = ""


def card_rows(scaled: ScaledCard) -> list[CardRow]:
    """A row a layer."""
    return [_row(layer, scaled) for layer in scaled.card.layers]


def _row(layer: LayerCard, scaled: ScaledCard) -> CardRow:
    scale = _scale_of(layer, scaled)
    measured = [one for one in scaled.shifts if one.layer == layer.name]
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
        hours=_three_digits(scale.hours),
        phase=_three_digits(scale.phase),
        durations=_three_digits(scale.durations),
        by_place=_largest(one.by_place for one in measured),
        by_step=_largest(one.by_step for one in measured),
    )


def _three_digits(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"


def _largest(errors: Iterable[float | None]) -> str:
    known = [error for error in errors if error is not None]
    return f"{max(known):.2f}" if known else ""


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
