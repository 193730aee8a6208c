"""An Inception network for curves: kernels of several widths side by side in every module."""

from typing import Any

import keras
from keras import layers

from kepler_keras.models.blocks import Count, Counts, normalised, shortcut
from kepler_keras.models.inputs import network_inputs
from kepler_keras.models.shapes import Shapes

PRESETS: dict[str, dict[str, Any]] = {
    "paper": {},
    "small": {"depth": 3, "filters": 16, "bottleneck": 16},
}
MODULES = 3  # of a residual block


def inception_time(
    input_shapes: Shapes,
    *,
    depth: Count = 6,
    filters: Count = 32,
    kernel_sizes: Counts = (40, 20, 10),
    bottleneck: Count = 32,
) -> keras.Model:
    """Builds the network of InceptionTime (Ismail Fawaz et al. 2020, arXiv:1909.04939, Sec. 3).

    Every third module ends in a residual sum. Differences from the paper: one network and not an
    ensemble of five, which an entry can ask for; one logit instead of a softmax; a single channel
    has no bottleneck; several curves have a column each; features join before the logit.

    Args:
        input_shapes: (n_cadences, channels) or (bins, channels), and features.
        depth: Modules one after the other.
        filters: Kernels of each of a module's branches.
        kernel_sizes: Widths of the kernels of its branches, in cadences or bins; one more branch
            takes the largest of three neighbours.
        bottleneck: Channels that the wide kernels see.

    Returns:
        An uncompiled model with one logit.
    """
    inputs = network_inputs("inception_time", input_shapes, axes=("cadences or bins", "channels"))

    def convolve(x: Any, count: int, width: int, name: str) -> Any:
        return layers.Conv1D(count, width, padding="same", use_bias=False, name=name)(x)

    def module(x: Any, name: str) -> Any:
        narrow = convolve(x, bottleneck, 1, f"{name}_bottleneck") if x.shape[-1] > 1 else x
        branches = [
            convolve(narrow, filters, width, f"{name}_conv_{j}")
            for j, width in enumerate(kernel_sizes, start=1)
        ]
        largest = layers.MaxPooling1D(3, strides=1, padding="same", name=f"{name}_pool")(x)
        branches.append(convolve(largest, filters, 1, f"{name}_pool_conv"))
        return normalised(layers.Concatenate(name=name)(branches), name=name)

    def column(x: Any, prefix: str) -> Any:
        start = x
        for i in range(1, depth + 1):
            x = module(x, f"{prefix}module_{i}")
            if i % MODULES == 0:
                x = start = shortcut(x, start, name=f"{prefix}sum_{i // MODULES}")
        return layers.GlobalAveragePooling1D(name=f"{prefix}head")(x)

    return inputs.model(inputs.join(column), name="inception_time")
