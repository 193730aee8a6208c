import numpy as np
import pytest
from scipy.ndimage import median_filter

from kepler_keras.lightcurve.detrending import detrend

NAN = np.nan


def test_the_running_median_is_subtracted_not_divided_by():
    flux = np.array([[-3.0, -3.0, -3.0, -9.0, -3.0, -3.0, -3.0]], np.float32)
    detrended = detrend(flux, cadence=1.0, method="running_median", window=5.0)
    np.testing.assert_allclose(detrended, [[0, 0, 0, -6, 0, 0, 0]])


def test_gaps_count_for_nothing():
    flux = np.array([[1.0, 2.0, NAN, 4.0, 50.0, NAN, 7.0]])
    detrended = detrend(flux, cadence=1.0, method="running_median", window=3.0, max_gap=2.0)
    trend = [1.0, 1.5, NAN, 27.0, 27.0, NAN, 7.0]  # mirrored at both ends
    np.testing.assert_allclose(flux[0] - detrended[0], trend)


@pytest.mark.parametrize("width", [3, 73, 399])
def test_without_gaps_it_is_scipys_mirrored_at_ends(width):
    flux = np.random.default_rng(0).normal(size=(2, 400)).astype(np.float32)
    detrended = detrend(flux, cadence=1.0, method="running_median", window=float(width))
    for curve, mine in zip(flux, detrended, strict=True):
        np.testing.assert_array_equal(mine, curve - median_filter(curve, width, mode="reflect"))
