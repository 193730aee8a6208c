"""Convolution and cross-correlation as sums (handout equations 3 to 6).

A convolution is given wherever it is not zero by definition: a side of L under a kernel of F has
L + F - 1 places. A cross-correlation is given where the kernel lies wholly inside, at L - F + 1
places. The first is the second on an input padded by F - 1 zeros, with the kernel rotated by 180
degrees:

>>> image, kernel = np.arange(12.0).reshape(3, 4), np.array([[1.0, 2.0], [0.0, -1.0]])
>>> inside = cross_correlation(np.pad(image, 1), rotated(kernel))
>>> bool((inside == convolution_over_kernel(image, kernel)).all())
True
"""

import numpy as np
from numpy.typing import ArrayLike

from kepler_keras.handout.windows import Floats, windows


def convolution_1d(signal: ArrayLike, kernel: ArrayLike) -> Floats:
    """Discrete convolution of two rows, zero outside of what is stored (handout equation 3).

    >>> convolution_1d([1, 2, 3], [1, 0, -1])
    array([ 1.,  2.,  2., -2., -3.])

    Args:
        signal: Shape (L,).
        kernel: Shape (F,).

    Returns:
        Shape (L + F - 1,).
    """
    f, g = np.asarray(signal, dtype=np.float64), np.asarray(kernel, dtype=np.float64)
    s = np.zeros(len(f) + len(g) - 1)
    for t in range(len(s)):
        for tau in range(max(0, t - len(g) + 1), min(t + 1, len(f))):
            s[t] += f[tau] * g[t - tau]
    return s


def convolution_over_image(image: ArrayLike, kernel: ArrayLike) -> Floats:
    """Convolution in 2-D, the sum running over the pixels of the image (handout equation 4).

    >>> convolution_over_image([[1, 2], [3, 4]], [[1, 10]])
    array([[ 1., 12., 20.],
           [ 3., 34., 40.]])

    Args:
        image: Shape (L, B).
        kernel: Shape (F, G).

    Returns:
        Shape (L + F - 1, B + G - 1).
    """
    pixels, weights = np.asarray(image, dtype=np.float64), np.asarray(kernel, dtype=np.float64)
    return _sum_of_moved(weights, pixels)


def convolution_over_kernel(image: ArrayLike, kernel: ArrayLike) -> Floats:
    """The same with the sum running over the kernel, which has fewer terms (handout equation 5).

    >>> convolution_over_kernel([[1, 2], [3, 4]], [[1, 10]])
    array([[ 1., 12., 20.],
           [ 3., 34., 40.]])

    Args:
        image: Shape (L, B).
        kernel: Shape (F, G).

    Returns:
        Shape (L + F - 1, B + G - 1).
    """
    pixels, weights = np.asarray(image, dtype=np.float64), np.asarray(kernel, dtype=np.float64)
    return _sum_of_moved(pixels, weights)


def _sum_of_moved(moved: Floats, summed: Floats) -> Floats:
    """One term for each place (m, n) of `summed`: `moved`, shifted there, times the value there."""
    rows, columns = moved.shape
    s = np.zeros((rows + summed.shape[0] - 1, columns + summed.shape[1] - 1))
    for m, n in np.ndindex(summed.shape):
        s[m : m + rows, n : n + columns] += moved * summed[m, n]
    return s


def cross_correlation(image: ArrayLike, kernel: ArrayLike, *, stride: int = 1) -> Floats:
    """The sliding sum of products that libraries call convolution (handout equation 6, figure 2).

    >>> cross_correlation([1, 2, 3, 5], [1, 0, -1])
    array([-2., -3.])
    >>> cross_correlation(np.ones((32, 32)), np.ones((5, 5))).shape
    (28, 28)

    Args:
        image: Shape (L,) or (L, B).
        kernel: Shape (F,) or (F, G), not larger.
        stride: Places from one sum to the next.

    Returns:
        Shape (L - F + 1,) or (L - F + 1, B - G + 1), of which a stride keeps every stride-th place.

    Raises:
        InputError: The kernel does not fit into the image, or the stride is below 1.
    """
    pixels, weights = np.asarray(image, dtype=np.float64), np.asarray(kernel, dtype=np.float64)
    seen = windows(pixels, weights.shape, stride=stride)
    return np.asarray(np.tensordot(seen, weights, axes=weights.ndim))


def rotated(kernel: ArrayLike) -> Floats:
    """A kernel turned by 180 degrees: every axis reversed (handout section 2, below equation 6).

    >>> rotated([[1, 2], [3, 4]])
    array([[4., 3.],
           [2., 1.]])
    >>> rotated([1, 0, -1])
    array([-1.,  0.,  1.])
    """
    return np.flip(np.asarray(kernel, dtype=np.float64))
