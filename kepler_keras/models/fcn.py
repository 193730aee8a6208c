"""The fully convolutional network: three convolutions, then the mean over the curve."""

from typing import Any

import keras
from keras import layers

from kepler_keras.errors import InputError
from kepler_keras.models.blocks import Count, Counts, convolution
from kepler_keras.models.inputs import network_inputs
from kepler_keras.models.shapes import Shapes

# `strided` is for long curves: later layers see a quarter of the places, at a quarter of the cost.
PRESETS: dict[str, dict[str, Any]] = {
    "paper": {},
    "strided": {"stem_stride": 4},
}


def fcn(
    input_shapes: Shapes,
    *,
    filters: Counts = (128, 256, 128),
    kernel_sizes: Counts = (8, 5, 3),
    stem_stride: Count = 1,
) -> keras.Model:
    """Builds the fully convolutional network of Wang, Yan & Oates (2017, arXiv:1611.06455, II-B).

    Convolutions with batch normalisation and ReLU, and the mean of each kernel's answers over the
    whole curve. Differences from the paper: one logit instead of a softmax; the convolutions have
    no bias, which batch normalisation makes idle; several curves have a column each; features join
    before the logit.

    Args:
        input_shapes: (n_cadences, channels) or (bins, channels), and features.
        filters: Kernels of each convolution.
        kernel_sizes: Their widths, in cadences or bins of that layer.
        stem_stride: Steps between places of the first convolution's kernels.

    Returns:
        An uncompiled model with one logit.
    """
    if len(filters) != len(kernel_sizes):
        raise InputError(
            f"model 'fcn': filters and kernel_sizes must be equally many, got {len(filters)} and "
            f"{len(kernel_sizes)}"
        )
    inputs = network_inputs("fcn", input_shapes, axes=("cadences or bins", "channels"))

    def column(x: Any, prefix: str) -> Any:
        for i, (count, width) in enumerate(zip(filters, kernel_sizes, strict=True), start=1):
            stride = stem_stride if i == 1 else 1
            x = convolution(x, count, width, name=f"{prefix}conv_{i}", strides=stride)
        return layers.GlobalAveragePooling1D(name=f"{prefix}head")(x)

    return inputs.model(inputs.join(column), name="fcn")
