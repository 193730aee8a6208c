"""What is said of a box: curves typed in, dips positive, as the search standardises them."""

import numpy as np
import pytest

from kepler_keras.lightcurve.boxed_cadences import (
    in_transit,
    mask_transits,
    without_deeper_dips,
)
from kepler_keras.lightcurve.vetting import odd_even, polish, secondary, true_period

WHITE = np.ones(40)
BOUNDS = np.array([8.0, 200.0, 1.0, 30.0])


def sums_of(y, measured=None):
    measured = np.ones(len(y)) if measured is None else measured
    return np.append(0.0, np.cumsum(y * measured)), np.append(0.0, np.cumsum(measured))


def dips(n=600, period=50, first=10, width=4, depths=(8.0,), noise=1.0, seed=0):
    """Boxes that begin at `first` and every `period` cadences, their depths in turn; mean 0."""
    y = noise * np.random.default_rng(seed).normal(size=n)
    for number, start in enumerate(range(first, n, period)):
        y[start : start + width] += depths[number % len(depths)]
    return (y - y.mean()).astype(np.float32)


def test_a_transit_is_half_open_and_gaps_are_not_counted():
    y = np.arange(20.0)
    measured = np.ones(20)
    measured[4] = 0
    # Middles at 4 and 12, four cadences each: 2, 3, (4), 5 and 10, 11, 12, 13; next at 20: 18, 19.
    total, n, transits = in_transit(*sums_of(y, measured), 8.0, 4.0, 4.0)
    assert (total, n, transits) == (2 + 3 + 5 + 10 + 11 + 12 + 13 + 18 + 19, 9, 3)


def test_transits_before_t0_count_too_and_unseen_ones_do_not():
    measured = np.ones(20)
    measured[:8] = 0
    _, n, transits = in_transit(*sums_of(np.zeros(20), measured), 8.0, 12.0, 4.0)
    assert (n, transits) == (6, 2)


def test_alternating_depths_differ_by_so_many_sigma():
    y = dips(depths=(8.0, 4.0), noise=0.0)
    found = odd_even(*sums_of(y), WHITE, (50.0, 12.0, 4.0))
    depth = y[10:14].mean() / 2 + y[60:64].mean() / 2
    random, edges = np.sqrt(1 / 24 + 1 / 24), 0.4 * depth / 4 * np.sqrt(1 / 6 + 1 / 6)
    assert found == pytest.approx(4.0 / np.hypot(random, edges), rel=1e-5)
    noisier = odd_even(*sums_of(y), 2 * WHITE, (50.0, 12.0, 4.0))
    assert noisier == pytest.approx(4.0 / np.hypot(2 * random, edges), rel=1e-5)
    assert odd_even(*sums_of(y), WHITE, (50.0, 62.0, 4.0)) == pytest.approx(-found)


def test_deep_transits_that_the_cadence_cuts_unequally_are_alike():
    """In noise of 1 a difference of 8 is many sigma, but a tenth of the depth is the sampling's."""
    y = dips(depths=(80.0, 72.0), noise=0.0)
    assert odd_even(*sums_of(y), WHITE, (50.0, 12.0, 4.0)) < 3


def test_odd_against_even_is_undefined_where_one_was_never_seen():
    measured = np.ones(600)
    for start in range(60, 600, 100):
        measured[start : start + 4] = 0
    assert np.isnan(odd_even(*sums_of(dips(), measured), WHITE, (50.0, 12.0, 4.0)))


@pytest.mark.parametrize(
    ("depths", "given", "expected"),
    [
        ((8.0,), 50.0, 50.0),
        ((8.0, 2.5), 50.0, 100.0),  # a binary's secondary is shallower
        ((8.0, 6.0), 50.0, 50.0),  # odd_even says that they differ
        ((8.0,), 100.0, 50.0),
        ((8.0,), 150.0, 50.0),
        ((8.0,), 25.0, 50.0),
    ],
)
def test_the_period_is_the_one_whose_transits_are_all_alike(depths, given, expected):
    sums = sums_of(dips(depths=depths))
    period, t0, _ = true_period(*sums, WHITE, (given, 12.0, 4.0), BOUNDS)
    assert period == expected
    assert (t0 - 12.0) % expected == 0


def test_the_deeper_eclipses_are_the_transits():
    sums = sums_of(dips(depths=(2.5, 8.0)))
    period, t0, _ = true_period(*sums, WHITE, (50.0, 12.0, 4.0), BOUNDS)
    assert (period, t0 % 100.0) == (100.0, 62.0)


def test_no_period_beyond_the_bounds_is_given():
    sums = sums_of(dips(depths=(8.0, 2.5)))
    bounds = np.array([8.0, 90.0, 1.0, 30.0])
    assert true_period(*sums, WHITE, (50.0, 12.0, 4.0), bounds)[0] == 50.0


def test_a_box_of_more_than_half_the_orbit_keeps_its_period():
    """Multiples of the period are compared with it, and never taken for want of anything else."""
    sums = sums_of(dips(width=30))
    assert true_period(*sums, WHITE, (50.0, 25.0, 30.0), BOUNDS)[0] == 50.0


def test_dips_elsewhere_are_cut_to_the_boxs_own_and_only_those():
    clipped = dips(depths=(2.0,), noise=0.0)
    deep = clipped.copy()
    deep[10:14] += 5.0  # in the box
    deep[35] += 900.0
    own = without_deeper_dips(deep, clipped, np.ones(600, np.float32), (50.0, 12.0, 4.0))
    expected = deep.copy()
    expected[35] = clipped[35] + 5.0
    np.testing.assert_allclose(own, expected - expected.mean(), atol=1e-5)


def test_polishing_centres_a_box():
    sums = sums_of(dips(noise=0.1))
    snr, period, t0, duration = polish(*sums, WHITE, (50.02, 12.4, 4.5), 0.5, BOUNDS)
    assert period == pytest.approx(50.0, abs=0.05)
    assert t0 % 50 == pytest.approx(12.0, abs=0.5)
    assert duration == pytest.approx(4.0, abs=0.5)
    assert snr > polish(*sums, WHITE, (50.0, 20.0, 4.0), 0.0, BOUNDS)[0]


def test_a_secondary_is_measured_away_from_the_transit():
    y = dips(depths=(8.0,), noise=0.0)
    for start in range(35, 600, 50):
        y[start : start + 4] += 2.0
    y -= y.mean()
    measured = np.ones(600, np.float32)
    n = 48
    expected = y[36] * n * np.sqrt(600 / (n * (600 - n)))
    found = secondary(y, measured, 600.0, WHITE, (50.0, 12.0, 4.0))
    assert found == pytest.approx(expected, rel=1e-4)
    assert secondary(y, measured, 600.0, 2 * WHITE, (50.0, 12.0, 4.0)) == pytest.approx(found / 2)


def test_masked_transits_are_gaps_and_the_rest_stays():
    flux = np.arange(24, dtype=np.float32)
    mask_transits(flux, (10.0, 2.0, 2.0), 1.5)
    assert np.flatnonzero(np.isnan(flux)).tolist() == [1, 2, 3, 11, 12, 13, 21, 22, 23]
