"""Folding on hand-typed times."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kepler_keras.lightcurve.folding import (
    cadence_times,
    cycle,
    fill_empty,
    phase,
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


def test_empty_places_are_filled_around_the_circle():
    row = np.array([NAN, 1.0, NAN, 3.0, NAN, NAN])
    np.testing.assert_allclose(fill_empty(row, True), [1.5, 1, 2, 3, 2.5, 2])
    np.testing.assert_array_equal(row, [NAN, 1, NAN, 3, NAN, NAN])


def test_without_a_circle_the_ends_are_held():
    row = np.array([NAN, NAN, 1.0, NAN, NAN, 4.0, NAN])
    np.testing.assert_allclose(fill_empty(row, False), [1, 1, 1, 2, 3, 4, 4])


@pytest.mark.parametrize("circular", [True, False])
def test_filling_agrees_with_numpy(circular):
    random = np.random.default_rng(1)
    for _ in range(50):
        row = np.where(random.random(9) < 0.6, NAN, random.normal(size=9))
        row[random.integers(9)] = 1.0
        known = np.flatnonzero(np.isfinite(row))
        period = 9 if circular else None
        expected = np.interp(np.arange(9), known, row[known], period=period)
        np.testing.assert_allclose(fill_empty(row, circular), expected)


@pytest.mark.parametrize("circular", [True, False])
def test_a_row_without_any_value_becomes_zero(circular):
    np.testing.assert_array_equal(fill_empty(np.full(3, NAN), circular), np.zeros(3))


def test_times_start_at_zero():
    np.testing.assert_allclose(cadence_times(3, 0.5), [0, 0.5, 1])


N = st.integers(-1000, 1000)
SEED = st.integers(0, 10**6)


def drawn(seed):
    """Times, a period and a t0; no time is so close to half a period that rounding would tell."""
    random = np.random.default_rng(seed)
    time, period, t0 = random.uniform(-100, 100, 200), random.uniform(0.3, 60), random.normal()
    between = abs(abs(phase(time, period=period, t0=t0)) - 0.5) > 1e-9
    return time[between], period, t0


@given(SEED, N)
def test_any_transit_may_be_t0(seed, n):
    time, period, t0 = drawn(seed)
    later = {"period": period, "t0": t0 + n * period}
    np.testing.assert_allclose(
        phase(time, **later), phase(time, period=period, t0=t0), rtol=0, atol=1e-9
    )
    np.testing.assert_array_equal(cycle(time, **later), cycle(time, period=period, t0=t0) - n)


@given(SEED, st.floats(-1e4, 1e4))
def test_time_has_no_origin(seed, shift):
    time, period, t0 = drawn(seed)
    np.testing.assert_allclose(
        phase(time + shift, period=period, t0=t0 + shift),
        phase(time, period=period, t0=t0),
        rtol=0,
        atol=1e-9,
    )


@given(SEED)
def test_phase_and_cycle_give_the_time_back(seed):
    time, period, t0 = drawn(seed)
    phases, cycles = phase(time, period=period, t0=t0), cycle(time, period=period, t0=t0)
    assert ((phases >= -0.5) & (phases < 0.5)).all()
    np.testing.assert_allclose(t0 + (cycles + phases) * period, time, rtol=0, atol=1e-9)


@given(SEED)
def test_twice_the_period_has_every_other_transit_half_a_period_away(seed):
    time, period, t0 = drawn(seed)
    double = phase(time, period=2 * period, t0=t0)
    number = cycle(time, period=period, t0=t0)
    at_transit = double - phase(time, period=period, t0=t0) / 2
    np.testing.assert_allclose(abs(at_transit), np.where(number % 2, 0.5, 0), rtol=0, atol=1e-9)
