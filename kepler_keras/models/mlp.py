"""A fully connected network: every input value has a weight of its own in every unit."""

from collections.abc import Sequence

import keras
from keras import layers


def mlp(
    input_shape: tuple[int, ...], *, units: Sequence[int] = (256, 64), dropout: float = 0.3
) -> keras.Model:
    """Builds a fully connected network with ReLU units on the flattened view.

    Args:
        input_shape: Shape of one example, any view.
        units: Units of each hidden layer.
        dropout: Share of each hidden layer's outputs dropped in training.

    Returns:
        An uncompiled model with one logit.
    """
    inputs = keras.Input(input_shape, name="view")
    x = layers.Flatten(name="flatten")(inputs)
    for i, width in enumerate(units, start=1):
        x = layers.Dense(width, activation="relu", name=f"dense_{i}")(x)
        x = layers.Dropout(dropout, name=f"dropout_{i}")(x)
    return keras.Model(inputs, layers.Dense(1, name="logit")(x), name="mlp")
