"""The row of numbers about a box: one computed by hand, the search's own, and what is undefined."""

import numpy as np
import pytest

from kepler_keras.errors import InputError
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.search_features import SEARCH_FEATURES, search_features
from kepler_keras.lightcurve.transit_search import search_transits

CADENCE = 0.5  # days, so that every trial duration is one cadence, and white boxes are unit noise


def features(flux, period, t0, duration, *, cadence=CADENCE):
    flux = np.atleast_2d(flux)
    columns = (np.full(len(flux), float(number)) for number in (period, t0, duration))
    rows = search_features(flux, cadence=cadence, ephemerides=Ephemerides(*columns))
    assert rows.shape == (len(flux), len(SEARCH_FEATURES))
    assert rows.dtype == np.float32
    return dict(zip(SEARCH_FEATURES, rows.T, strict=True))


def train(even=-2.0, odd=-2.0, second=0.0):
    """240 values of -1 and 1 in turn; every 20th pair, in turn, is `even` and `odd` instead."""
    flux = np.tile([-1.0, 1.0], 120)
    for number, start in enumerate(range(4, 240, 20)):
        flux[start : start + 2] = odd if number % 2 else even
        flux[start + 10 : start + 12] += second
    return flux


def test_a_box_train_computed_by_hand():
    """Median 0 (or next to it: -1 and 1 are as many) and scatter 1.4826; twelve pairs of -2."""
    flux = train()
    found = features(flux, period=10, t0=2.5, duration=1)
    median = np.median(flux)
    scatter = 1.4826 * np.median(abs(flux - median))
    assert found["scatter"][0] == pytest.approx(scatter)
    assert found["depth"][0] == pytest.approx(2.0, rel=1e-5)
    assert found["depth_in_scatters"][0] == pytest.approx(2 / scatter, rel=1e-5)
    n = 24
    snr = 2 / scatter * np.sqrt(n * (240 - n) / 240)
    assert found["snr"][0] == pytest.approx(snr, rel=1e-5)
    assert found["n_transits"] == 12
    assert found["odd_even"][0] == pytest.approx(0, abs=1e-5)
    assert found["steadiness"] == pytest.approx(1)
    assert found["log_period"] == pytest.approx(1)
    assert found["duration_share"] == pytest.approx(0.1)
    assert found["duration_in_solar"][0] == pytest.approx(24 / 13 * (365.25 / 10) ** (1 / 3))
    assert found["box_noise"] == 1


def test_odd_and_even_depths_apart_are_in_sigma():
    flux = train(even=-2.5, odd=-1.5)
    found = features(flux, period=10, t0=2.5, duration=1)
    scatter, depth = found["scatter"][0], found["depth_in_scatters"][0]
    inside = depth * (240 - 24) / 240  # below the curve's mean, as `odd_even` takes it
    random = np.sqrt(1 / 12 + 1 / 12)
    edges = 0.4 * inside / 2 * np.sqrt(1 / 6 + 1 / 6)
    assert found["odd_even"][0] == pytest.approx(1 / scatter / np.hypot(random, edges), rel=1e-4)


def test_a_secondary_is_told_in_sigma_and_as_a_share():
    """The curve's mean is (12 * -4 + 12 * -2) / 240 = -0.3; pairs lie 1.7 and 0.7 below it."""
    found = features(train(second=-1.0), period=10, t0=2.5, duration=1)
    sigma = 0.7 / found["scatter"][0] * np.sqrt(24 * 240 / (240 - 24))
    assert found["secondary"][0] == pytest.approx(sigma, rel=1e-5)
    assert found["secondary_share"][0] == pytest.approx(0.7 / 1.7, rel=1e-5)
    none = features(train(), period=10, t0=2.5, duration=1)
    assert none["secondary"] == none["secondary_share"] == 0


def test_one_strong_transit_is_not_steady():
    flux = np.tile([-1.0, 1.0], 120)
    flux[[44, 45]] = -6
    assert features(flux, period=10, t0=2.5, duration=1)["steadiness"] == pytest.approx(0, abs=1e-5)


def test_at_the_ephemeris_that_a_search_found_it_says_what_the_search_says():
    random = np.random.default_rng(5)
    cadence, flux = 0.02, random.normal(size=(6, 1500)).astype(np.float32)
    for star, period in enumerate(range(40, 160, 20)):
        for start in range(7, 1500, period):
            flux[star, start : start + 6] -= 2.5
    found = search_transits(flux, cadence=cadence)
    rows = search_features(flux, cadence=cadence, ephemerides=found.first())
    said = dict(zip(SEARCH_FEATURES, rows.T, strict=True))
    for name in ("snr", "depth", "odd_even", "secondary", "n_transits"):
        np.testing.assert_allclose(said[name], getattr(found, name)[:, 0], rtol=2e-3, err_msg=name)


def test_days_and_back_do_not_push_an_edge_over_a_cadence():
    flux = train()
    for cadence in (0.1, 0.02043, 1 / 3, 0.7):
        found = features(
            flux, period=20 * cadence, t0=5 * cadence, duration=2 * cadence, cadence=cadence
        )
        assert found["depth"][0] == pytest.approx(2.0, rel=1e-5)


def test_what_is_not_defined_is_nan_and_the_ratio_is_0():
    empty, single = np.full(240, np.nan), np.full(240, np.nan)
    single[7] = 1.0
    found = features(np.array([empty, single, np.full(240, 5.0)]), period=10, t0=2.5, duration=1)
    np.testing.assert_array_equal(found["snr"], 0)
    for name in ("depth", "odd_even", "secondary_share", "scatter", "box_noise", "point_share"):
        assert np.isnan(found[name]).all(), name
    np.testing.assert_array_equal(found["log_period"], 1)


@pytest.mark.parametrize(
    ("period", "duration"), [(0.9, 0.5), (10, 10), (10, 40), (1e-6, 1e-6), (1e9, 1e9)]
)
def test_a_period_that_holds_no_box_has_none(period, duration):
    found = features(train(), period=period, t0=2.5, duration=duration)
    assert found["snr"] == 0
    assert np.isnan(found["depth"])


def test_a_transit_seen_once_has_no_secondary_and_no_odd_one():
    found = features(train(), period=1e9, t0=2.5, duration=1)
    assert found["n_transits"] == 1
    assert found["depth"][0] == pytest.approx(2 - 11 * 4 / 238, rel=1e-5)
    assert found["steadiness"] == 0
    assert np.isnan([found["secondary"][0], found["odd_even"][0]]).all()


def test_a_transit_in_a_gap_has_no_depth():
    flux = np.random.default_rng(3).normal(size=240)
    flux[4:6] = np.nan
    found = features(flux, period=1e9, t0=2.5, duration=1)
    assert found["snr"] == 0
    assert np.isnan(found["depth"])
    assert found["n_transits"] == 0


def test_an_unknown_ephemeris_is_refused():
    with pytest.raises(InputError, match="row 0: a folded view needs a known ephemeris"):
        features(train(), period=np.nan, t0=2.5, duration=1)
