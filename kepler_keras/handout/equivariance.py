"""f(g(x)) = g(f(x)): what moves with the input, and what stays (handout section 3).

Rows are circles here, as a folded light curve is: what leaves at one end comes back at the other.
So a shift loses nothing and the equation can hold exactly.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from kepler_keras.handout.convolution import cross_correlation
from kepler_keras.handout.windows import Floats

Change = Callable[[Floats], Floats]


def shifted(row: ArrayLike, by: int = 1) -> Floats:
    """A circle turned by so many places.

    The change that convolution is equivariant to (handout section 3).

    >>> shifted([1, 2, 3, 4])
    array([4., 1., 2., 3.])
    """
    return np.roll(np.asarray(row, dtype=np.float64), by, axis=0)


def flipped(row: ArrayLike) -> Floats:
    """A row the other way round: a change that convolution is not equivariant to (section 3).

    >>> flipped([1, 2, 3, 4])
    array([4., 3., 2., 1.])
    """
    return np.flip(np.asarray(row, dtype=np.float64), axis=0)


def circular_correlation(row: ArrayLike, kernel: ArrayLike) -> Floats:
    """Cross-correlation (handout equation 6) about a circle: as many places as the row has.

    >>> circular_correlation([1, 2, 3, 4], [0, 1, 10])
    array([21., 32., 43., 14.])

    Args:
        row: Shape (n,).
        kernel: Shape (k,), k odd and at most n. Its middle lies on the place of the result.
    """
    values, weights = np.asarray(row, dtype=np.float64), np.asarray(kernel, dtype=np.float64)
    wrapped = np.pad(values, len(weights) // 2, mode="wrap")
    return cross_correlation(wrapped, weights)


def equivariance_error(
    layer: Change, change: Change, row: ArrayLike, *, after: Change | None = None
) -> float:
    """The largest difference of f(g(x)) and g(f(x)); 0 means equivariant (handout section 3).

    >>> bump, slope = [0, 0, 1, 3, 1, 0, 0, 0], [-1, 0, 1]
    >>> equivariance_error(lambda x: circular_correlation(x, slope), shifted, bump)
    0.0
    >>> equivariance_error(lambda x: circular_correlation(x, slope), flipped, bump)
    6.0
    >>> equivariance_error(lambda x: circular_correlation(x, [1, 2, 1]), flipped, bump)
    0.0

    Args:
        layer: f.
        change: g.
        row: x.
        after: The g of the output where it has another length, such as a shift by 1 after a
            pooling by 4; None means g itself.
    """
    values = np.asarray(row, dtype=np.float64)
    difference = layer(change(values)) - (after or change)(layer(values))
    return float(np.abs(difference).max())


def invariance_error(layer: Change, change: Change, row: ArrayLike) -> float:
    """The largest difference of f(g(x)) and f(x); 0 means invariant (handout, pooling layer).

    Global max pooling is invariant to shifts. Max pooling of 2 with a stride of 2 is not:

    >>> bump = [0, 0, 1, 3, 1, 0, 0, 0]
    >>> invariance_error(lambda x: x.max(keepdims=True), shifted, bump)
    0.0
    >>> from kepler_keras.handout.pooling import max_pooling
    >>> invariance_error(lambda x: max_pooling(x, (2,), stride=2), shifted, bump)
    2.0

    Args:
        layer: f.
        change: g.
        row: x.
    """
    values = np.asarray(row, dtype=np.float64)
    return float(np.abs(layer(change(values)) - layer(values)).max())
