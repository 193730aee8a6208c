"""Folding and binning on hand-typed times."""

import numpy as np
import pytest

from kepler_keras.lightcurve.folding import (
    bin_flux,
    cadence_times,
    cycle,
    fill_empty_bins,
    phase,
    phase_bin,
)

NAN = np.nan


def test_phase_is_zero_at_mid_transit_and_half_open():
    times = [1.0, 2.0, 3.0, 5.0, 0.0, 4.0]
    np.testing.assert_allclose(phase(times, period=4.0, t0=1.0), [0, 0.25, -0.5, 0, -0.25, -0.25])


def test_phase_before_the_first_transit():
    assert phase(-3.0, period=4.0, t0=1.0) == 0
    assert phase(-1.0, period=4.0, t0=1.0) == -0.5


def test_cycles_change_half_way_between_transits():
    times = [-1.1, -0.9, 1.0, 2.9, 3.1, 5.0]
    np.testing.assert_array_equal(cycle(times, period=4.0, t0=1.0), [-1, 0, 0, 0, 1, 1])


@pytest.mark.parametrize(("bins", "centre"), [(5, 2), (4, 2), (201, 100), (128, 64)])
def test_the_transit_lies_in_the_middle_of_the_centre_bin(bins, centre):
    phases = np.array([-0.49, 0.0, 0.49]) / bins
    np.testing.assert_array_equal(phase_bin(phases, bins), [centre] * 3)


def test_bins_are_circular():
    np.testing.assert_array_equal(phase_bin(np.array([-0.5, -0.4, 0.3, 0.45]), 4), [0, 0, 3, 0])
    np.testing.assert_array_equal(phase_bin(np.array([-0.5, -0.21, 0.21, 0.49]), 5), [0, 1, 3, 4])


def test_mean_and_median_of_each_bin():
    flux = np.array([1.0, 10.0, 3.0, 20.0, 8.0, 40.0, 50.0])
    index = np.array([0, 2, 0, 2, 0, 2, 2])
    np.testing.assert_allclose(bin_flux(flux, index, 4, statistic="mean"), [4, NAN, 30, NAN])
    np.testing.assert_allclose(bin_flux(flux, index, 4, statistic="median"), [3, NAN, 30, NAN])


def test_median_agrees_with_numpy_bin_by_bin():
    random = np.random.default_rng(0)
    flux, index = random.normal(size=400), random.integers(0, 30, 400)
    expected = [np.median(flux[index == k]) for k in range(30)]
    np.testing.assert_allclose(bin_flux(flux, index, 30), expected)


def test_empty_bins_are_filled_around_the_circle():
    binned = np.array([NAN, 1.0, NAN, 3.0, NAN, NAN])
    np.testing.assert_allclose(fill_empty_bins(binned), [1.5, 1, 2, 3, 2.5, 2])


def test_a_row_without_any_value_becomes_zero():
    np.testing.assert_array_equal(fill_empty_bins(np.full(3, NAN)), np.zeros(3))


def test_times_start_at_zero():
    np.testing.assert_allclose(cadence_times(3, 0.5), [0, 0.5, 1])
