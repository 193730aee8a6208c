import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kepler_keras.errors import InputError
from kepler_keras.lightcurve.folding import phase
from kepler_keras.lightcurve.transit_search import search_transits
from kepler_keras.lightcurve.uneven import on_even_grid

NAN = np.nan


def test_values_go_to_the_nearest_column_and_are_averaged_there():
    time = [10.0, 11.1, 12.0, 11.9, 15.0, NAN]
    flux = [1.0, 2.0, 3.0, 5.0, 7.0, 99.0]
    even = on_even_grid(np.array(time), np.array(flux), cadence=1.0)
    np.testing.assert_array_equal(even.flux, [[1, 2, 4, NAN, NAN, 7]])
    assert (even.cadence, even.start) == (1.0, 10.0)


def test_the_usual_step_is_the_cadence_and_gaps_are_no_zeros():
    time = np.array([0.0, 0.5, 1.0, 1.5, 9.0, 9.5])
    even = on_even_grid(time, np.array([1, NAN, 3, 4, 5, 6.0]))
    assert even.cadence == 0.5
    assert even.flux.shape == (1, 20)
    assert np.flatnonzero(np.isfinite(even.flux[0])).tolist() == [0, 2, 3, 18, 19]


@settings(deadline=None)
@given(st.permutations(range(12)))
def test_the_order_of_the_values_does_not_matter(order):
    time, flux = np.linspace(0, 3, 12) ** 1.1, np.arange(12.0)
    even = on_even_grid(time, flux)
    again = on_even_grid(time[order], flux[order])
    np.testing.assert_array_equal(again.flux, even.flux)


@pytest.mark.parametrize(
    ("time", "flux", "options", "rule"),
    [
        ([1, 2], [1], {}, "one length"),
        ([1, 1, NAN], [1, 2, 3], {}, "two different times"),
        ([1, 2], [1, 2], {"cadence": 0.0}, "above 0 d"),
        ([0, 1e9], [1, 2], {"cadence": 1e-3}, "columns"),
    ],
)
def test_times_that_make_no_curve_are_refused(time, flux, options, rule):
    with pytest.raises(InputError, match=rule):
        on_even_grid(np.array(time, float), np.array(flux, float), **options)


def test_a_planet_is_found_in_uneven_times():
    """Nights of a telescope on the ground: clouds, and no cadence like the one before."""
    random = np.random.default_rng(2)
    time = np.sort(random.uniform(0, 40, 4000))
    time = time[time % 1 < 0.6]
    flux = random.normal(size=len(time))
    flux[np.abs(phase(time, period=2.345, t0=1.1)) * 2.345 < 0.08] -= 4
    even = on_even_grid(time, flux, cadence=0.02)
    found = search_transits(even.flux, cadence=even.cadence)
    assert found.period[0, 0] == pytest.approx(2.345, rel=0.002)
    off = phase(found.t0[0] + even.start, period=2.345, t0=1.1) * 2.345
    assert abs(off[0]) < 0.04
