"""AstroNet: a convolutional column for each folded view, joined by dense layers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import keras
from keras import layers

from kepler_keras.errors import InputError
from kepler_keras.models.blocks import Count, Counts, Share, dense_head, is_global
from kepler_keras.models.inputs import network_inputs
from kepler_keras.models.shapes import Shapes

Head = Literal["flatten", "global_max", "global_mean"]
Padding = Literal["valid", "same"]

# Both papers' columns and dense layers are the same; what differs is the length of the views, which
# the entry chooses: 2001 and 201 bins for Kepler, 201 and 61 for TESS. `shallow` and `slim` are no
# published networks: their sizes were tried out on stars of Yu et al.'s training set, at 201 and 61
# bins, where `slim` has a twenty-first of the weights of `yu2019`.
PRESETS: dict[str, dict[str, Any]] = {
    "shallue2018": {},
    "yu2019": {},
    "shallow": {
        "global_filters": [16, 32, 64],
        "local_filters": [32, 64],
        "units": [512, 512],
        "dropout": 0.3,
    },
    "slim": {
        "global_filters": [8, 16, 32, 64],
        "units": [48],
    },
}


@dataclass(frozen=True)
class _Column:
    """Counts of one column, as the options of `astronet` say."""

    filters: Sequence[int]
    kernel_size: int
    convolutions: int
    pool_size: int
    pool_stride: int
    pool_padding: Padding
    batch_norm: bool
    head: Head


def astronet(
    input_shapes: Shapes,
    *,
    global_filters: Counts = (16, 32, 64, 128, 256),
    global_kernel_size: Count = 5,
    global_pool_size: Count = 5,
    global_head: Head = "flatten",
    local_filters: Counts = (16, 32),
    local_kernel_size: Count = 5,
    local_pool_size: Count = 7,
    local_head: Head = "flatten",
    convolutions: Count = 2,
    pool_stride: Count = 2,
    pool_padding: Padding = "valid",
    batch_norm: bool = False,
    units: Sequence[Count] = (512, 512, 512, 512),
    dropout: Share = 0.0,
) -> keras.Model:
    """Builds the network of Shallue & Vanderburg (2018, AJ 155:94, Sec. 4.3 and Fig. 7).

    Their code settles what the paper leaves open: convolutions keep the length, the max pooling
    does not pad. So built, the network has 2,026,721 weights on views of 201 and 61 bins, as many
    as the triage model that Yu et al. (2019, AJ 158:25) released; the columns of their vetting
    model are the same, with a `secondary_view` in a local column and the change of depth among the
    features. Taken from their code and not from the paper: 61 bins, and four dense layers of 512.
    It is our assumption that other local curves (`odd_view`, `even_view`) get local columns.

    Differences: the last layer is a logit, without their sigmoid; a view may have several
    channels; every option below that they do not have is off. They average ten networks.

    Args:
        input_shapes: (bins, channels); a view whose name begins with `global` has the deep global
            column, every other curve a local one of its own; features join before the dense layers.
        global_filters: Kernels of each block of the global column; their number is its depth.
        global_kernel_size: Width of its kernels, in bins of that layer.
        global_pool_size: Width of its max pooling.
        global_head: ``flatten`` keeps the place in the view, ``global_max`` the strongest and
            ``global_mean`` the mean answer of each kernel.
        local_filters: The same of every local column.
        local_kernel_size: The same of every local column.
        local_pool_size: The same of every local column.
        local_head: The same of every local column.
        convolutions: Convolutions in a block before it is pooled.
        pool_stride: Steps of the max pooling, in bins.
        pool_padding: ``same`` pads, so that also a short view can be pooled often.
        batch_norm: Whether batch normalisation stands between each convolution and its ReLU.
        units: Units of each dense layer before the logit.
        dropout: Share of the inputs of each dense layer and of the logit dropped in training.

    Returns:
        An uncompiled model with one logit.

    Raises:
        InputError: No view is a curve, or one is too short for its column's pooling.
    """
    inputs = network_inputs("astronet", input_shapes, axes=("bins", "channels"))
    shared = (pool_stride, pool_padding, batch_norm)
    columns = {
        True: _Column(
            global_filters, global_kernel_size, convolutions, global_pool_size, *shared, global_head
        ),
        False: _Column(
            local_filters, local_kernel_size, convolutions, local_pool_size, *shared, local_head
        ),
    }

    def column(x: Any, prefix: str) -> Any:
        view = inputs.view(prefix)
        sizes = columns[is_global(view)]
        _check_length(view, x.shape[1], sizes)
        return _column(x, prefix, sizes)

    x = dense_head(inputs.join(column), units, dropout)
    return inputs.model(x, name="astronet")


def _column(x: Any, prefix: str, sizes: _Column) -> Any:
    """Blocks of convolutions and max pooling, flattened; shape (n, m)."""
    for i, count in enumerate(sizes.filters, start=1):
        for j in range(1, sizes.convolutions + 1):
            name = f"{prefix}conv_{i}_{j}"
            x = layers.Conv1D(
                count, sizes.kernel_size, padding="same", use_bias=not sizes.batch_norm, name=name
            )(x)
            if sizes.batch_norm:  # its own offset takes the place of the bias
                x = layers.BatchNormalization(name=f"{prefix}norm_{i}_{j}")(x)
            x = layers.ReLU(name=f"{prefix}relu_{i}_{j}")(x)
        x = layers.MaxPooling1D(
            sizes.pool_size, sizes.pool_stride, sizes.pool_padding, name=f"{prefix}pool_{i}"
        )(x)
    heads = {
        "flatten": layers.Flatten,
        "global_max": layers.GlobalMaxPooling1D,
        "global_mean": layers.GlobalAveragePooling1D,
    }
    return heads[sizes.head](name=f"{prefix}head")(x)


def _check_length(view: str, length: int, sizes: _Column) -> None:
    """Refuses a view of which unpadded pooling would leave nothing."""
    least = 1
    for _ in sizes.filters:
        least = (least - 1) * sizes.pool_stride + sizes.pool_size
    if sizes.pool_padding == "valid" and length < least:
        raise InputError(
            f"model 'astronet': view {view!r} has {length} bins, and {len(sizes.filters)} blocks "
            f"with pooling {sizes.pool_size} by {sizes.pool_stride} need at least {least}"
        )
