"""The sum over channels: one convolutional layer (handout equation 7, figures 6 and 7).

The worked numbers of the handout, two kernels on an image of three colours, then pooling:

>>> from kepler_keras.handout.pooling import max_pooling
>>> maps = convolutional_layer(np.ones((32, 32, 3)), np.ones((5, 5, 3, 2)), [0, 0])
>>> maps.shape, max_pooling(maps, (2, 2), stride=2).shape
((28, 28, 2), (14, 14, 2))
"""

import numpy as np
from numpy.typing import ArrayLike

from kepler_keras.errors import InputError
from kepler_keras.handout.convolution import cross_correlation
from kepler_keras.handout.windows import Floats


def convolutional_layer(
    channels: ArrayLike, kernels: ArrayLike, biases: ArrayLike, *, stride: int = 1
) -> Floats:
    """For each kernel its bias plus the sum over the channels of sliding sums (equation 7).

    Figure 7 draws a matrix of biases for each kernel. Libraries have one number a kernel, added at
    every place, and so has this function. The star of equation 7 is a cross-correlation, as the
    handout's third footnote says.

    >>> convolutional_layer(np.ones((3, 3, 3)), np.ones((2, 2, 3, 2)), [0, 100])[..., 1]
    array([[112., 112.],
           [112., 112.]])

    Args:
        channels: Shape (*sides, d).
        kernels: Shape (*window, d, n).
        biases: Shape (n,).
        stride: Places from one sum to the next.

    Returns:
        Shape (*positions, n): a feature map a kernel.

    Raises:
        InputError: Channels of input and kernels, or kernels and biases, differ in number.
    """
    x, k, b = (np.asarray(values, dtype=np.float64) for values in (channels, kernels, biases))
    depth, n_kernels = k.shape[-2:]
    if x.shape[-1] != depth:
        raise InputError(f"kernels: must have {x.shape[-1]} channels as the input, has {depth}")
    if b.shape != (n_kernels,):
        raise InputError(f"biases: must be one a kernel, shape ({n_kernels},), it is {b.shape}")
    maps = [
        b[i] + sum(cross_correlation(x[..., j], k[..., j, i], stride=stride) for j in range(depth))
        for i in range(n_kernels)
    ]
    return np.stack(maps, axis=-1)


def n_parameters(window: tuple[int, ...], *, depth: int, n_kernels: int) -> int:
    """Weights and biases of a convolutional layer, whatever the size of its input (equation 7).

    Two kernels of 2 x 2 on three channels, as in figure 7:

    >>> n_parameters((2, 2), depth=3, n_kernels=2)
    26
    """
    return (int(np.prod(window)) * depth + 1) * n_kernels
