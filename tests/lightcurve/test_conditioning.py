"""Conditioning: every row by itself, hand-typed curves first."""

import numpy as np
import pytest

from kepler_keras.errors import InputError
from kepler_keras.lightcurve.conditioning import (
    interpolate_gaps,
    robust_scale,
    robust_scatter,
    running_median_detrend,
)

NAN = np.nan


def test_gaps_are_filled_linearly_and_edges_are_held():
    flux = np.array([[NAN, 1.0, NAN, NAN, 4.0, NAN], [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]], np.float32)
    filled = interpolate_gaps(flux)
    np.testing.assert_allclose(filled, [[1, 1, 2, 3, 4, 4], [0, 1, 2, 3, 4, 5]])
    assert filled.dtype == np.float32
    assert np.isnan(flux[0, 0]), "the caller's array must stay as it was"


def test_a_row_without_any_value_is_named():
    flux = np.array([[1.0, NAN], [NAN, NAN]], np.float32)
    with pytest.raises(InputError, match="row 1"):
        interpolate_gaps(flux)


def test_the_running_median_is_subtracted_not_divided_by():
    flux = np.array([[-3.0, -3.0, -3.0, -9.0, -3.0, -3.0, -3.0]], np.float32)
    detrended = running_median_detrend(flux, cadence=1.0, window=5.0)
    np.testing.assert_allclose(detrended, [[0, 0, 0, -6, 0, 0, 0]])


def test_a_slow_ramp_goes_and_a_short_dip_stays():
    ramp = np.arange(200.0)
    dip = np.where((ramp >= 90) & (ramp < 96), -50.0, 0.0)
    detrended = running_median_detrend((ramp + dip)[None], cadence=0.02, window=1.0)[0]
    assert np.abs(detrended[30:90]).max() <= 6  # of a ramp that rose by 60
    assert detrended[90:96].mean() == pytest.approx(-50, abs=6)


def test_detrending_never_blurs_across_stars():
    random = np.random.default_rng(0)
    flux = random.normal(size=(3, 101)).astype(np.float32)
    changed = flux.copy()
    changed[1] += 1000
    before = running_median_detrend(flux, cadence=1.0, window=11.0)
    after = running_median_detrend(changed, cadence=1.0, window=11.0)
    np.testing.assert_array_equal(before[[0, 2]], after[[0, 2]])


@pytest.mark.parametrize(("window", "came"), [(0.5, "1 cadences"), (30.0, "29 cadences")])
def test_a_window_that_cannot_be_is_refused(window, came):
    with pytest.raises(InputError, match=came):
        running_median_detrend(np.zeros((1, 20)), cadence=1.0, window=window)


def test_nan_is_refused_where_a_median_would_swallow_it():
    flux = np.array([[0.0, 1.0, 2.0], [0.0, NAN, 2.0]])
    with pytest.raises(InputError, match="row 1"):
        running_median_detrend(flux, cadence=1.0, window=3.0)
    with pytest.raises(InputError, match="row 1"):
        robust_scatter(flux)


def test_scatter_is_the_scaled_median_absolute_deviation():
    flux = np.array([[0.0, 1.0, 2.0, 3.0, 1000.0]])
    np.testing.assert_allclose(robust_scatter(flux), [1.4826])


def test_scatter_falls_back_to_the_standard_deviation_then_to_one():
    flux = np.array([[5.0, 5.0, 5.0, 5.0, 10.0], [7.0, 7.0, 7.0, 7.0, 7.0]])
    np.testing.assert_allclose(robust_scatter(flux), [2.0, 1.0])


def test_scaled_rows_have_median_zero_and_scatter_one():
    random = np.random.default_rng(1)
    flux = random.normal(size=(3, 501)) * [[1.0], [50.0], [0.01]] + [[0.0], [-4.0], [9.0]]
    scaled = robust_scale(flux)
    np.testing.assert_allclose(np.median(scaled, axis=1), 0, atol=1e-6)
    np.testing.assert_allclose(robust_scatter(scaled), 1, rtol=1e-5)
    np.testing.assert_array_equal(robust_scale(np.full((1, 4), 3.0)), np.zeros((1, 4)))
