"""One transit on white noise: the input on which a network's answers to shifts are measured."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
RAMP_SHARE = 0.2  # of a transit's width that each of its sides takes


def transit_on_noise(
    shape: tuple[int, ...], *, width: float, depth: float = 1.0, noise: float = 0.1, seed: int = 0
) -> Array:
    """A trapezoid in the middle of the last axis before the channels, alike in every channel.

    Args:
        shape: Of one example, (length, channels) or (rows, bins, channels); a row of features,
            (k,), holds noise alone.
        width: Of the transit from first to last contact, in steps.
        depth: How far it lies below 0.
        noise: Standard deviation of independent noise in every value.
        seed: Of the noise.

    Returns:
        Shape (1, *shape).
    """
    curve = np.random.default_rng(seed).normal(0.0, noise, (1, *shape))
    if len(shape) > 1:
        distance = np.abs(np.arange(shape[-2]) - shape[-2] // 2)
        dip = np.clip((width / 2 - distance) / max(RAMP_SHARE * width, 0.5), 0.0, 1.0)
        curve -= depth * dip[:, None]
    return curve.astype(np.float32)


def transits_on_noise(
    views: Mapping[str, tuple[int, ...]], *, widths: Mapping[str, float], seed: int = 0
) -> dict[str, Array]:
    """One transit in each of several views; arguments as of `transit_on_noise`, by view."""
    return {
        name: transit_on_noise(shape, width=widths.get(name, 1.0), seed=seed + i)
        for i, (name, shape) in enumerate(views.items())
    }
