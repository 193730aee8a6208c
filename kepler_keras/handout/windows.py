"""Every place at which a window lies wholly inside an array: what figure 2 slides over."""

import numpy as np
from numpy.typing import NDArray

from kepler_keras.errors import InputError

Floats = NDArray[np.float64]


def windows(values: Floats, shape: tuple[int, ...], *, stride: int = 1) -> Floats:
    """All windows of a shape, `stride` places apart, without a copy (handout figure 2).

    >>> windows(np.array([1.0, 2.0, 3.0, 4.0]), (2,))
    array([[1., 2.],
           [2., 3.],
           [3., 4.]])
    >>> windows(np.zeros((32, 32)), (5, 5)).shape
    (28, 28, 5, 5)

    Args:
        values: Shape (*sides, *channels): the window slides along as many axes as it has.
        shape: Sides of the window.
        stride: Places from one window to the next, the same along each axis.

    Returns:
        Shape (*positions, *channels, *shape).

    Raises:
        InputError: The window has more axes or longer sides than the values, or the stride is
            below 1.
    """
    if stride < 1:
        raise InputError(f"stride: must be at least 1, it is {stride}")
    if len(shape) > values.ndim or any(
        side > size for side, size in zip(shape, values.shape, strict=False)
    ):
        raise InputError(f"window: must fit into values of shape {values.shape}, it is {shape}")
    axes = tuple(range(len(shape)))
    everywhere: Floats = np.lib.stride_tricks.sliding_window_view(
        values,
        shape,
        axis=axes,  # type: ignore[call-overload]  # NumPy's types know one axis only
    )
    return everywhere[(slice(None, None, stride),) * len(shape)]
