"""The layout of a search: periods without holes, durations that planets can have."""

import numpy as np
import pytest

from kepler_keras.lightcurve.trial_periods import (
    allowed_durations,
    solar_duration,
    trial_periods,
)

CADENCE = 29.4244 / 1440
HOURS = tuple(hours / 24 for hours in (1.5, 2.3, 3.5, 5.4, 8.3, 12.7))
EVERY = (0.0, np.inf)


def test_a_planet_crosses_the_sun_in_thirteen_hours_a_year():
    assert solar_duration(365.25) * 24 == pytest.approx(13)
    assert solar_duration(365.25 / 8) == pytest.approx(solar_duration(365.25) / 2)


@pytest.mark.parametrize(("n_cadences", "longest"), [(3197, 21.7), (3197, 60.0), (70_000, 400.0)])
def test_no_period_lies_further_from_a_trial_than_a_bin_of_drift(n_cadences, longest):
    trials = trial_periods(n_cadences, CADENCE, 0.5, longest, HOURS, EVERY)
    period = np.sort(trials.period)
    assert period[0] <= 0.5
    assert period[-1] >= 0.99 * longest
    step = np.repeat(trials.step, trials.rows)[np.argsort(trials.period)]
    cycles = n_cadences / (period[:-1] / CADENCE)
    drift = np.diff(period) / CADENCE * cycles
    inside = (period[:-1] >= 0.5) & (period[1:] <= longest)
    coarser = np.maximum(step[:-1], step[1:])
    assert (drift / coarser)[inside].max() < 2.1, "two bins of drift would smear a transit"


def test_trials_out_of_range_are_marked():
    trials = trial_periods(3197, CADENCE, 0.5, 21.7, HOURS, EVERY)
    inside = (trials.period >= 0.5) & (trials.period <= 21.7)
    np.testing.assert_array_equal(trials.wanted, inside)
    np.testing.assert_allclose(trials.cadences * CADENCE, trials.period)


def test_bases_describe_their_trials():
    trials = trial_periods(3197, CADENCE, 0.5, 21.7, HOURS, EVERY)
    assert trials.first.tolist() == [0, *np.cumsum(trials.rows)[:-1].tolist()]
    base = trials.period[trials.first]  # without drift the period is the base's own
    np.testing.assert_allclose(base, trials.p * trials.step * CADENCE)
    assert ((trials.rows - 1) * trials.p < 3197 // trials.step).all()
    assert (trials.rows * trials.p >= 3197 // trials.step).all()
    for widths, n_widths, p in zip(trials.widths, trials.n_widths, trials.p, strict=True):
        used = widths[:n_widths, 0]
        assert used[0] >= 1
        assert used[-1] <= p / 2
        assert (np.diff(used) > 0).all()


def test_time_is_binned_as_far_as_transits_allow():
    trials = trial_periods(3197, CADENCE, 0.5, 21.7, HOURS, EVERY)
    width = trials.step * CADENCE
    usual = np.array([solar_duration(period) for period in trials.period[trials.first]])
    assert (width <= np.maximum(0.43 * usual, CADENCE)).all()


def test_durations_are_those_a_planet_can_have():
    assert allowed_durations(HOURS, 400.0, EVERY) == [0, 1, 2, 3, 4, 5]
    assert allowed_durations(HOURS, 0.5, EVERY) == [0, 1, 2]  # at most 0.3 of the orbit
    # 3.1 h across the Sun at 5 d; 1.55 to 6.2 h
    assert allowed_durations(HOURS, 5.0, (0.5, 2.0)) == [1, 2, 3]
    assert allowed_durations((0.4,), 1.0, EVERY) == [0], "something has to be tried"
    assert allowed_durations(HOURS, 5.0, (0.01, 0.02)) == [2], "the nearest to 3.1 h"
