"""A fully connected network: every input value has a weight of its own in every unit."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers

from kepler_keras.models.blocks import Count, Share
from kepler_keras.models.inputs import network_inputs
from kepler_keras.models.shapes import Shapes

# The lab handout asks whether a deeper network does better than a shallow one.
PRESETS: dict[str, dict[str, Any]] = {
    "plain": {},
    "shallow": {"units": [64]},
    "deep": {"units": [256, 128, 64, 32]},
}


def mlp(
    input_shapes: Shapes, *, units: Sequence[Count] = (256, 64), dropout: Share = 0.3
) -> keras.Model:
    """Builds a fully connected network with ReLU units on the flattened views.

    Args:
        input_shapes: Of any views; all their values stand side by side.
        units: Units of each hidden layer.
        dropout: Share of each hidden layer's outputs dropped in training.

    Returns:
        An uncompiled model with one logit.
    """
    inputs = network_inputs("mlp", input_shapes, axes=None)
    x = inputs.join(lambda x, prefix: layers.Flatten(name=f"{prefix}flatten")(x))
    for i, width in enumerate(units, start=1):
        x = layers.Dense(width, activation="relu", name=f"dense_{i}")(x)
        x = layers.Dropout(dropout, name=f"dropout_{i}")(x)
    return inputs.model(x, name="mlp")
