"""What the data know of planets, by hand."""

import numpy as np
import pytest

from kepler_keras.data.light_curves import LightCurves, Scalars
from kepler_keras.data.planet_values import planet_values
from kepler_keras.lightcurve.ephemeris import Ephemerides

NAN = np.nan


def curves(**fields):
    """Three planets among four rows, 400 cadences of 0.02 d: 8 days."""
    known = {
        "source": "typed",
        "flux": np.zeros((4, 400), np.float32),
        "labels": np.array([1, 0, 1, 1], np.int8),
        "stars": np.array(["a", "b", "c", "d"]),
        "cadence": 0.02,
    }
    return LightCurves(**{**known, **fields})


def test_data_that_know_nothing():
    assert planet_values(curves()) == {}


def test_periods_of_the_catalogue_for_planets_alone():
    period = np.array([3.5, 2.0, NAN, 10.0])
    found = planet_values(curves(ephemerides=Ephemerides(period, period, period)))
    assert found == {"period_days": {0: 3.5, 3: 10.0}}


def test_columns_beside_the_curves_and_their_logarithms():
    values = np.array([[2, 11.5, 7], [2, 11, 7], [3, NAN, 7], [4, 12, 7]], np.float32)
    given = curves(scalars=Scalars(("Transit_Depth", "koi_kepmag", "koi_steff"), values))
    magnitude = {0: 11.5, 3: 12.0}
    assert planet_values(given)["depth_ppm"] == {0: 2, 2: 3, 3: 4}
    assert planet_values(given, logarithms=["Transit_Depth"]) == {
        "depth_ppm": {0: 100, 2: 1000, 3: 10000},
        "magnitude": magnitude,
    }


def test_what_a_simulation_put_in_goes_first():
    period = np.array([4.0, NAN, 2.0, 8.0])
    truth = {
        "kind": np.array(["planet", "none", "planet", "planet"]),
        "period": period,
        "duration": np.full(4, 0.32),
        "depth_ppm": np.array([100.0, NAN, 200, 400]),
        "white_noise_ppm": np.full(4, 50.0),
    }
    catalogue = Ephemerides(period + 1, period, period)
    found = planet_values(curves(truth=truth, ephemerides=catalogue))
    assert found["period_days"] == {0: 4, 2: 2, 3: 8}
    assert found["depth_ppm"] == {0: 100, 2: 200, 3: 400}
    # 8 d of 400 cadences: 2, 4 and 1 transits of 16 cadences each.
    expected = {0: 2 * 32**0.5, 2: 4 * 64**0.5, 3: 8 * 16**0.5}
    assert found["signal_to_noise"] == pytest.approx(expected, rel=1e-5)


def test_depths_in_scatters_are_no_ppm():
    truth = {
        "period": np.array([4.0, NAN, NAN, 8.0]),
        "duration": np.full(4, 0.32),
        "depth": np.array([0.5, NAN, NAN, 2]),
        "n_transits": np.array([4, 0, 0, 1]),
    }
    found = planet_values(curves(truth=truth))
    assert list(found) == ["period_days", "signal_to_noise"]
    assert found["signal_to_noise"] == pytest.approx({0: 0.5 * 8, 3: 2 * 4})
