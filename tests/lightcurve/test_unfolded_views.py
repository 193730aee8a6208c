"""Differences and the spectrum: eight numbers whose answers are known, then gaps and refusals."""

import numpy as np
import pytest

from kepler_keras.errors import InputError
from kepler_keras.lightcurve.views import VIEWS

NAN = np.nan
SCATTER = 1.4826


def differences(*curves, **options):
    return VIEWS["log_differences"].build(np.array(curves), cadence=1.0, **options)[..., 0]


def amplitudes(*curves, **options):
    return VIEWS["spectrum"].build(np.array(curves), cadence=1.0, **options)[..., 0]


def test_differences_of_logarithms_are_in_their_own_scatters():
    """Light of e to the power of these; the steps' median is 0 and their median deviation 1."""
    powers = np.array([0.0, 1, 0, 1, 3, 3, 3, 2])
    steps = np.array([1, -1, 1, 2, 0, 0, -1])
    np.testing.assert_allclose(differences(np.exp(powers), level=0)[0], steps / SCATTER, rtol=1e-6)
    relative = differences(np.exp(powers) - 1, level=1)
    np.testing.assert_allclose(relative[0], steps / SCATTER, rtol=1e-6)


def test_small_flux_in_any_unit_gives_its_plain_differences():
    curve = np.array([0.0, 1, 0, 1, 3, 3, 3, 2])
    steps = np.array([1, -1, 1, 2, 0, 0, -1])
    np.testing.assert_allclose(differences(curve)[0], steps / SCATTER, rtol=1e-4)
    np.testing.assert_allclose(differences(1e3 * curve)[0], steps / SCATTER, rtol=1e-2)


def test_the_same_share_of_light_is_the_same_step_wherever_the_star_stands():
    curve = np.array([2.0, 1, 2, 1, 200, 100, 200, 100, 200])
    steps = differences(curve, level=0, limit=99)[0]
    np.testing.assert_allclose(steps[[0, 2, 4, 6]], steps[0])


def test_a_gap_is_no_step():
    steps = differences([0.0, 1, NAN, 9, 8, NAN, NAN, 9, 9], [NAN] * 9)
    scatter = SCATTER * 1.0  # of 1, -1 and 0
    np.testing.assert_allclose(steps[0], np.array([1, 0, 0, -1, 0, 0, 0, 0]) / scatter, rtol=1e-4)
    np.testing.assert_array_equal(steps[1], np.zeros(8))


def test_steps_are_clipped_and_darkness_has_a_floor():
    curve = np.array([0.0, 1, 0, 1, 0, -2e6, 0, 1])
    assert differences(curve)[0].min() == -20
    assert differences(curve, limit=3)[0].max() == 3
    with pytest.raises(InputError, match=r"view log_differences: low < 0 < high"):
        differences(curve, limit=-3)


def test_flux_without_light_is_refused_by_row():
    with pytest.raises(InputError, match=r"flux \+ level must be light, above 0, but in row 1 its"):
        differences([1.0, 2, 3, 4], [0.0, -0.5, 0.5, -0.7], level=0)


def test_the_amplitudes_of_two_waves_of_eight_cadences():
    """A wave of 2, twice round, and one of 0.5 up and down; median 0, median deviation 1.5."""
    angle = 2 * np.pi * np.arange(8) / 8
    curve = 2 * np.cos(2 * angle) + 0.5 * np.cos(4 * angle)
    np.testing.assert_allclose(curve, [2.5, -0.5, -1.5, -0.5] * 2, atol=1e-12)
    # Median -0.5; distances 3, 0, 1, 0: their median is 0.5, the scatter half of 1.4826.
    expected = np.array([0, 2, 0, 0.5]) / (0.5 * SCATTER)
    np.testing.assert_allclose(amplitudes(curve + 7)[0], expected, atol=1e-6)


@pytest.mark.parametrize("n", [7, 8, 201])
def test_the_spectrum_has_half_as_many_columns(n):
    curves = np.random.default_rng(1).normal(size=(3, n))
    assert amplitudes(*curves).shape == (3, n // 2)


def test_where_a_transit_lies_is_lost():
    curve = np.random.default_rng(1).normal(size=64)
    np.testing.assert_allclose(amplitudes(curve), amplitudes(np.roll(curve, 9)), atol=1e-5)


def test_the_spectrum_of_a_star_does_not_depend_on_the_others():
    curves = np.random.default_rng(1).normal(size=(5, 100))
    np.testing.assert_array_equal(amplitudes(*curves)[3:4], amplitudes(curves[3]))


def test_gaps_lie_on_the_median():
    """Median 0 and median deviation 2 with the gaps and without them."""
    curve = [2.0, NAN, -2, 5, -5, 0, 2, -2]
    filled = [2.0, 0, -2, 5, -5, 0, 2, -2]
    np.testing.assert_array_equal(amplitudes(curve), amplitudes(filled))
