"""Competing kernels typed in, against the counts that they give."""

import numpy as np

from kepler_keras.models.hydra import LENGTH, Hydra, SparseScaler


def hydra(kernels, length, channels=1):
    """One group for the curve and one for its differences, at one dilation, with these kernels."""
    made = Hydra(n_groups=2, n_kernels=len(kernels), random_state=0)
    made.fit(np.zeros((1, channels, length), np.float32))
    made.dilations_ = made.dilations_[:1]
    made.kernels_ = np.array([[[kernels], [kernels]]], np.float32)
    made.channels_ = made.channels_[:1]
    return made


def test_the_kernel_that_fits_best_counts_its_answer_and_the_worst_counts_one():
    """Kernels that look at the cadence itself and at minus the one after."""
    itself, next_one = np.zeros(LENGTH), np.zeros(LENGTH)
    itself[4], next_one[5] = 1, -1
    curve = np.array([[[3, 0, -2, 5, 0, 0, 0, 0, 0, 0]]], np.float32)
    curve_counts, difference_counts = hydra([itself, next_one], 10).transform(curve).reshape(2, 4)
    # Answers of the first: 3 0 -2 5 0 ...; of the second: 0 2 -5 0 0 ...; the first wins ties.
    np.testing.assert_array_equal(curve_counts, [3 - 2 + 5, 2, 1 + 6, 2 + 1])
    # Differences -3 -2 7 -5 0 ...; minus the next one 2 -7 5 0 0 ...
    np.testing.assert_array_equal(difference_counts, [-2 + 7, 2, 2 + 5, 2])


def test_dilated_kernels_reach_further():
    kernel = np.zeros(LENGTH)
    kernel[5] = 1  # one dilation ahead
    made = Hydra(n_groups=2, n_kernels=2, random_state=0)
    made.fit(np.zeros((1, 1, 40), np.float32))
    assert made.dilations_.tolist() == [1, 2, 4]
    made.kernels_[:] = np.array([kernel, 0 * kernel])
    curve = np.zeros((1, 1, 40), np.float32)
    curve[0, 0, 3] = 1  # seen from 3 - dilation: not from before the first cadence
    counts = made.transform(curve).reshape(3, 2, 2, 2)
    np.testing.assert_array_equal(counts[:, 0, 0, 0], [1, 1, 0])


def test_kernels_have_mean_0_and_absolute_sum_1():
    made = Hydra(random_state=2).fit(np.zeros((1, 5, 201), np.float32))
    assert made.kernels_.shape == (5, 2, 32, 8, 9)
    assert made.channels_.shape == (5, 2, 32, 2)
    np.testing.assert_allclose(made.kernels_.sum(axis=-1), 0, atol=1e-6)
    np.testing.assert_allclose(abs(made.kernels_).sum(axis=-1), 1, rtol=1e-6)


def test_channels_of_a_group_are_added_up():
    kernel = np.zeros(LENGTH)
    kernel[4] = 1
    made = hydra([kernel, 0 * kernel], 12, channels=2)
    curves = np.random.default_rng(0).normal(size=(3, 2, 12)).astype(np.float32)
    added = curves[:, made.channels_[0, 0, 0]].sum(axis=1)
    counts = made.transform(curves).reshape(3, 2, 2, 2)
    np.testing.assert_allclose(counts[:, 0, 0, 0], np.maximum(added, 0).sum(axis=1), rtol=1e-5)


def test_zeros_stay_zero_and_rare_counts_small():
    counts = np.array([[4.0, 0, -3], [16, 0, 0], [0, 9, 0], [4, 0, 0]], np.float32)
    scaled = SparseScaler().fit(counts).transform(counts)
    roots = np.array([2.0, 4, 0, 2])
    expected = (roots - 2) * (roots != 0) / (roots.std() + 0.25**4)
    np.testing.assert_allclose(scaled[:, 0], expected, rtol=1e-6)
    np.testing.assert_allclose(scaled[2, 1], (3 - 0.75) / (np.std([3, 0, 0, 0]) + 0.75**4))
    np.testing.assert_array_equal(scaled[:, 2], 0)
