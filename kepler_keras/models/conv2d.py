"""A 2-D convolutional network on the folded image: one row a cycle, one column a phase bin."""

from collections.abc import Sequence
from typing import Annotated, Any

import keras
from keras import layers
from pydantic import Field

from kepler_keras.models.blocks import Count, Counts, Share
from kepler_keras.models.inputs import network_inputs
from kepler_keras.models.shapes import Shapes

Pair = Annotated[Sequence[Count], Field(min_length=2, max_length=2)]


def conv2d(
    input_shapes: Shapes,
    *,
    filters: Counts = (16, 32, 64),
    kernel_size: Pair = (3, 5),
    pool_size: Pair = (2, 3),
    units: Count = 64,
    dropout: Share = 0.3,
) -> keras.Model:
    """Builds blocks of 2-D convolution and max pooling with a dense head.

    The idea of folding a light curve into an image, so that a transit becomes a vertical line,
    is that of Chintarungruangchai & Jiang (2019, PASP 131:064502).

    Args:
        input_shapes: (rows, bins, channels); features join before the dense layer.
        filters: Kernels of each block.
        kernel_size: Height (cycles) and width (phase bins) of every kernel.
        pool_size: Height and width of the max pooling after each block.
        units: Units of the dense layer before the logit.
        dropout: Share of its inputs dropped in training.

    Returns:
        An uncompiled model with one logit.
    """
    inputs = network_inputs("conv2d", input_shapes, axes=("rows", "bins", "channels"))

    def column(x: Any, prefix: str) -> Any:
        for i, count in enumerate(filters, start=1):
            x = layers.Conv2D(
                count,
                tuple(kernel_size),
                padding="same",
                activation="relu",
                name=f"{prefix}conv_{i}",
            )(x)
            pool = layers.MaxPooling2D(tuple(pool_size), padding="same", name=f"{prefix}pool_{i}")
            x = pool(x)
        return layers.Flatten(name=f"{prefix}head")(x)

    x = inputs.join(column)
    x = layers.Dropout(dropout, name="dropout")(x)
    x = layers.Dense(units, activation="relu", name="dense")(x)
    return inputs.model(x, name="conv2d")
