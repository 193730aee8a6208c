import numpy as np
import pytest
import wotan

from kepler_keras.lightcurve.detrending import detrend
from kepler_keras.lightcurve.realism import KEPLER
from kepler_keras.lightcurve.simulate import KEPLER_CADENCE, simulate


def test_one_wild_value_has_no_weight():
    flux = np.array([[1.0, 2.0, 3.0, 4.0, 1000.0, 3.0, 2.0, 1.0, 2.0]])
    detrended = detrend(flux, cadence=1.0, method="biweight", window=9.0)
    assert flux[0, 4] - detrended[0, 4] == pytest.approx(2.2, abs=0.1)


def test_where_the_deviation_is_0_the_median_stands():
    flux = np.array([[5.0, 5.0, 5.0, 9.0, 5.0]])
    detrended = detrend(flux, cadence=1.0, method="biweight", window=5.0)
    np.testing.assert_array_equal(detrended, [[0, 0, 0, 4, 0]])


def test_the_trend_is_wotans_at_edges_and_gaps_too():
    flux = simulate(20, seed=5, realism=KEPLER).flux.astype(np.float64)
    time = np.arange(flux.shape[1]) * KEPLER_CADENCE
    ours = detrend(flux, cadence=KEPLER_CADENCE, method="biweight", window=1.5)
    for curve, mine in zip(flux, ours, strict=True):
        _, trend = wotan.flatten(
            time, 1e6 + curve, window_length=1.5, method="biweight", return_trend=True
        )
        scatter = 1.4826 * np.nanmedian(np.abs(mine))
        np.testing.assert_allclose(mine, curve - (trend - 1e6), atol=1e-4 * scatter)
