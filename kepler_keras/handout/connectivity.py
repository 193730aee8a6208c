"""Which nodes are connected, and by how many weights (handout figures 3 to 5).

A layer is a matrix of shape (outputs, inputs). Figure 3 looks from below, at a column: the outputs
that one input affects. Figure 4 looks from above, at a row: the inputs that affect one output.

>>> layer = convolution_connections(5, width=3)
>>> np.flatnonzero(layer[:, 2]), np.flatnonzero(layer[2])
(array([1, 2, 3]), array([1, 2, 3]))
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepler_keras.handout.padding import half_padding
from kepler_keras.handout.windows import Floats

Connected = NDArray[np.bool_]


def dense_connections(n_inputs: int, n_outputs: int) -> Connected:
    """Every output sees every input: the left sketches of figures 3 and 4.

    >>> int(dense_connections(5, 4).sum())
    20
    """
    return np.ones((n_outputs, n_inputs), dtype=np.bool_)


def convolution_connections(n_nodes: int, *, width: int) -> Connected:
    """Outputs see their neighbours only: the right sketches of figures 3 and 4.

    There are as many outputs as inputs (half padding); connections to the padding are none.

    >>> convolution_connections(4, width=3).astype(int)
    array([[1, 1, 0, 0],
           [1, 1, 1, 0],
           [0, 1, 1, 1],
           [0, 0, 1, 1]])

    Args:
        n_nodes: Nodes of the input, and of the output.
        width: Side of the kernel, odd.

    Raises:
        InputError: The width is even.
    """
    nodes = np.arange(n_nodes)
    return np.asarray(np.abs(nodes[:, None] - nodes) <= half_padding(width))


@dataclass(frozen=True)
class Weights:
    """How many weights each kind of layer stores (handout section 3, figures 3 and 4).

    Attributes:
        dense: m x n, one a connection.
        sparse: k x n, one a connection, those to the padding included.
        shared: k, the same at every output.
    """

    dense: int
    sparse: int
    shared: int


def count_weights(n_inputs: int, n_outputs: int, *, width: int) -> Weights:
    """Weights of one channel without biases, for m inputs, n outputs and a kernel of width k.

    The handout's k x n counts connections. A convolution stores k weights:

    >>> count_weights(5, 5, width=3)
    Weights(dense=25, sparse=15, shared=3)
    """
    return Weights(n_inputs * n_outputs, width * n_outputs, width)


def reached(layers: Sequence[Connected]) -> Connected:
    """Which inputs of the first layer each output of the last one depends on (handout figure 5).

    >>> layer = convolution_connections(5, width=3)
    >>> np.flatnonzero(layer[2]), np.flatnonzero(reached([layer, layer])[2])
    (array([1, 2, 3]), array([0, 1, 2, 3, 4]))

    Args:
        layers: From the input up, shape (outputs, inputs) each.

    Returns:
        Shape (outputs of the last, inputs of the first).
    """
    whole = layers[0]
    for layer in layers[1:]:
        whole = layer @ whole  # a product of boolean matrices: is there any way through?
    return whole


def receptive_field(widths: Sequence[int], strides: Sequence[int] | None = None) -> int:
    """Inputs that one output depends on, after kernels of these widths (handout figure 5).

    Each layer adds width - 1 steps, as long as the strides before it make them.

    >>> [receptive_field([3] * depth) for depth in (1, 2, 3)]
    [3, 5, 7]
    >>> [receptive_field([3] * depth, [2] * depth) for depth in (1, 2, 3)]
    [3, 7, 15]

    Args:
        widths: Side of each kernel or pooling window, from the input up.
        strides: Of each layer; None means 1.
    """
    seen, step = 1, 1
    for width, stride in zip(widths, strides or [1] * len(widths), strict=True):
        seen += (width - 1) * step
        step *= stride
    return seen


def banded_matrix(kernel: ArrayLike, n_inputs: int) -> Floats:
    """The matrix that a cross-correlation is: a band of repeated weights (handout figures 3, 4).

    >>> banded_matrix([1, 2], 4)
    array([[1., 2., 0., 0.],
           [0., 1., 2., 0.],
           [0., 0., 1., 2.]])

    Args:
        kernel: Shape (k,).
        n_inputs: At least k.

    Returns:
        Shape (n_inputs - k + 1, n_inputs). Times a row it gives its `cross_correlation`.
    """
    weights = np.asarray(kernel, dtype=np.float64)
    matrix = np.zeros((n_inputs - len(weights) + 1, n_inputs))
    for output, row in enumerate(matrix):
        row[output : output + len(weights)] = weights
    return matrix
