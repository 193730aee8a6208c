"""Layers that several convolutional networks share, and what their options may be."""

from collections.abc import Sequence
from typing import Annotated, Any

from keras import layers
from pydantic import Field

Count = Annotated[int, Field(ge=1)]
Counts = Annotated[Sequence[Count], Field(min_length=1)]
Share = Annotated[float, Field(ge=0, lt=1)]

# Keras's own 0.99 forgets its first values only after hundreds of batches, more than an epoch of
# some thousand stars has; validation scores of early epochs would be those of another network.
MOMENTUM = 0.9


def convolution(
    x: Any, filters: int, kernel_size: int, *, name: str, strides: int = 1, relu: bool = True
) -> Any:
    """Convolves along the curve, normalises over the batch and cuts off what is negative.

    The convolution has no bias: the normalisation would subtract it again and adds its own.

    Args:
        x: Shape (n, length, channels).
        filters: Kernels.
        kernel_size: Their width.
        name: Of the convolution; the normalisation is `<name>_norm`, the rest `<name>_relu`.
        strides: Steps between places of a kernel.
        relu: Whether the negative is cut off here and not after a sum.

    Returns:
        Shape (n, ceil(length / strides), filters).
    """
    x = layers.Conv1D(
        filters, kernel_size, strides=strides, padding="same", use_bias=False, name=name
    )(x)
    return normalised(x, name=name, relu=relu)


def normalised(x: Any, *, name: str, relu: bool = True) -> Any:
    """Normalises over the batch and cuts off what is negative."""
    x = layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_norm")(x)
    return layers.ReLU(name=f"{name}_relu")(x) if relu else x


def shortcut(x: Any, start: Any, *, name: str) -> Any:
    """Adds where a block began to what it ends in, its channels matched by kernels of width 1.

    Args:
        x: End of the block, shape (n, length, channels).
        start: Its beginning, shape (n, length, other channels).
        name: Of the sum; `<name>_shortcut` is the way around the block.
    """
    start = convolution(start, x.shape[-1], 1, name=f"{name}_shortcut", relu=False)
    return layers.ReLU(name=f"{name}_relu")(layers.Add(name=name)([x, start]))


def pooled_convolutions(
    x: Any,
    prefix: str,
    *,
    filters: Sequence[int],
    kernel_size: int,
    convolutions: int,
    pool_size: int,
    pool_stride: int,
) -> Any:
    """Blocks of plain convolutions, each block but the last followed by max pooling.

    Args:
        x: Shape (n, length, channels).
        prefix: Of the names `conv_1_1`, `pool_1` and so on.
        filters: Kernels of each block.
        kernel_size: Width of every kernel.
        convolutions: In each block.
        pool_size: Width of the pooling.
        pool_stride: Its steps.
    """
    for i, count in enumerate(filters, start=1):
        for j in range(1, convolutions + 1):
            name = f"{prefix}conv_{i}_{j}"
            x = layers.Conv1D(count, kernel_size, padding="same", activation="relu", name=name)(x)
        if i < len(filters):
            x = layers.MaxPooling1D(pool_size, pool_stride, "same", name=f"{prefix}pool_{i}")(x)
    return x


def is_global(view: str) -> bool:
    """Whether a folded view shows the whole cycle, and is no close look at a part of it."""
    return view.startswith("global")


def dense_head(x: Any, units: Sequence[int], dropout: float) -> Any:
    """Dense layers, with dropout before each of them and after the last.

    Args:
        x: Shape (n, m).
        units: Of each layer; none at all is allowed.
        dropout: Share of a layer's inputs, and of what goes on, dropped in training.
    """
    x = layers.Dropout(dropout, name="dropout_0")(x)
    for i, width in enumerate(units, start=1):
        x = layers.Dense(width, activation="relu", name=f"dense_{i}")(x)
        x = layers.Dropout(dropout, name=f"dropout_{i}")(x)
    return x
