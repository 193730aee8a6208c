import numpy as np
import pytest
from scipy.interpolate import make_lsq_spline

from kepler_keras.lightcurve.cubic_spline import (
    include,
    penalised,
    solved,
    spline_at,
    tabled,
    write_spline,
)
from kepler_keras.lightcurve.detrending import detrend

NAN = np.nan
CADENCE = 0.02


def test_least_squares_are_scipys():
    random = np.random.default_rng(0)
    where, spacing, pieces = np.arange(101.0), 20.0, 5
    flux, weight = random.normal(size=101), random.uniform(1, 3, size=101)
    table, equations = tabled(where, spacing, pieces), penalised(pieces, 0.0, 0.0)
    for i in range(101):
        include.py_func(equations, table, i, flux[i], weight[i])
    coefficients = solved(equations)
    knots = np.arange(-3, pieces + 4) * spacing
    theirs = make_lsq_spline(where, flux, knots, w=np.sqrt(weight))
    np.testing.assert_allclose(coefficients, theirs.c, atol=1e-9)
    written = np.empty(101)
    write_spline(coefficients, spacing, 7.0, written)
    np.testing.assert_allclose(written, 7.0 + theirs(where), atol=1e-9)
    ours = [spline_at.py_func(coefficients, table, i) for i in range(101)]
    np.testing.assert_allclose(ours, theirs(where), atol=1e-9)


def test_dips_and_flares_are_kept_out_of_the_fit():
    random = np.random.default_rng(1)
    time = np.arange(1000) * CADENCE
    flux = 50 * np.sin(2 * np.pi * time / 8) + random.normal(size=1000)
    events = np.zeros(1000)
    events[300:325] = -20.0  # 12 h
    events[700:706] = 40.0
    before = detrend(flux[None], cadence=CADENCE)[0]
    after = detrend((flux + events)[None], cadence=CADENCE)[0]
    assert np.abs(after - before - events).max() < 0.7
    assert np.std(before) == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("start", [0, 5])
def test_a_dip_at_an_edge_is_not_followed(start):
    flux = np.random.default_rng(2).normal(size=1000)
    dip = np.zeros(1000)
    dip[start : start + 12] = -5.0
    after = detrend((flux + dip)[None], cadence=CADENCE)[0]
    assert after[start : start + 12].mean() < -4


def test_a_gap_of_nearly_the_longest_length_is_passed_over():
    time = np.arange(1000) * CADENCE
    flux = 30 * np.sin(2 * np.pi * time / 10) + np.random.default_rng(5).normal(size=1000)
    flux[400:436] = NAN
    detrended = detrend(flux[None], cadence=CADENCE)[0]
    assert np.nanmax(np.abs(detrended[300:536])) < 5


def test_deep_eclipses_do_not_make_the_trend_swing():
    time = np.arange(3000) * CADENCE
    flux = np.random.default_rng(3).normal(size=3000) + 30 * np.sin(2 * np.pi * time / 12)
    eclipsed = (time - 1) % 3 < 0.2
    detrended = detrend((flux - 2000.0 * eclipsed)[None], cadence=CADENCE)[0]
    assert np.abs(detrended[~eclipsed]).max() < 6
    np.testing.assert_allclose(detrended[eclipsed], -2000, atol=6)


def test_a_loss_of_sensitivity_is_no_long_dip():
    flux = np.random.default_rng(4).normal(size=3000)
    flux[1500:] -= 300
    detrended = detrend(flux[None], cadence=CADENCE)[0]
    assert np.abs(detrended).max() < 300
    assert np.abs(np.r_[detrended[:1350], detrended[1650:]]).max() < 10
