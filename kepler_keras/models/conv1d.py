"""A plain 1-D convolutional network: one set of kernels slides along the curve."""

from typing import Any, Literal

import keras
from keras import layers

from kepler_keras.models.blocks import Count, Counts, Share, pooled_convolutions
from kepler_keras.models.inputs import network_inputs
from kepler_keras.models.shapes import Shapes

# `strided` is for long curves; `folded` for folded views, where a dip's place is known.
PRESETS: dict[str, dict[str, Any]] = {
    "plain": {},
    "strided": {"stem_stride": 4},
    "folded": {"head": "flatten", "pool_size": 2},
}


def conv1d(
    input_shapes: Shapes,
    *,
    filters: Counts = (16, 32, 64, 64),
    kernel_size: Count = 5,
    convolutions: Count = 1,
    pool_size: Count = 4,
    head: Literal["global_max", "flatten"] = "global_max",
    units: Count = 64,
    dropout: Share = 0.3,
    stem_stride: Count = 1,
) -> keras.Model:
    """Builds blocks of convolution and max pooling with a dense head.

    Args:
        input_shapes: (n_cadences, channels) or (bins, channels); features join before the dense
            layer.
        filters: Kernels of each block.
        kernel_size: Width of every kernel, in cadences or bins of that layer.
        convolutions: Convolutions in a block before it is pooled.
        pool_size: Width and stride of the max pooling after each block but the last.
        head: ``global_max`` keeps the strongest answer of each kernel wherever it stands, which
            suits unfolded flux; ``flatten`` keeps the place, which suits folded views.
        units: Units of the dense layer before the logit.
        dropout: Share of its inputs dropped in training.
        stem_stride: Steps between the frames that a convolution before the blocks cuts the curve
            into, each twice as wide as the step; with 1 there is no such convolution.

    Returns:
        An uncompiled model with one logit.
    """
    inputs = network_inputs("conv1d", input_shapes, axes=("cadences or bins", "channels"))

    def column(x: Any, prefix: str) -> Any:
        if stem_stride > 1:
            x = layers.Conv1D(
                filters[0],
                2 * stem_stride,
                strides=stem_stride,
                padding="same",
                activation="relu",
                name=f"{prefix}stem",
            )(x)
        x = pooled_convolutions(
            x,
            prefix,
            filters=filters,
            kernel_size=kernel_size,
            convolutions=convolutions,
            pool_size=pool_size,
            pool_stride=pool_size,
        )
        if head == "global_max":
            return layers.GlobalMaxPooling1D(name=f"{prefix}head")(x)
        return layers.Flatten(name=f"{prefix}head")(x)

    x = inputs.join(column)
    x = layers.Dropout(dropout, name="dropout")(x)
    x = layers.Dense(units, activation="relu", name="dense")(x)
    return inputs.model(x, name="conv1d")
