"""Conditioning: every row by itself, hand-typed curves first."""

import numpy as np
import pytest

from kepler_keras.errors import InputError
from kepler_keras.lightcurve.conditioning import (
    clip_outliers,
    fill_gaps,
    robust_scale,
    robust_scatter,
)

NAN = np.nan


def test_gaps_are_filled_linearly_and_edges_are_held():
    flux = np.array([[NAN, 1.0, NAN, NAN, 4.0, NAN], [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]], np.float32)
    filled, measured = fill_gaps(flux, "linear")
    np.testing.assert_allclose(filled, [[1, 1, 2, 3, 4, 4], [0, 1, 2, 3, 4, 5]])
    np.testing.assert_array_equal(measured, [[0, 1, 0, 0, 1, 0], [1] * 6])
    assert filled.dtype == np.float32
    assert measured.dtype == bool
    assert np.isnan(flux[0, 0]), "the caller's array must stay as it was"


def test_gaps_are_filled_with_the_rows_own_median():
    flux = np.array([[NAN, 1.0, 2.0, NAN, 9.0], [0.0, 0.0, 0.0, -5.0, NAN]])
    filled, measured = fill_gaps(flux)
    np.testing.assert_allclose(filled, [[2, 1, 2, 2, 9], [0, 0, 0, -5, 0]])
    np.testing.assert_array_equal(measured, ~np.isnan(flux))


@pytest.mark.parametrize("how", ["neutral", "linear"])
def test_a_row_without_any_value_becomes_zero(how):
    filled, measured = fill_gaps(np.array([[1.0, NAN], [NAN, NAN]], np.float32), how)
    np.testing.assert_array_equal(filled, [[1, 1], [0, 0]])
    np.testing.assert_array_equal(measured, [[True, False], [False, False]])


def test_an_unknown_way_of_filling_is_refused():
    with pytest.raises(InputError, match="neutral or linear, got 'zero'"):
        fill_gaps(np.zeros((1, 3)), "zero")


def test_bright_outliers_become_gaps_and_dips_stay():
    flux = np.array([[0.0, 1.0, -1.0, 1.0, -1.0, 10.0, -10.0, NAN]])
    clipped = clip_outliers(flux)
    np.testing.assert_array_equal(clipped, [[0, 1, -1, 1, -1, NAN, -10, NAN]])
    np.testing.assert_array_equal(
        clip_outliers(flux, lower=5.0), [[0, 1, -1, 1, -1, NAN, NAN, NAN]]
    )
    assert clipped.dtype == np.float32
    assert flux[0, 5] == 10, "the caller's array must stay as it was"


@pytest.mark.parametrize("limits", [{"upper": 0.0}, {"lower": -5.0}, {"upper": NAN}])
def test_a_limit_of_no_scatters_is_refused(limits):
    with pytest.raises(InputError, match=f"{next(iter(limits))} must be above 0"):
        clip_outliers(np.zeros((1, 3)), **limits)


def test_scatter_is_the_scaled_median_absolute_deviation():
    flux = np.array([[0.0, 1.0, 2.0, 3.0, 1000.0]])
    np.testing.assert_allclose(robust_scatter(flux), [1.4826])


def test_scatter_is_that_of_the_values_alone():
    flux = np.array([[NAN, 0.0, 1.0, 2.0, NAN, 3.0, 1000.0], [5.0, NAN, 5.0, 5.0, 5.0, 10.0, NAN]])
    np.testing.assert_allclose(robust_scatter(flux), [1.4826, 2.0])
    np.testing.assert_array_equal(np.isnan(robust_scale(flux)), np.isnan(flux))


def test_a_row_without_values_has_scatter_one_and_stays_without():
    flux = np.array([[NAN, NAN, NAN], [0.0, 1.0, 3.0]])
    np.testing.assert_allclose(robust_scatter(flux), [1.0, 1.4826])
    assert np.isnan(robust_scale(flux)[0]).all()
    assert np.isfinite(robust_scale(flux)[1]).all()


def test_scatter_falls_back_to_the_standard_deviation_then_to_one():
    flux = np.array([[5.0, 5.0, 5.0, 5.0, 10.0], [7.0, 7.0, 7.0, 7.0, 7.0]])
    np.testing.assert_allclose(robust_scatter(flux), [2.0, 1.0])


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_scatter_and_scale_are_what_numpy_says(kind):
    flux = np.random.default_rng(2).standard_cauchy((20, 301)).astype(kind)
    centred = flux - np.median(flux, axis=1, keepdims=True)
    scatter = 1.4826 * np.median(np.abs(centred), axis=1)
    np.testing.assert_allclose(robust_scatter(flux), scatter, rtol=1e-6)
    np.testing.assert_allclose(robust_scale(flux), centred / scatter[:, None], rtol=1e-5, atol=1e-6)


def test_scaled_rows_have_median_zero_and_scatter_one():
    random = np.random.default_rng(1)
    flux = random.normal(size=(3, 501)) * [[1.0], [50.0], [0.01]] + [[0.0], [-4.0], [9.0]]
    scaled = robust_scale(flux)
    np.testing.assert_allclose(np.median(scaled, axis=1), 0, atol=1e-6)
    np.testing.assert_allclose(robust_scatter(scaled), 1, rtol=1e-5)
    np.testing.assert_array_equal(robust_scale(np.full((1, 4), 3.0)), np.zeros((1, 4)))
