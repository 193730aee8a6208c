"""A small transformer: stretches of the curve are tokens that attend to each other."""

from typing import Any

import keras
from keras import layers

from kepler_keras.errors import InputError
from kepler_keras.models.blocks import Count, Share
from kepler_keras.models.inputs import network_inputs
from kepler_keras.models.shapes import Shapes


def transformer(
    input_shapes: Shapes,
    *,
    max_tokens: Count = 64,
    width: Count = 32,
    heads: Count = 4,
    blocks: Count = 2,
    hidden: Count = 64,
    dropout: Share = 0.1,
) -> keras.Model:
    """Builds encoder blocks of multi-head attention on patches of the curve.

    Attention and the encoder block are those of Vaswani et al. (2017, arXiv:1706.03762, Sec. 3),
    patches as tokens those of Nie et al. (2023, arXiv:2211.14730, Sec. 3.1).

    Differences from Vaswani et al.: layers are normalised before attention and not after it (Xiong
    et al. 2020, arXiv:2002.04745), positions are learned, GELU takes the place of ReLU. From Nie et
    al.: patches do not overlap, channels of a view stand in one patch, examples are not normalised
    one by one, and the mean over all tokens goes on. The sizes are ours.

    Args:
        input_shapes: (n_cadences, channels) or (bins, channels); each curve has an encoder of its
            own; features join before the logit.
        max_tokens: A curve is cut into equal patches, as short as this number allows: 61 bins into
            patches of one, 3197 cadences into 64 of 50, the last filled up with zeros.
        width: Numbers that a token is described by; a multiple of `heads`.
        heads: Heads of the attention.
        blocks: Encoder blocks.
        hidden: Units of the dense layer inside each block.
        dropout: Share of what each half of a block adds, and of the logit's inputs, dropped in
            training.

    Returns:
        An uncompiled model with one logit.

    Raises:
        InputError: No view is a curve, or `width` cannot be shared among the heads.
    """
    inputs = network_inputs("transformer", input_shapes, axes=("cadences or bins", "channels"))
    if width % heads:
        raise InputError(
            f"model 'transformer': width must be a multiple of heads ({heads}), got {width}"
        )

    def column(x: Any, prefix: str) -> Any:
        x = _tokens(x, prefix, max_tokens, width)
        for i in range(1, blocks + 1):
            x = _block(x, f"{prefix}block_{i}_", heads, hidden, dropout)
        x = layers.LayerNormalization(name=f"{prefix}norm")(x)
        return layers.GlobalAveragePooling1D(name=f"{prefix}mean")(x)

    x = layers.Dropout(dropout, name="dropout")(inputs.join(column))
    return inputs.model(x, name="transformer")


def _tokens(x: Any, prefix: str, max_tokens: int, width: int) -> Any:
    """Cuts a curve (n, length, channels) into tokens (n, tokens, width) that know their place."""
    _, length, channels = x.shape
    patch = -(-length // max_tokens)
    tokens = -(-length // patch)
    x = layers.ZeroPadding1D((0, tokens * patch - length), name=f"{prefix}fill")(x)
    x = layers.Reshape((tokens, patch * channels), name=f"{prefix}patches")(x)
    # A bias for each token and number is a learned position, in a plain layer that loads safely.
    return layers.EinsumDense(
        "ntp,pw->ntw",
        output_shape=(tokens, width),
        bias_axes="tw",
        bias_initializer=keras.initializers.RandomNormal(stddev=0.02),
        name=f"{prefix}tokens",
    )(x)


def _block(x: Any, prefix: str, heads: int, hidden: int, dropout: float) -> Any:
    """An encoder block: attention among the tokens, then a dense network on each of them."""
    width = x.shape[-1]
    y = layers.LayerNormalization(name=f"{prefix}norm_1")(x)
    attention = layers.MultiHeadAttention(heads, width // heads, name=f"{prefix}attention")
    y = layers.Dropout(dropout, name=f"{prefix}dropout_1")(attention(y, y))
    x = layers.Add(name=f"{prefix}add_1")([x, y])
    y = layers.LayerNormalization(name=f"{prefix}norm_2")(x)
    y = layers.Dense(hidden, activation="gelu", name=f"{prefix}dense_1")(y)
    y = layers.Dense(width, name=f"{prefix}dense_2")(y)
    y = layers.Dropout(dropout, name=f"{prefix}dropout_2")(y)
    return layers.Add(name=f"{prefix}add_2")([x, y])
