"""Medians: of few and many values, side by side and one by one, against NumPy."""

from itertools import product

import numpy as np
import pytest
from plain_views import plain_medians

from kepler_keras.lightcurve.median_bins import ALL, EVEN, FEW, ODD, median_bins
from kepler_keras.lightcurve.medians import LARGE, SMALL, median_of_many, sort_columns

NAN = np.nan


def test_medians_of_hand_typed_bins():
    # A period of 4 days in 4 bins: times 0, 1, 2, 3 fall into bins 2, 3, 0, 1.
    flux = np.array([1.0, 10.0, NAN, 5.0, 3.0, 20.0, NAN, NAN, 8.0, 30.0, NAN, 7.0])
    medians, counts = median_bins(flux, np.arange(12.0), 4.0, 0.0, 4.0, 0.5, 4, True, ALL)
    np.testing.assert_array_equal(medians, [NAN, 6, 3, 20])
    np.testing.assert_array_equal(counts, [0, 2, 3, 3])


def test_a_bin_takes_its_lower_edge_and_not_its_upper_one():
    times = np.array([-0.625, -0.5, -0.375, 0.375, 0.5, 0.625])  # of a period of 8 in 8 bins
    flux = np.arange(6.0)
    _, counts = median_bins(flux, times, 8.0, 0.0, 8.0, 0.5, 8, True, ALL)
    np.testing.assert_array_equal(counts, [0, 0, 0, 1, 3, 2, 0, 0])


def test_overlapping_bins_share_values_around_the_circle():
    times = np.array([3.5, 3.75, -3.75])  # the circle closes at 4 = -4, the middle of bin 0
    _, counts = median_bins(np.ones(3), times, 8.0, 0.0, 8.0, 0.75, 8, True, ALL)
    np.testing.assert_array_equal(counts, [3, 1, 0, 0, 0, 0, 0, 1])


def test_odd_and_even_cycles_make_up_all():
    flux, times = np.array([5.0, 6.0, 7.0, 8.0]), np.array([-4.0, 0.0, 4.0, 8.0])
    by_cycles = [
        median_bins(flux, times, 4.0, 0.0, 4.0, 0.5, 3, False, cycles)
        for cycles in (ALL, EVEN, ODD)
    ]
    assert [medians[1] for medians, _ in by_cycles] == [6.5, 7.0, 6.0]
    assert [counts[1] for _, counts in by_cycles] == [4, 2, 2]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("circular", [True, False])
@pytest.mark.parametrize("bins", [3, 4, 15, 64])
@pytest.mark.parametrize("half", [0.2, 0.5, 0.6, 1.3])
def test_bins_equal_the_plain_definition(dtype, circular, bins, half):
    random = np.random.default_rng(bins)
    for n in (5, 300, 40 * FEW):  # with hardly any values, side by side, and one by one
        flux, times = random.normal(size=n).astype(dtype), random.uniform(-50, 50, n)
        flux[random.random(n) < 0.2] = NAN
        shape = {"half": half, "bins": bins, "circular": circular}
        shape["per_cycle"] = float(bins) if circular else 3.3 * bins
        expected = plain_medians(flux, times, period=1.7, t0=0.3, **shape)
        medians, _ = median_bins(
            flux, times, 1.7, 0.3, shape["per_cycle"], half, bins, circular, ALL
        )
        np.testing.assert_allclose(medians, expected, rtol=1e-6)


@pytest.mark.parametrize("n", [1, 2, SMALL, LARGE, LARGE + 1, 999, 1000, 5000])
@pytest.mark.parametrize("kind", ["random", "sorted", "reversed", "tied", "constant", "outlier"])
def test_the_median_of_many_values(n, kind):
    values = np.random.default_rng(n).normal(size=n)
    if kind in ("sorted", "reversed"):
        values = np.sort(values)[:: 1 if kind == "sorted" else -1].copy()
    if kind == "tied":
        values = np.round(values)
    if kind == "constant":
        values[:] = 2.5
    if kind == "outlier":
        values[0] = 1e9
    assert median_of_many(values.copy()) == np.median(values)


@pytest.mark.parametrize("rows", range(1, 9))
def test_columns_of_zeros_and_ones_are_sorted(rows):
    """A network that sorts these sorts everything: Knuth, TAOCP 3, Sec. 5.3.4, Theorem Z."""
    table = np.array(list(product([0.0, 1.0], repeat=rows))).T.copy()
    expected = np.sort(table, axis=0)
    sort_columns(table)
    np.testing.assert_array_equal(table, expected)


def test_long_columns_are_sorted():
    for rows in range(9, FEW + 2, 7):
        table = np.random.default_rng(rows).normal(size=(rows, 40))
        expected = np.sort(table, axis=0)
        sort_columns(table)
        np.testing.assert_array_equal(table, expected)
