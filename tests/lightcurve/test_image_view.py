import numpy as np
import pytest

from kepler_keras.errors import InputError
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.views import VIEWS

NAN = np.nan


def ephemerides(period, t0, n=1):
    return Ephemerides(np.full(n, float(period)), np.full(n, float(t0)), np.full(n, 0.1))


def image_of(flux, period, t0, **options):
    flux = np.asarray(flux, np.float32)[None]
    built = VIEWS["folded_image"].build(
        flux, cadence=1.0, ephemerides=ephemerides(period, t0), low=-99, high=99, **options
    )
    return built[0, :, :, 0]


def test_each_row_of_the_image_is_a_cycle():
    # Three cycles of four cadences, mid-transit in column 2; median 5, median deviation 3.5.
    flux = [8, 10, 0, 10, 6, 2, 1, 9, 4, 3, 2, 11]
    built = image_of(flux, period=4, t0=2, rows=3, bins=4)
    expected = (np.array(flux).reshape(3, 4) - 5) / (1.4826 * 3.5)
    np.testing.assert_allclose(built, expected, rtol=1e-5)


def test_more_cycles_than_rows_are_averaged_in_order():
    cycles = [[0, 0, -8, 0], [4, 0, -4, 2], [0, 2, -6, 0], [0, 0, -6, 4]]
    built = image_of(np.ravel(cycles), period=4, t0=2, rows=2, bins=4)
    means = np.array([[2, 0, -6, 1], [0, 1, -6, 2]])
    expected = (means - np.median(means)) / (1.4826 * np.median(abs(means - np.median(means))))
    np.testing.assert_allclose(built, expected, rtol=1e-5)


def test_fewer_cycles_than_rows_are_repeated_in_order():
    flux = [8, 10, 0, 10, 6, 2, 1, 9]
    two = image_of(flux, period=4, t0=2, rows=2, bins=4)
    five = image_of(flux, period=4, t0=2, rows=5, bins=4)
    np.testing.assert_array_equal(five, two[[0, 0, 0, 1, 1]])


def test_phases_that_were_never_observed_are_zero():
    flux = [8, 10, 0, 10, 6, 2, 1, 9, 4, 3]  # the third cycle ends before its transit
    built = image_of(flux, period=4, t0=2, rows=3, bins=4)
    np.testing.assert_array_equal(built[2, 2:], [0, 0])
    assert np.all(built[2, :2] != 0)


def test_an_empty_cell_within_a_cycle_is_filled_along_phase():
    flux = [8, 10, 0, 10, 6, 2, 1, 9]
    built = image_of(flux, period=4, t0=2, rows=2, bins=8)
    assert built[0, 1] == pytest.approx((built[0, 0] + built[0, 2]) / 2, abs=1e-6)


def plain_image(flux, period, t0, rows, bins):
    """Means of cells and which of them hold a value, cycle by cycle."""
    place = (np.arange(len(flux)) - t0) / period
    number = np.floor(place + 0.5)
    seen = np.isfinite(flux)
    n_cycles = int(np.ptp(number[seen])) + 1
    groups = (number - number[seen].min()) * min(rows, n_cycles) // n_cycles
    columns = (np.floor((place - number) * bins + 0.5) + bins // 2) % bins
    image = np.full((min(rows, n_cycles), bins), NAN)
    for row, column in np.ndindex(image.shape):
        if (cell := seen & (groups == row) & (columns == column)).any():
            image[row, column] = flux[cell].mean()
    centre = np.nanmedian(image)
    return (image - centre) / (1.4826 * np.nanmedian(abs(image - centre)))


@pytest.mark.parametrize("grouping", ["spread", "cycles"])
@pytest.mark.parametrize("seed", range(6))
def test_cells_are_means_of_what_was_measured(grouping, seed):
    random = np.random.default_rng(seed)
    flux, period = random.normal(size=400), random.uniform(30, 90)
    flux[:50] = flux[150:180] = NAN
    rows = 5 if grouping == "spread" else 14
    t0 = random.uniform(-200, 300)
    flux = flux.astype(np.float32)
    built = image_of(flux, period=period, t0=t0, rows=rows, bins=11, grouping=grouping)
    expected = plain_image(flux.astype(float), period, t0, rows, 11)
    if grouping == "spread":
        expected = expected[np.arange(rows) * len(expected) // rows]
    known = np.isfinite(expected)
    np.testing.assert_allclose(built[: len(expected)][known], expected[known], atol=1e-5)
    np.testing.assert_array_equal(built[len(expected) :], 0)


def test_cycles_begin_with_the_first_measured_one_and_end_in_zeros():
    # Four cycles of four cadences; nothing was measured in the first and the third.
    flux = [NAN, NAN, NAN, NAN, 8, 10, 0, 10, NAN, NAN, NAN, NAN, 4, 3, 2, 11]
    built = image_of(flux, period=4, t0=2, rows=5, bins=4, grouping="cycles")
    values = np.array([[8, 10, 0, 10], [0] * 4, [4, 3, 2, 11]])
    expected = (values - 6) / (1.4826 * 4)
    expected[1] = 0
    np.testing.assert_allclose(built[:3], expected, rtol=1e-5)
    np.testing.assert_array_equal(built[3:], np.zeros((2, 4)))


def test_more_cycles_than_rows_are_refused_by_number():
    match = r"row 0 has 3 cycles of 4 d, more than rows = 2; set rows: 3 or grouping: spread"
    with pytest.raises(InputError, match=match):
        image_of(np.arange(12.0), period=4, t0=2, rows=2, bins=4, grouping="cycles")
    image_of(np.arange(12.0), period=4, t0=2, rows=3, bins=4, grouping="cycles")


def test_an_image_of_the_usual_size_is_scaled_alike():
    flux = np.random.default_rng(3).normal(size=3197).astype(np.float32)
    built = image_of(flux, period=200, t0=-50, rows=32, bins=128)
    expected = plain_image(flux.astype(float), 200, -50, 32, 128)
    expected = expected[np.arange(32) * len(expected) // 32]
    known = np.isfinite(expected)
    np.testing.assert_allclose(built[known], expected[known], atol=1e-5)
