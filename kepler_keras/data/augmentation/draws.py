"""Random numbers that several augmentations draw."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def log_uniform(
    rng: np.random.Generator, ends: Sequence[float], shape: tuple[int, ...]
) -> NDArray[np.float64]:
    """Numbers whose logarithm is uniform between those of two ends above 0."""
    low, high = np.log(ends)
    values: NDArray[np.float64] = np.exp(rng.uniform(low, high, shape))
    return values
