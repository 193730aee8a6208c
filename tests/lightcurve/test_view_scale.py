"""What a step of a view is worth, worked out on paper."""

import pytest

from kepler_keras.lightcurve.view_scale import ReferenceTransit, ViewScale, view_scale

REFERENCE = ReferenceTransit(period=10.0, duration=0.125, cadence=0.02)


def scale(name, length, reference=REFERENCE, **options):
    found = view_scale(name, options, length=length, reference=reference)
    return (found.hours, found.phase, found.durations)


def test_a_cadence():
    assert scale("flux", 3197) == pytest.approx((0.48, None, 0.16))
    assert scale("log_differences", 3196) == scale("flux", 3197)


def test_a_bin_of_the_whole_orbit():
    assert scale("global_view", 200) == pytest.approx((1.2, 0.005, 0.4))
    assert scale("folded_image", 200) == scale("global_view", 200)


@pytest.mark.parametrize(
    ("options", "length", "durations"),
    [
        ({}, 61, (2 - 0.08) / 30),
        ({"preset": "yu2019"}, 61, (2 - 0.08) / 30),
        ({"preset": "shallue2018"}, 201, (4 - 0.08) / 100),
        ({"bins": 201}, 201, (2 - 0.08) / 100),
        ({}, 201, (4 - 0.08) / 100),  # ready made: only one preset has as many
    ],
)
@pytest.mark.parametrize("name", ["local_view", "secondary_view", "odd_view", "even_view"])
def test_a_bin_near_the_transit(name, options, length, durations):
    expected = (3 * durations, durations * 0.0125, durations)
    assert scale(name, length, **options) == pytest.approx(expected)


def test_a_local_view_reaches_half_a_period_at_most():
    short = ReferenceTransit(period=0.4, duration=0.125)
    assert scale("local_view", 61, short)[2] == pytest.approx((1.6 - 0.08) / 30)


@pytest.mark.parametrize(
    ("name", "length"),
    [("spectrum", 99), ("view", 201), ("local_view", 77), ("search_features", 5)],
)
def test_what_is_not_known_has_no_scale(name, length):
    assert scale(name, length) == (None, None, None)


def test_several_steps():
    assert ViewScale(0.5, None, 0.25).times(4) == ViewScale(2.0, None, 1.0)


def test_the_reference_is_stated():
    assert ReferenceTransit().sentence == (
        "a transit of 3 h every 10 d, a cadence every 29.4244 min"
    )
