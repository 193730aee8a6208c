"""A recurrent network on a shortened curve: strided convolutions, then an LSTM."""

from typing import Annotated, Any

import keras
from keras import layers
from pydantic import Field

from kepler_keras.models.blocks import Count, Share
from kepler_keras.models.inputs import network_inputs
from kepler_keras.models.shapes import Shapes


def cnn_lstm(
    input_shapes: Shapes,
    *,
    filters: Count = 32,
    kernel_size: Count = 7,
    stride: Annotated[int, Field(ge=2)] = 4,
    max_steps: Count = 64,
    units: Count = 32,
    bidirectional: bool = True,
    dropout: Share = 0.3,
) -> keras.Model:
    """Builds a stem of strided convolutions that an LSTM reads.

    The LSTM is that of Hochreiter & Schmidhuber (1997, Neural Computation 9:1735) with the forget
    gate that is usual today. Convolutions before an LSTM have classified variable stars (Bassi,
    Sharma & Gomekar 2021, doi:10.3389/fspas.2021.718139); stem, sizes and the reading in both
    directions here are ours and follow no paper.

    Args:
        input_shapes: (n_cadences, channels) or (bins, channels); each curve has a stem and an LSTM
            of its own; features join before the logit.
        filters: Kernels of each convolution of the stem.
        kernel_size: Their width, in cadences or bins of that layer.
        stride: By how much each convolution shortens the curve.
        max_steps: The stem has one convolution, and more until at most this many steps are left
            for the LSTM, which cannot work on several steps at once: 3197 cadences become 50.
        units: Units of the LSTM, in each direction; what it holds at the end goes on.
        bidirectional: Whether a second LSTM reads the curve from its end.
        dropout: Share of the logit's inputs dropped in training.

    Returns:
        An uncompiled model with one logit.

    Raises:
        InputError: No view is a curve.
    """
    inputs = network_inputs("cnn_lstm", input_shapes, axes=("cadences or bins", "channels"))

    def column(x: Any, prefix: str) -> Any:
        i = 0
        while i == 0 or x.shape[1] > max_steps:
            i += 1
            x = layers.Conv1D(
                filters,
                kernel_size,
                strides=stride,
                padding="same",
                activation="relu",
                name=f"{prefix}stem_{i}",
            )(x)
        lstm = layers.LSTM(units, name=f"{prefix}lstm")
        if bidirectional:
            lstm = layers.Bidirectional(lstm, name=f"{prefix}lstm_both_ways")
        return lstm(x)

    x = layers.Dropout(dropout, name="dropout")(inputs.join(column))
    return inputs.model(x, name="cnn_lstm")
