"""A plain 1-D convolutional network: one set of kernels slides along the curve."""

from collections.abc import Sequence
from typing import Literal

import keras
from keras import layers

from kepler_keras.models.shapes import need_axes


def conv1d(
    input_shape: tuple[int, ...],
    *,
    filters: Sequence[int] = (16, 32, 64, 64),
    kernel_size: int = 5,
    convolutions: int = 1,
    pool_size: int = 4,
    head: Literal["global_max", "flatten"] = "global_max",
    units: int = 64,
    dropout: float = 0.3,
) -> keras.Model:
    """Builds blocks of convolution and max pooling with a dense head.

    Args:
        input_shape: (n_cadences, channels) or (bins, channels).
        filters: Kernels of each block.
        kernel_size: Width of every kernel, in cadences or bins of that layer.
        convolutions: Convolutions in a block before it is pooled.
        pool_size: Width and stride of the max pooling after each block but the last.
        head: ``global_max`` keeps the strongest answer of each kernel wherever it stands, which
            suits unfolded flux; ``flatten`` keeps the place, which suits folded views.
        units: Units of the dense layer before the logit.
        dropout: Share of its inputs dropped in training.

    Returns:
        An uncompiled model with one logit.
    """
    need_axes("conv1d", input_shape, ("cadences or bins", "channels"))
    inputs = keras.Input(input_shape, name="view")
    x = inputs
    for i, count in enumerate(filters, start=1):
        for j in range(1, convolutions + 1):
            name = f"conv_{i}_{j}"
            x = layers.Conv1D(count, kernel_size, padding="same", activation="relu", name=name)(x)
        if i < len(filters):
            x = layers.MaxPooling1D(pool_size, padding="same", name=f"pool_{i}")(x)
    x = (
        layers.GlobalMaxPooling1D(name="head")(x)
        if head == "global_max"
        else layers.Flatten(name="head")(x)
    )
    x = layers.Dropout(dropout, name="dropout")(x)
    x = layers.Dense(units, activation="relu", name="dense")(x)
    return keras.Model(inputs, layers.Dense(1, name="logit")(x), name="conv1d")
