"""Hydra: which kernel of a small group fits best, counted along the curve."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from kepler_keras.compiled import compiled

LENGTH = 9  # of a kernel, cadences or bins
FEWEST_CHANNELS, MOST_CHANNELS = 2, 8  # that a group adds up, of half as many there are
RARE = 4  # power of the share of zeros that is added to a column's scatter


class Hydra(TransformerMixin, BaseEstimator):  # type: ignore[misc] # sklearn has no types
    """Competing convolutional kernels (Dempster, Schmidt & Webb 2023, arXiv:2203.13652, Sec. 3).

    Random kernels, each of mean 0 and absolute sum 1, stand in groups, at every dilation that is a
    power of two and fits; half of the groups see the curve and half its differences. At each
    cadence the kernel of a group with the highest answer has that answer added to its count, and
    the one with the lowest 1 to another. Written anew for NumPy arrays, as aeon's needs PyTorch:
    the draws are others.

    Args:
        n_groups: Groups a dilation, an even number.
        n_kernels: Kernels a group.
        random_state: Seed of kernels and channels.
    """

    def __init__(self, n_groups: int = 64, n_kernels: int = 8, random_state: int | None = None):
        self.n_groups = n_groups
        self.n_kernels = n_kernels
        self.random_state = random_state

    def fit(self, curves: NDArray[np.float32], labels: Any = None) -> "Hydra":
        """Draws kernels for curves of shape (n, channels, length), whatever their values."""
        _, n_channels, length = curves.shape
        random = np.random.default_rng(self.random_state)
        exponent = int(np.log2((length - 1) / (LENGTH - 1)))
        self.dilations_ = 2 ** np.arange(exponent + 1)
        shape = (len(self.dilations_), 2, self.n_groups // 2)
        kernels = random.normal(size=(*shape, self.n_kernels, LENGTH))
        kernels -= kernels.mean(axis=-1, keepdims=True)
        kernels /= abs(kernels).sum(axis=-1, keepdims=True)
        self.kernels_ = kernels.astype(np.float32)
        added = 1 if n_channels == 1 else np.clip(n_channels // 2, FEWEST_CHANNELS, MOST_CHANNELS)
        self.channels_ = random.integers(0, n_channels, size=(*shape, added))
        return self

    def transform(self, curves: NDArray[np.float32]) -> NDArray[np.float32]:
        """Counts, shape (n, 2 * dilations * groups * kernels)."""
        curves = np.ascontiguousarray(curves, np.float32)
        counts = _counts(curves, self.kernels_, self.channels_, self.dilations_)
        return counts.reshape(len(curves), -1)


class SparseScaler(TransformerMixin, BaseEstimator):  # type: ignore[misc] # sklearn has no types
    """Standardises roots of counts; a count of 0 stays 0, and rare ones are kept small.

    As the authors of Hydra scale theirs, and aeon: the scatter of a column has the fourth power of
    its share of zeros added.
    """

    def fit(self, counts: NDArray[np.float32], labels: Any = None) -> "SparseScaler":
        """Measures each column of shape (n, k)."""
        roots = np.sqrt(np.maximum(counts, 0))
        self.mean_ = roots.mean(axis=0)
        self.scale_ = roots.std(axis=0) + (roots == 0).mean(axis=0, dtype=np.float32) ** RARE + 1e-8
        return self

    def transform(self, counts: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scaled counts, shape (n, k)."""
        roots = np.sqrt(np.maximum(counts, 0))
        scaled: NDArray[np.float32] = (roots - self.mean_) * (roots != 0) / self.scale_
        return scaled.astype(np.float32, copy=False)


@compiled
def _counts(
    curves: NDArray[np.float32],
    kernels: NDArray[np.float32],
    channels: NDArray[np.int64],
    dilations: NDArray[np.int64],
) -> NDArray[np.float32]:
    """Shape (n, dilations, curve or differences, groups, highest or lowest, kernels)."""
    n, _, length = curves.shape
    n_dilations, _, n_groups, n_kernels, _ = kernels.shape
    counts = np.zeros((n, n_dilations, 2, n_groups, 2, n_kernels), np.float32)
    padded = np.empty(length + (LENGTH - 1) * dilations[-1], np.float32)
    answers = np.empty((n_kernels, length), np.float32)
    for row in range(n):
        for i, dilation in enumerate(dilations):
            margin = (LENGTH - 1) // 2 * dilation
            for order in range(2):
                seen = length - order
                for group in range(n_groups):
                    padded[:] = 0
                    for channel in channels[i, order, group]:
                        curve = curves[row, channel]
                        for t in range(seen):
                            step = curve[t + 1] - curve[t] if order else curve[t]
                            padded[margin + t] += step
                    _convolve(padded, kernels[i, order, group], dilation, answers[:, :seen])
                    _count(answers[:, :seen], counts[row, i, order, group])
    return counts


@compiled
def _convolve(
    padded: NDArray[np.float32],
    kernels: NDArray[np.float32],
    dilation: int,
    answers: NDArray[np.float32],
) -> None:
    answers[:] = 0
    for kernel in range(len(kernels)):
        answer = answers[kernel]
        for tap in range(LENGTH):
            weight, seen = kernels[kernel, tap], padded[tap * dilation :]
            for t in range(len(answer)):
                answer[t] += weight * seen[t]


@compiled
def _count(answers: NDArray[np.float32], counts: NDArray[np.float32]) -> None:
    """Adds the highest answer at each place to its kernel's first count, and 1 for the lowest."""
    n_kernels, length = answers.shape
    for t in range(length):
        highest, lowest = 0, 0
        for kernel in range(1, n_kernels):
            if answers[kernel, t] > answers[highest, t]:
                highest = kernel
            if answers[kernel, t] < answers[lowest, t]:
                lowest = kernel
        counts[0, highest] += answers[highest, t]
        counts[1, lowest] += np.float32(1)
