"""Profiles averaged over exposures, against shapes whose integral is known."""

import numpy as np
import pytest

from kepler_keras.lightcurve.exposure import ExposedProfile


def box(time):
    return np.where(np.abs(time) <= 1, -1.0, 0.0)


def trapezium(time):
    return -np.clip(2 - np.abs(time), 0, 1)


def test_an_exposure_inside_outside_and_across_the_edge_of_a_box():
    profile = ExposedProfile.of(box, (0.0, 1.0))
    time = np.array([0.0, 0.7, 1.0, 1.05, 1.2, 3.0, -1.05])
    means = profile.means(time, exposure=0.2)
    np.testing.assert_allclose(means, [-1, -1, -0.5, -0.25, 0, 0, -0.25], atol=1e-12)


def test_an_exposure_longer_than_the_dip_holds_all_of_it():
    profile = ExposedProfile.of(trapezium, (1.0, 2.0))
    np.testing.assert_allclose(profile.means(np.array([0.0, 0.9]), exposure=6.0), -0.5, atol=1e-12)


@pytest.mark.parametrize(("middle", "mean"), [(0.0, -1.0), (1.5, -0.5), (1.9, -0.1125)])
def test_the_flank_of_a_trapezium(middle, mean):
    profile = ExposedProfile.of(trapezium, (1.0, 2.0))
    # From 1.75 to 2.05 the flank is a triangle of 0.25 by 0.25, 0.03125 in all, over 0.3.
    width = 0.3 if middle == 1.9 else 0.2
    expected = -0.5 * 0.25**2 / 0.3 if middle == 1.9 else mean
    np.testing.assert_allclose(
        profile.means(np.array([middle]), exposure=width), expected, atol=1e-10
    )
