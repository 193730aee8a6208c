"""Rules of layers that see a whole sequence: recurrent ones and attention."""

from typing import Any

from keras import layers

from kepler_keras.models.anatomy.facts import Connections, Facts, Rule, Shape, values

GATES = {layers.SimpleRNN: 1, layers.GRU: 3, layers.LSTM: 4}


def _recurrent(layer: Any, sources: tuple[Shape, ...]) -> Facts | None:
    """Each gate takes the values of a step and the units' own of the step before."""
    if len(sources) > 1 or layer.return_state:
        return None
    gates = next(count for kind, count in GATES.items() if isinstance(layer, kind))
    steps, inputs = sources[0]
    units = layer.units
    weights = gates * units * (inputs + units)
    # GRU's default form has an offset before and one after the reset gate (Keras: reset_after).
    offsets = gates * units * (1 + bool(getattr(layer, "reset_after", False)))
    return Facts(
        (steps, units) if layer.return_sequences else (units,),
        "gather",
        parameters=weights + (offsets if layer.use_bias else 0),
        multiply_adds=steps * weights,
        connections=Connections(sparse=True, shared=True, number=steps * weights, weights=weights),
    )


def _bidirectional(layer: Any, sources: tuple[Shape, ...]) -> Facts | None:
    """One from the beginning and one from the end, side by side or merged."""
    ways = [layer.forward_layer, layer.backward_layer]
    if not all(type(way) in GATES for way in ways):
        return None
    there, back = (_recurrent(way, sources) for way in ways)
    if there is None or back is None or layer.merge_mode is None:
        return None
    *steps, units = there.shape
    channels = units + back.shape[-1] if layer.merge_mode == "concat" else units
    connections = None
    if there.connections and back.connections:
        number = there.connections.number + back.connections.number
        weights = there.connections.weights + back.connections.weights
        connections = Connections(sparse=True, shared=True, number=number, weights=weights)
    return Facts(
        (*steps, channels),
        "gather",
        parameters=there.parameters + back.parameters,
        multiply_adds=there.multiply_adds + back.multiply_adds,
        connections=connections,
    )


def _attention(layer: Any, sources: tuple[Shape, ...]) -> Facts | None:
    """Queries, keys and values of every head, their products, and the sum over heads.

    Vaswani et al. (2017, arXiv:1706.03762, Sec. 3.2.2).
    """
    settings = layer.get_config()
    if not 2 <= len(sources) <= 3 or settings.get("output_shape") or settings.get("use_gate"):
        return None
    query, value = sources[0], sources[1]
    if tuple(settings["attention_axes"] or (1,)) != tuple(range(1, len(query))):
        return None
    key = sources[2] if len(sources) == 3 else value
    heads, wide = settings["num_heads"], settings["key_dim"]
    deep = settings["value_dim"] or wide
    places, others = values(query[:-1]), values(value[:-1])
    projections = (
        (places, query[-1], heads * wide),
        (others, key[-1], heads * wide),
        (others, value[-1], heads * deep),
        (places, heads * deep, query[-1]),
    )
    parameters = sum((m + bool(settings["use_bias"])) * n for _, m, n in projections)
    products = sum(count * m * n for count, m, n in projections)
    products += places * others * heads * (wide + deep)
    return Facts(query, "gather", parameters=parameters, multiply_adds=products)


RULES: dict[type, Rule] = {
    layers.SimpleRNN: _recurrent,
    layers.GRU: _recurrent,
    layers.LSTM: _recurrent,
    layers.Bidirectional: _bidirectional,
    layers.MultiHeadAttention: _attention,
}
