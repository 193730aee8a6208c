"""Secondary, odd and even view: their unit is the depth of all transits together."""

import numpy as np
import pytest
from plain_views import plain_filled, plain_local

from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.folding import cadence_times, cycle, phase
from kepler_keras.lightcurve.views import VIEWS

CADENCE, PERIOD, T0, DURATION = 0.02, 3.1, 1.3, 0.2
EPHEMERIS = {"period": PERIOD, "t0": T0}


def build(name, flux, *, period=PERIOD, duration=DURATION, **options):
    known = Ephemerides(*(np.array([value]) for value in (period, T0, duration)))
    built = VIEWS[name].build(np.array([flux]), cadence=CADENCE, ephemerides=known, **options)
    return built[0, :, 0]


def binary(*, depths=(10.0, 10.0), secondary=0.0, at=0.4, noise=0.1, n=3000):
    """Even and odd eclipses of given depths, and a secondary one at a phase."""
    time = cadence_times(n, CADENCE)
    flux = np.random.default_rng(0).normal(0, noise, n)
    phases, number = phase(time, **EPHEMERIS), cycle(time, **EPHEMERIS)
    flux -= np.where(abs(phases) * PERIOD < DURATION / 2, np.array(depths)[number % 2], 0)
    away = phase(time, period=PERIOD, t0=T0 + at * PERIOD)
    flux -= np.where(abs(away) * PERIOD < DURATION / 2, secondary, 0)
    return time, flux


@pytest.mark.parametrize("preset", ["shallue2018", "yu2019"])
@pytest.mark.parametrize("bins", [None, 24, 25])
@pytest.mark.parametrize(("name", "odd"), [("odd_view", 1), ("even_view", 0)])
def test_odd_and_even_equal_the_plain_definition(preset, bins, name, odd):
    time, flux = binary(depths=(10, 6))
    flux[700:900] = np.nan
    options = {**EPHEMERIS, "duration": DURATION, "preset": preset, "bins": bins}
    every, half = (
        plain_filled(plain_local(flux, time, **options, odd=which), circular=False)
        for which in (None, odd)
    )
    built = build(name, flux, preset=preset, bins=bins)
    np.testing.assert_allclose(built, half / -every.min(), atol=1e-6)


def test_eclipses_in_turn_deep_and_shallow_differ():
    _, flux = binary(depths=(10, 5), noise=0.001)
    even, odd = build("even_view", flux), build("odd_view", flux)
    assert even[30] / odd[30] == pytest.approx(2, rel=1e-2)
    _, flux = binary(noise=0.001)
    assert build("odd_view", flux)[30] == pytest.approx(-1, rel=1e-2)


def test_without_odd_transits_the_odd_view_is_zero():
    time, flux = binary()
    flux[cycle(time, **EPHEMERIS) % 2 == 1] = np.nan
    np.testing.assert_array_equal(build("odd_view", flux), np.zeros(61, np.float32))
    assert build("even_view", flux).min() == -1


@pytest.mark.parametrize("at", [0.5, 0.4, -0.31, 0.25])
@pytest.mark.parametrize("preset", ["shallue2018", "yu2019"])
def test_the_secondary_is_found_and_as_deep_as_it_is_beside_the_transit(at, preset):
    _, flux = binary(secondary=2.0, at=at, noise=0.05)
    built = build("secondary_view", flux, preset=preset)
    middle = len(built) // 2
    assert built[middle] == pytest.approx(-0.2, abs=0.03)
    assert np.median(built) == pytest.approx(0, abs=1e-6)


def test_one_deep_value_is_no_secondary():
    """A box that gaps have left with one value is deeper than a true one, but stands for less."""
    time, flux = binary(secondary=2.0, at=0.4, noise=0.05)
    away = abs(phase(time, period=PERIOD, t0=T0 - 0.3 * PERIOD)) * PERIOD
    flux[away < 1.2 * DURATION] = np.nan
    flux[np.flatnonzero(away < 0.1 * DURATION)[0]] = -3.0
    assert build("secondary_view", flux)[30] == pytest.approx(-0.2, abs=0.03)


def test_the_transit_itself_is_not_in_the_secondary_view():
    """Even where the window around a secondary close by reaches it."""
    _, flux = binary(secondary=2.0, at=1.7 * DURATION / PERIOD, noise=0.001)
    built = build("secondary_view", flux, preset="shallue2018")
    assert -0.25 < built.min() < -0.15


def test_a_search_that_finds_no_room_outside_the_transit_gives_zeros():
    _, flux = binary()
    built = build("secondary_view", flux, duration=PERIOD / 2.9)
    np.testing.assert_array_equal(built, np.zeros(61, np.float32))


def test_the_flux_is_not_changed():
    _, flux = binary(secondary=2.0)
    flux = flux[None]
    before = flux.copy()
    known = Ephemerides(*(np.array([value]) for value in (PERIOD, T0, DURATION)))
    VIEWS["secondary_view"].build(flux, cadence=CADENCE, ephemerides=known)
    np.testing.assert_array_equal(flux, before)


@pytest.mark.parametrize("name", ["secondary_view", "odd_view", "even_view"])
def test_without_any_flux_near_the_transit_there_is_no_depth_and_the_view_is_zero(name):
    time, flux = binary(secondary=2.0)
    flux[abs(phase(time, **EPHEMERIS)) * PERIOD < 3 * DURATION] = np.nan
    np.testing.assert_array_equal(build(name, flux), np.zeros(61, np.float32))
