"""Recall in groups of planets by a property, by hand."""

import numpy as np
import pytest

from kepler_keras.evaluation.proportions import clopper_pearson
from kepler_keras.evaluation.strata import found_by_value

STARS = np.array([f"s{i}" for i in range(9)])
VALUES = np.array([9.0, 8, 7, 6, 5, 4, 3, 2, 1])
FOUND = np.array([True, True, True, True, True, False, False, False, True])


def test_three_groups_by_hand():
    low, middle, high = found_by_value(STARS, FOUND, VALUES)
    assert [(g.lowest, g.highest) for g in (low, middle, high)] == [(1, 3), (4, 6), (7, 9)]
    assert [(g.found, g.stars) for g in (low, middle, high)] == [(1, 3), (2, 3), (3, 3)]
    assert middle.recall == pytest.approx(2 / 3)
    ends = clopper_pearson(np.array([2]), np.array([3]))
    assert (middle.low, middle.high) == pytest.approx((ends[0][0], ends[1][0]))
    assert (high.high, low.low) == (1, pytest.approx(0.0084, abs=1e-4))


def test_the_order_of_rows_is_no_matter():
    order = np.random.default_rng(0).permutation(9)
    assert found_by_value(STARS[order], FOUND[order], VALUES[order]) == found_by_value(
        STARS, FOUND, VALUES
    )


def test_eight_planets_with_a_value_make_no_group():
    unknown = np.where(STARS == "s4", np.nan, VALUES)
    assert found_by_value(STARS, FOUND, unknown) == []
    assert (
        found_by_value(np.append(STARS, "s0"), np.append(FOUND, True), np.append(unknown, 9)) == []
    )


def test_a_planet_without_a_value_is_in_no_group():
    groups = found_by_value(
        np.append(STARS, "s9"), np.append(FOUND, True), np.append(VALUES, np.nan)
    )
    assert groups == found_by_value(STARS, FOUND, VALUES)


def test_repeats_add_no_stars():
    twice = [np.concatenate([column, column]) for column in (STARS, FOUND, VALUES)]
    assert found_by_value(*twice) == found_by_value(STARS, FOUND, VALUES)


def test_a_star_found_in_one_repeat_of_two_counts_half_and_widens_the_interval():
    again = np.where(STARS == "s3", False, FOUND)
    groups = found_by_value(
        np.concatenate([STARS, STARS]), np.concatenate([FOUND, again]), np.tile(VALUES, 2)
    )
    assert groups[1].found == 1.5
    assert groups[1].recall == 0.5
    ends = clopper_pearson(np.array([1, 2]), np.array([3, 3]))
    assert (groups[1].low, groups[1].high) == pytest.approx((ends[0][0], ends[1][1]))


def test_equal_values_stay_together():
    tied = np.array([1.0, 1, 1, 1, 1, 2, 3, 4, 5])
    groups = found_by_value(STARS, FOUND, tied)
    assert [group.stars for group in groups] == [6, 3]
    assert found_by_value(STARS, FOUND, np.ones(9)) == []
