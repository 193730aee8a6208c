"""Exonet-XS: AstroNet reduced to a few kernels and global max pooling."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers

from kepler_keras.models.blocks import (
    Count,
    Counts,
    Share,
    dense_head,
    is_global,
    pooled_convolutions,
)
from kepler_keras.models.inputs import network_inputs
from kepler_keras.models.shapes import Shapes

# `wide` is no published network: its sizes were tried out on stars of the TESS training set of
# Yu et al. (2019, AJ 158:25), at 201 and 61 bins.
PRESETS: dict[str, dict[str, Any]] = {
    "ansdell2018": {},
    "wide": {
        "global_filters": [16, 32, 64],
        "local_filters": [16, 32, 64],
        "convolutions": 2,
        "pool_size": 3,
        "units": [64],
    },
}


def exonet_xs(
    input_shapes: Shapes,
    *,
    global_filters: Counts = (16, 16, 32),
    local_filters: Counts = (16, 16),
    kernel_size: Count = 5,
    convolutions: Count = 1,
    pool_size: Count = 2,
    pool_stride: Count = 2,
    units: Sequence[Count] = (),
    dropout: Share = 0.0,
) -> keras.Model:
    """Builds the reduced network of Ansdell et al. (2018, ApJL 869:L7).

    Counts are those of the authors' code (ExtranetXSModel of exonet-pytorch): the strongest answer
    of each kernel and the features of the star go straight to the logit. Their views have 2001 and
    201 bins and a second channel, the centroid curve; ten features of the star stand beside them.

    Differences: the last layer is a logit, without their sigmoid; any number of channels, views
    and features, each further curve in a local column of its own; pooling pads an odd length, where
    theirs drops the last bin, so that a view of any length can be pooled; every option below that
    they do not have is off. Their augmentation is no part of the network.

    Args:
        input_shapes: (bins, channels); a view whose name begins with `global` has the global
            column, every other curve a local one of its own; features join before the dense layers.
        global_filters: Kernels of each block of the global column.
        local_filters: Kernels of each block of every local column.
        kernel_size: Width of every kernel, in bins of that layer.
        convolutions: Convolutions in a block before it is pooled.
        pool_size: Width of the max pooling after each block but the last.
        pool_stride: Steps of the max pooling, in bins.
        units: Units of each dense layer before the logit; theirs has none.
        dropout: Share of the inputs of each dense layer and of the logit dropped in training.

    Returns:
        An uncompiled model with one logit.

    Raises:
        InputError: No view is a curve.
    """
    inputs = network_inputs("exonet_xs", input_shapes, axes=("bins", "channels"))

    def column(x: Any, prefix: str) -> Any:
        filters = global_filters if is_global(inputs.view(prefix)) else local_filters
        x = pooled_convolutions(
            x,
            prefix,
            filters=filters,
            kernel_size=kernel_size,
            convolutions=convolutions,
            pool_size=pool_size,
            pool_stride=pool_stride,
        )
        return layers.GlobalMaxPooling1D(name=f"{prefix}head")(x)

    x = dense_head(inputs.join(column), units, dropout)
    return inputs.model(x, name="exonet_xs")
