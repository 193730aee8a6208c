"""How long a feature map is (handout equation 9), and what Keras makes of it.

The worked numbers of the handout, along one side:

>>> from kepler_keras.handout.padding import full_padding, half_padding
>>> output_size(32, 5), output_size(28, 2, stride=2)    # convolution, then pooling
(28, 14)
>>> 32 + 2 * half_padding(5), output_size(32, 5, padding=half_padding(5))
(36, 32)
>>> output_size(32, 5, padding=full_padding(5))         # L + F - 1
36
"""

from typing import Literal

from kepler_keras.errors import InputError


def output_size(size: int, kernel: int, *, padding: int = 0, stride: int = 1) -> int:
    """Places of a convolution or a pooling along one side (handout equation 9, rounded down).

    The handout divides without rounding. A kernel that would stick out of the end is left out, so
    the quotient has to be rounded down:

    >>> output_size(32, 5, stride=2)    # 27 / 2 + 1 = 14.5
    14

    Args:
        size: Side of the input, L.
        kernel: Side of the kernel, F.
        padding: Zeros on each side, P.
        stride: Places from one sum to the next, S.

    Raises:
        InputError: The kernel is longer than the padded input, or a number is too small.
    """
    if kernel < 1 or stride < 1 or padding < 0:
        numbers = f"{kernel}, {stride}, {padding}"
        raise InputError(f"kernel, stride, padding: at least 1, 1 and 0, they are {numbers}")
    if kernel > size + 2 * padding:
        padded = size + 2 * padding
        raise InputError(f"kernel: must fit into the padded side of {padded}, it is {kernel}")
    return (size + 2 * padding - kernel) // stride + 1


def keras_output_size(
    size: int, kernel: int, *, padding: Literal["valid", "same"] = "valid", stride: int = 1
) -> int:
    """Places along one side by the names of Keras, for its convolutions and poolings alike.

    "valid" is equation 9 without padding. "same" is the side over the stride, rounded up.

    >>> keras_output_size(32, 5), keras_output_size(32, 5, padding="same")
    (28, 32)
    >>> keras_output_size(33, 5, padding="same", stride=2)
    17
    """
    return -(-size // stride) if padding == "same" else output_size(size, kernel, stride=stride)
