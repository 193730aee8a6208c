"""Pooling: a summary of each window, every channel by itself (handout section 3.1, figure 9)."""

import numpy as np
from numpy.typing import ArrayLike

from kepler_keras.handout.windows import Floats, windows


def max_pooling(image: ArrayLike, window: tuple[int, ...], *, stride: int) -> Floats:
    """The highest value of each window (handout figure 9).

    A window of 2 x 2 moved by 1, as in the figure, and by 2, as in the text below equation 9:

    >>> image = [[1, 2, 0, 3], [4, 0, 1, 0], [0, 5, 0, 1], [1, 0, 2, 6]]
    >>> max_pooling(image, (2, 2), stride=1)
    array([[4., 2., 3.],
           [5., 5., 1.],
           [5., 5., 6.]])
    >>> max_pooling(image, (2, 2), stride=2)
    array([[4., 3.],
           [5., 6.]])

    Args:
        image: Shape (*sides, *channels); the window slides along as many axes as it has.
        window: Sides of the window.
        stride: Places from one window to the next.

    Returns:
        Shape (*positions, *channels): the depth stays.

    Raises:
        InputError: The window does not fit into the image, or the stride is below 1.
    """
    seen = windows(np.asarray(image, dtype=np.float64), window, stride=stride)
    return np.asarray(seen.max(axis=tuple(range(-len(window), 0))))


def average_pooling(image: ArrayLike, window: tuple[int, ...], *, stride: int) -> Floats:
    """The mean of each window: pooling by another summary (handout section 3.1).

    It is a convolution whose weights are all the same, so it takes the mean of a dip where max
    pooling of the flux hides it:

    >>> average_pooling([0, 0, 0, -8, 0, 0, 0, 0], (4,), stride=4)
    array([-2.,  0.])
    >>> max_pooling([0, 0, 0, -8, 0, 0, 0, 0], (4,), stride=4)
    array([0., 0.])

    Args:
        image: Shape (*sides, *channels).
        window: Sides of the window.
        stride: Places from one window to the next.

    Returns:
        Shape (*positions, *channels).

    Raises:
        InputError: The window does not fit into the image, or the stride is below 1.
    """
    seen = windows(np.asarray(image, dtype=np.float64), window, stride=stride)
    return np.asarray(seen.mean(axis=tuple(range(-len(window), 0))))
