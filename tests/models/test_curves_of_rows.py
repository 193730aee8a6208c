"""Flat rows and the curves that they were."""

import numpy as np

from kepler_keras.models.curves_of_rows import back_to_curves


def test_views_and_channels_come_back_in_order():
    first = np.array([[[1, 10], [2, 20], [3, 30]]], np.float32)  # (1, 3 cadences, 2 channels)
    second = np.array([[[7], [8], [9]]], np.float32)
    rows = np.concatenate([first.reshape(1, -1), second.reshape(1, -1)], axis=1)
    built = back_to_curves("any", {"first": (3, 2), "second": (3, 1)}).transform(rows)
    np.testing.assert_array_equal(built, [[[1, 2, 3], [10, 20, 30], [7, 8, 9]]])
