"""Transit curves against exoplanet-core integrated finely, and against hand-made geometry."""

import numpy as np
import pytest
from exoplanet_core import quad_limbdark_light_curve

from kepler_keras.lightcurve.transits import (
    Transit,
    disc_flux,
    radius_ratio_of_depth,
    separation,
)

EXPOSURE = 29.4244 / 1440
LIMB = (0.4, 0.2)


def finely_integrated(transit, time):
    """Each exposure as the mean of 1001 instants of exoplanet-core's curve, by the trapezoid."""
    steps = np.linspace(-0.5, 0.5, 1001) * EXPOSURE
    angle = 2 * np.pi * (time[:, None] + steps - transit.t0) / transit.period
    inclination = np.arccos(transit.impact / transit.separation)
    x = transit.separation * np.sin(angle)
    y = transit.separation * np.cos(angle) * np.cos(inclination)
    z = transit.separation * np.cos(angle) * np.sin(inclination)
    distance = np.where(z > 0, np.hypot(x, y), 99.0)
    flux = quad_limbdark_light_curve(*LIMB, distance, np.full_like(distance, transit.radius_ratio))
    return np.trapezoid(flux, steps, axis=1) / EXPOSURE


@pytest.mark.parametrize(
    ("period", "ratio", "impact"), [(1.2, 0.02, 0.0), (3.7, 0.03, 0.8), (11.0, 0.1, 0.5)]
)
def test_a_transit_equals_the_finely_integrated_one(period, ratio, impact):
    transit = Transit(period, 0.41, ratio, impact, separation(period, 1.0), LIMB)
    time = np.arange(700) * EXPOSURE
    expected = finely_integrated(transit, time)
    flux = transit.flux(time, exposure=EXPOSURE)
    np.testing.assert_allclose(flux, expected, atol=0.005 * ratio**2)
    assert (expected < 0).sum() > 3
    assert np.all(flux[expected == 0] == 0)


def test_an_opaque_disc_without_limb_darkening_takes_its_area():
    flux = disc_flux(np.array([0.0, 0.5, 1.2]), 0.1, (0.0, 0.0))
    np.testing.assert_allclose(flux, [-0.01, -0.01, 0.0], atol=1e-9)


@pytest.mark.parametrize("depth", [1e-4, 6e-4, 0.01])
@pytest.mark.parametrize("impact", [0.0, 0.5, 0.8])
def test_the_depth_at_mid_transit_is_the_asked_one(depth, impact):
    ratio = radius_ratio_of_depth(depth, impact=impact, limb_darkening=LIMB)
    transit = Transit(9.0, 2.0, ratio, impact, separation(9.0, 1.0), LIMB)
    middle = transit.flux(np.array([2.0, 11.0]), exposure=0.0)
    np.testing.assert_allclose(middle, -depth, rtol=1e-4)


def test_the_earth_is_215_solar_radii_away_and_transits_for_13_hours():
    distance = separation(365.25, 1.0)
    assert distance == pytest.approx(215.0, abs=0.2)
    earth = Transit(365.25, 0.0, 0.00916, 0.0, distance, LIMB)
    assert earth.duration * 24 == pytest.approx(13.1, abs=0.1)


def test_flux_is_touched_only_within_the_duration():
    transit = Transit(5.0, 1.0, 0.1, 0.3, separation(5.0, 1.0), LIMB)
    half = transit.duration / 2
    times = 1.0 + half * np.array([-1.01, -0.97, 0.0, 0.97, 1.01])
    flux = transit.flux(times, exposure=0.0)
    np.testing.assert_array_equal(flux < 0, [False, True, True, True, False])


def test_nothing_happens_behind_the_star():
    transit = Transit(5.0, 1.0, 0.1, 0.0, separation(5.0, 1.0), LIMB)
    assert transit.flux(np.array([3.5]), exposure=0.0)[0] == 0


SHAPES = [
    (1.2, 0.02, 0.0),
    (3.7, 0.03, 0.8),
    (11.0, 0.1, 0.5),
    (2.0, 0.1, 0.95),  # grazing: no second contact
    (13.0, 0.05, 0.94999),  # second and third contact all but meet
    (1.0, 1.0, 0.2),  # a star of the same size
    (2.0, 2.2, 1.5),  # a larger one
    (200.0, 0.01, 0.3),  # contacts far apart, ingress shorter than an exposure
]


@pytest.mark.parametrize(("period", "ratio", "impact"), SHAPES)
def test_the_mean_over_an_exposure_is_within_one_ppm(period, ratio, impact):
    transit = Transit(period, 0.41, ratio, impact, separation(period, 1.0), LIMB)
    time = np.arange(200) * EXPOSURE
    expected = finely_integrated(transit, time)
    mean = transit.mean_flux(time, exposure=EXPOSURE)
    np.testing.assert_allclose(mean, expected, rtol=0, atol=1e-6)
    if ratio < 0.2:
        np.testing.assert_allclose(mean, expected, rtol=0, atol=1e-8)
    assert (expected < -1e-5).sum() > 3
    assert np.all(mean[expected == 0] == 0)


def test_that_test_sees_coarse_averages():
    transit = Transit(11.0, 0.41, 0.1, 0.5, separation(11.0, 1.0), LIMB)
    time = np.arange(200) * EXPOSURE
    coarse = transit.flux(time, exposure=EXPOSURE)
    assert np.abs(coarse - finely_integrated(transit, time)).max() > 1e-6


def test_second_contact():
    central = Transit(10.0, 0.0, 0.1, 0.0, 20.0, LIMB)
    assert central.full_duration == pytest.approx(10 / np.pi * np.arcsin(0.9 / 20))
    assert central.full_duration < central.duration
    assert Transit(10.0, 0.0, 0.1, 0.95, 20.0, LIMB).full_duration == 0
