"""Zeros about the input: valid, half and full padding (handout equation 8, figure 8)."""

import numpy as np
from numpy.typing import ArrayLike

from kepler_keras.errors import InputError
from kepler_keras.handout.windows import Floats


def half_padding(kernel: int) -> int:
    """Zeros on each side that keep the size of the input (handout equation 8).

    They do so for an odd kernel and stride 1 only; `same_padding` is what libraries do elsewhere.

    >>> half_padding(5)
    2

    Args:
        kernel: Side of the kernel, odd.

    Raises:
        InputError: The side is even: half a zero cannot be put anywhere.
    """
    if kernel < 1 or kernel % 2 == 0:
        raise InputError(f"kernel: half padding needs an odd side of at least 1, it is {kernel}")
    return (kernel - 1) // 2


def full_padding(kernel: int) -> int:
    """Zeros on each side with which the kernel still touches one pixel (handout section 3.1).

    A side of L grows by 2 (F - 1), to L + 2 (F - 1); the feature map has L + F - 1 places.

    >>> full_padding(5)
    4
    >>> zero_padded(np.ones(32), full_padding(5)).shape
    (40,)
    """
    return kernel - 1


def same_padding(size: int, kernel: int, *, stride: int = 1) -> tuple[int, int]:
    """Zeros before and after a side for ceil(L / S) places: padding "same" of TensorFlow.

    >>> same_padding(32, 5)             # equation 8
    (2, 2)
    >>> same_padding(32, 4)             # an even kernel: one more after than before
    (1, 2)
    >>> same_padding(32, 5, stride=2)   # a stride: fewer
    (1, 2)

    Source: TensorFlow's documentation of `tf.nn`, notes on padding.
    """
    places = -(-size // stride)
    total = max((places - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def zero_padded(values: ArrayLike, before: int, after: int | None = None) -> Floats:
    """Values with zeros about them, the same along every axis (handout figure 8).

    >>> zero_padded([[5]], 1)
    array([[0., 0., 0.],
           [0., 5., 0.],
           [0., 0., 0.]])
    >>> zero_padded(np.ones((32, 32)), half_padding(5)).shape
    (36, 36)

    Args:
        values: One axis or more.
        before: Zeros before each axis.
        after: Zeros after it; None means as many.
    """
    return np.pad(
        np.asarray(values, dtype=np.float64), (before, before if after is None else after)
    )
