"""Makes the card of a Keras model."""

from typing import Any

from kepler_keras.models.anatomy.card import LayerCard, ModelCard, Sees
from kepler_keras.models.anatomy.extents import Extent, Window, gather, through, union, whole_view
from kepler_keras.models.anatomy.facts import Facts, Shape
from kepler_keras.models.anatomy.graph import Call, calls_of
from kepler_keras.models.anatomy.rules import facts_of

Fields = dict[str, Sees]


def describe(model: Any) -> ModelCard:
    """The card of a model.

    Shapes, parameters and receptive fields are worked out by rules of our own, one for each class
    of layer. A layer without a rule is named and left blank, and behind it nothing is known of what
    a unit sees.

    Args:
        model: A functional or sequential `keras.Model` with fixed lengths. Models inside it are
            descended into.

    Raises:
        InputError: It is another one.
    """
    names: dict[int, str] = {}
    shapes: dict[int, Shape] = {}
    fields: dict[int, Fields] = {}
    cards = []
    for call in calls_of(model):
        sources = tuple(shapes.get(source, ()) for source in call.sources)
        facts = facts_of(call.layer, sources or (call.shape,))
        if type(call.layer).__name__ == "InputLayer":
            seen = _of_input(call)
        else:
            seen = _merged([fields.get(one, {}) for one in call.sources], sources, facts)
        names[call.output], fields[call.output] = call.name, seen
        shapes[call.output] = call.shape if facts is None else facts.shape
        cards.append(_line(call, tuple(names.get(one, "?") for one in call.sources), facts, seen))
    views = {tensor.name: tuple(tensor.shape[1:]) for tensor in model.inputs}
    return ModelCard(model.name, views, tuple(cards))


def _of_input(call: Call) -> Fields:
    return {call.name: tuple(whole_view(length) for length in call.shape[:-1])}


def _merged(sources: list[Fields], shapes: tuple[Shape, ...], facts: Facts | None) -> Fields:
    """What a layer's units see of every view that one of its sources depends on."""
    views = dict.fromkeys(view for fields in sources for view in fields)
    if facts is None or facts.sight is None:
        return dict.fromkeys(views)
    merged: Fields = {}
    for view in views:
        seen = [
            _behind(fields[view], shape[:-1], facts)
            for fields, shape in zip(sources, shapes, strict=True)
            if view in fields
        ]
        merged[view] = _together(seen, facts.shape[:-1])
    return merged


def _behind(seen: Sees, units: Shape, facts: Facts) -> Sees:
    """What the layer's units see through one source.

    Args:
        seen: By a unit of the source.
        units: Of the source, along each of its axes.
        facts: Of the layer.
    """
    if seen is None:
        return None
    if all(extent.gathered for extent in seen):  # also of features, which never had places
        made = len(facts.shape) - 1 > len(units)  # places made of values that had none
        return None if not seen and made else seen
    if len(units) != len(seen):
        return None
    if facts.sight == "gather":
        return tuple(gather(extent, n) for extent, n in zip(seen, units, strict=True))
    windows = facts.sight or (Window(),) * len(seen)
    return tuple(
        through(extent, window, n) for extent, window, n in zip(seen, windows, units, strict=True)
    )


def _together(seen: list[Sees], units: Shape) -> Sees:
    """What a unit sees through all its sources; not known where one is not, or jumps differ."""
    known = [extents for extents in seen if extents is not None]
    if len(known) < len(seen) or len({len(extents) for extents in known}) != 1:
        return None
    merged: list[Extent] = []
    for axis, extents in enumerate(zip(*known, strict=True)):
        extent = union(extents, units[axis] if axis < len(units) else 1)
        if extent is None:
            return None
        merged.append(extent)
    return tuple(merged)


def _line(call: Call, sources: tuple[str, ...], facts: Facts | None, seen: Fields) -> LayerCard:
    kind = type(call.layer).__name__
    if facts is None:
        blank = (None,) * 9
        return LayerCard(call.name, kind, sources, *blank, seen)
    return LayerCard(
        call.name,
        kind,
        sources,
        facts.shape,
        0 if call.again else facts.parameters,
        facts.multiply_adds,
        facts.kernel,
        facts.stride,
        facts.dilation,
        facts.padding,
        facts.groups,
        facts.connections,
        seen,
    )
