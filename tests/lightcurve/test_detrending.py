"""The front and what every method has to do: hand-typed curves first, then properties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kepler_keras.errors import InputError
from kepler_keras.lightcurve.detrending import METHODS, detrend
from kepler_keras.lightcurve.realism import KEPLER
from kepler_keras.lightcurve.simulate import KEPLER_CADENCE, simulate

NAN = np.nan
CADENCE = 0.02
every_method = pytest.mark.parametrize("method", METHODS)


def noise(seed, n=3, length=400, gaps=0.05):
    random = np.random.default_rng(seed)
    flux = random.normal(size=(n, length))
    flux[random.random(flux.shape) < gaps] = NAN
    return flux


@pytest.fixture(scope="module")
def stars():
    made = simulate(60, seed=4, realism=KEPLER, prevalence=0.02, eclipsing_binary_share=0)
    return made.flux[made.kind == "quiet"]


@every_method
def test_a_slow_ramp_goes_and_a_short_dip_stays(method):
    ramp = np.arange(200.0)
    dip = np.where((ramp >= 90) & (ramp < 96), -50.0, 0.0)
    detrended = detrend((ramp + dip)[None], cadence=CADENCE, method=method, window=1.0)[0]
    assert np.abs(detrended[30:90]).max() <= 7  # of a ramp that rose by 60
    assert detrended[90:96].mean() == pytest.approx(-50, abs=6)


@every_method
def test_a_level_makes_a_transit_as_deep_where_spots_dim_the_star(method):
    light = np.repeat([1.2, NAN, 0.8], [450, 100, 450])
    transit = np.ones(1000)
    transit[[225, 226, 227, 775, 776, 777]] = 0.99
    flux = (1e6 * (light * transit - 1))[None]
    apart = detrend(flux, cadence=CADENCE, method=method, level=0.0)[0]
    alike = detrend(flux, cadence=CADENCE, method=method, level=1e6)[0]
    np.testing.assert_allclose(apart[[226, 776]], [-12_000, -8_000], rtol=1e-5)
    np.testing.assert_allclose(alike[[226, 776]], [-10_000, -10_000], rtol=1e-5)


@every_method
def test_a_star_that_went_dark_is_not_divided_by_no_light(method):
    flux = np.full((1, 300), -1e6)
    flux[0, ::7] = -1e6 + 20
    dark = detrend(flux, cadence=CADENCE, method=method, window=1.0, level=1e6)
    assert np.abs(dark).max() <= 20


@every_method
def test_no_trend_reaches_across_a_long_gap(method):
    flux = noise(0, n=1, gaps=0)
    jump = flux.copy()
    jump[:, 200:] += 1000
    flux[:, 160:200] = jump[:, 160:200] = NAN
    before, after = (
        detrend(curve, cadence=CADENCE, method=method, window=2.0) for curve in (flux, jump)
    )
    np.testing.assert_allclose(after, before, atol=1e-3)
    reaching = detrend(jump, cadence=CADENCE, method=method, window=2.0, max_gap=1.0)
    assert not np.array_equal(reaching, after, equal_nan=True)


@every_method
def test_short_stretches_and_empty_rows_do_not_crash(method):
    flux = np.full((4, 300), NAN)
    flux[1, 7] = 5.0
    flux[2, [7, 8, 200, 201, 202]] = [1.0, 3.0, 7.0, 8.0, 9.0]
    flux[3, 100:150] = np.arange(50)  # shorter than the window
    detrended = detrend(flux, cadence=CADENCE, method=method)
    np.testing.assert_array_equal(np.isnan(detrended), np.isnan(flux))
    assert detrended[1, 7] == 0
    assert np.abs(detrended[2][np.isfinite(flux[2])]).max() <= 2
    assert np.abs(detrended[3, 100:150]).max() <= 25


@every_method
@given(seed=st.integers(0, 2**32), length=st.integers(5, 100), width=st.integers(1, 15))
@settings(max_examples=100, deadline=None)
def test_few_and_repeated_values_are_no_trap(method, seed, length, width):
    random = np.random.default_rng(seed)
    flux = random.choice([0.0, 0.0, 0.0, 1.0, -3.0, 0.1, 100.0], size=(20, length))
    flux[random.random(flux.shape) < random.random((20, 1))] = NAN
    window = float(min(2 * width + 1, length - 1 + length % 2))
    detrended = detrend(flux, cadence=1.0, method=method, window=window, max_gap=20.0)
    np.testing.assert_array_equal(np.isnan(detrended), np.isnan(flux))


@every_method
@pytest.mark.parametrize(("window", "came"), [(0.5, "1 cadences"), (30.0, "29 cadences")])
def test_a_window_that_cannot_be_is_refused(method, window, came):
    with pytest.raises(InputError, match=came):
        detrend(np.zeros((1, 20)), cadence=1.0, method=method, window=window)


def test_an_unknown_method_is_refused():
    with pytest.raises(InputError, match=r"unknown method 'splin'; did you mean 'spline'\?"):
        detrend(np.zeros((1, 200)), cadence=CADENCE, method="splin")


@every_method
def test_rows_know_nothing_of_each_other(method):
    flux = noise(1)
    changed = flux.copy()
    changed[1] += 1000 * np.sin(np.arange(400))
    whole = detrend(flux, cadence=CADENCE, method=method)
    order = [2, 0, 1]
    np.testing.assert_array_equal(
        detrend(changed, cadence=CADENCE, method=method)[[0, 2]], whole[[0, 2]]
    )
    np.testing.assert_array_equal(
        detrend(flux[order], cadence=CADENCE, method=method), whole[order]
    )
    np.testing.assert_array_equal(detrend(flux[1:2], cadence=CADENCE, method=method), whole[1:2])


@every_method
@given(seed=st.integers(0, 2**32), constant=st.floats(-1e3, 1e3))
@settings(max_examples=25, deadline=None)
def test_a_constant_changes_nothing_and_gaps_stay(method, seed, constant):
    flux = noise(seed)
    before = detrend(flux, cadence=CADENCE, method=method)
    after = detrend(flux + constant, cadence=CADENCE, method=method)
    np.testing.assert_allclose(after, before, atol=1e-5)
    np.testing.assert_array_equal(np.isnan(before), np.isnan(flux))
    assert before.dtype == np.float32


@given(seed=st.integers(0, 2**32), slope=st.floats(-10, 10))
@settings(max_examples=25, deadline=None)
def test_a_straight_line_changes_the_spline_alone(seed, slope):
    flux = noise(seed)
    line = slope * np.arange(flux.shape[1])
    before = detrend(flux, cadence=CADENCE)
    np.testing.assert_allclose(detrend(flux + line, cadence=CADENCE), before, atol=1e-5)


@every_method
@given(seed=st.integers(0, 2**32), scale=st.floats(1e-4, 1e6))
@settings(max_examples=25, deadline=None)
def test_scaled_flux_gives_scaled_residuals(method, seed, scale):
    flux = noise(seed)
    before = detrend(flux, cadence=CADENCE, method=method)
    after = detrend(scale * flux, cadence=CADENCE, method=method)
    np.testing.assert_allclose(after / scale, before, atol=1e-5)


def flatness(residual):
    """Robust scatter of means of 6 h, shape (n,)."""
    cells = residual[:, : residual.shape[1] // 12 * 12].reshape(len(residual), -1, 12)
    counts = np.isfinite(cells).sum(axis=2)
    means = np.where(counts > 6, np.nansum(cells, axis=2) / np.maximum(counts, 1), NAN)
    return np.nanmedian(np.abs(means - np.nanmedian(means, axis=1, keepdims=True)), axis=1)


def test_the_spline_is_as_flat_as_the_biweight_and_keeps_more_of_a_transit(stars):
    kept, flat = {}, {}
    time = np.arange(stars.shape[1]) * KEPLER_CADENCE
    dips = np.where((time - 3) % 8 < 0.25, -1.0, 0.0) * np.nanstd(np.diff(stars), axis=1)[:, None]
    for method in ("spline", "biweight"):
        before = detrend(stars, cadence=KEPLER_CADENCE, method=method)
        after = detrend(stars + dips, cadence=KEPLER_CADENCE, method=method)
        flat[method] = flatness(before)
        kept[method] = np.nanmedian(((after - before) / dips.min(axis=1)[:, None])[dips < 0])
    assert np.median(flat["spline"] / flat["biweight"]) < 1.03
    assert kept["spline"] > kept["biweight"] + 0.05
