"""The means that a picture of a search shows beside the points."""

import numpy as np
import pytest

from kepler_keras.reporting.search_picture import binned

DURATION = 0.7  # so that bins are 0.1 d wide


def test_bins_are_centred_on_mid_transit():
    orbit = np.array([-0.04, 0.0, 0.04, 0.06, 0.14, -0.2])
    flux = np.array([1.0, 2.0, 3.0, 10.0, 20.0, 7.0])
    middles, means = binned(orbit, flux, half=0.25, duration=DURATION)
    np.testing.assert_allclose(middles, [-0.2, 0.0, 0.1])
    np.testing.assert_allclose(means, [7.0, 2.0, 15.0])


@pytest.mark.parametrize("half", [0.35, 0.36, 0.399, 0.401, 2.1])
def test_all_bins_lie_within_the_axis(half):
    orbit = np.linspace(-half, half, 4001)
    middles, means = binned(orbit, np.ones(4001), half=half, duration=DURATION)
    assert np.abs(middles).max() + 0.05 <= half + 1e-9
    assert np.abs(middles).max() + 0.15 > half - 1e-9
    np.testing.assert_allclose(middles, -middles[::-1], atol=1e-12)
    np.testing.assert_array_equal(means, 1.0)
