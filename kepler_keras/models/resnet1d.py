"""A residual network: blocks of three convolutions, each with a way around it."""

from typing import Any

import keras
from keras import layers

from kepler_keras.models.blocks import Counts, convolution, shortcut
from kepler_keras.models.inputs import network_inputs
from kepler_keras.models.shapes import Shapes

PRESETS: dict[str, dict[str, Any]] = {
    "paper": {},
    "small": {"filters": [16, 32, 32]},
}


def resnet1d(
    input_shapes: Shapes, *, filters: Counts = (64, 128, 128), kernel_sizes: Counts = (8, 5, 3)
) -> keras.Model:
    """Builds the residual network of Wang, Yan & Oates (2017, arXiv:1611.06455, Sec. II-C).

    Differences from the paper: a block's last ReLU stands only after the sum, and the way around
    every block is a convolution of width 1 with batch normalisation; one logit instead of a
    softmax; the convolutions have no bias, which batch normalisation makes idle; several curves
    have a column each; features join before the logit.

    Args:
        input_shapes: (n_cadences, channels) or (bins, channels), and features.
        filters: Kernels of every convolution of each block.
        kernel_sizes: Widths of a block's convolutions, in cadences or bins.

    Returns:
        An uncompiled model with one logit.
    """
    inputs = network_inputs("resnet1d", input_shapes, axes=("cadences or bins", "channels"))

    def column(x: Any, prefix: str) -> Any:
        for i, count in enumerate(filters, start=1):
            start = x
            for j, width in enumerate(kernel_sizes, start=1):
                last = j == len(kernel_sizes)
                x = convolution(x, count, width, name=f"{prefix}conv_{i}_{j}", relu=not last)
            x = shortcut(x, start, name=f"{prefix}sum_{i}")
        return layers.GlobalAveragePooling1D(name=f"{prefix}head")(x)

    return inputs.model(inputs.join(column), name="resnet1d")
