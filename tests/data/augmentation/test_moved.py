"""Curves moved, stretched and swapped, typed in by hand."""

import numpy as np
import pytest

from kepler_keras.data.augmentation.registry import find_augmentation
from kepler_keras.data.augmentation.shifted import circular_shift, phase_jitter
from kepler_keras.data.augmentation.stretched import time_stretch
from kepler_keras.data.augmentation.swapped import odd_even_swap
from kepler_keras.data.view_kind import ViewKind
from kepler_keras.errors import InputError
from kepler_keras.experiment import Choice
from kepler_keras.lightcurve.moved_rows import end_slopes, lines_over_gaps, rolled, stretched
from tests.data.augmentation.made_batches import (
    FLUX,
    GLOBAL,
    IMAGE,
    LOCAL,
    MASKED,
    batch_of,
    curve,
)

# Half a day is two cadences.
COARSE = ViewKind("flux", False, {}, 0.25)


def rows(*values):
    return np.array(values, np.float32)


def test_shift_joins_end_to_beginning_and_may_reach_every_cadence():
    batch = batch_of(np.tile(rows(1, 2, 2, 1)[None, :, None], (200, 1, 1)))
    view = circular_shift(batch, np.random.default_rng(0), FLUX, most=0.5).view[..., 0]
    shifted = {tuple(np.roll([1, 2, 2, 1], shift)) for shift in range(4)}
    assert {tuple(row) for row in view.tolist()} == shifted


def test_shift_stays_within_its_share_of_the_curve():
    dip = np.zeros(40)
    dip[20] = -1
    batch = batch_of(np.tile(dip[None, :, None], (300, 1, 1)))
    view = circular_shift(batch, np.random.default_rng(0), FLUX, most=0.1).view[..., 0]
    assert set(view.argmin(axis=1)) == set(range(16, 25))


def test_a_trend_makes_no_step_at_the_seam():
    trend = 0.5 * np.arange(20) - 4.25
    batch = batch_of(np.tile(trend[None, :, None], (50, 1, 1)))
    view = circular_shift(batch, np.random.default_rng(0), COARSE).view[..., 0]
    # The line of a straight trend is the trend itself; its level in the middle stays.
    np.testing.assert_allclose(view, 0.5, atol=1e-6)


def test_gaps_move_along_and_stay_gaps():
    flux = 0.5 * np.arange(20) - 4.25
    known = np.ones(20)
    known[[3, 10, 11]] = 0
    batch = batch_of(np.tile(np.stack([flux * known, known], -1)[None], (50, 1, 1)))
    view = circular_shift(batch, np.random.default_rng(0), MASKED, most=0.5).view
    gaps = {tuple(np.flatnonzero(row == 0)) for row in view[..., 1]}
    assert gaps <= {tuple(np.sort((np.array([3, 10, 11]) + s) % 20)) for s in range(20)}
    assert len(gaps) > 10
    assert ((view[..., 0] == 0) == (view[..., 1] == 0)).all()


def test_slope_joins_the_medians_of_measured_ends():
    # First two known: 2 and 4 at columns 1 and 2; last two: 9 and 11 at 8 and 10.
    flux = rows([0, 2, 4, 7, 7, 7, 7, 7, 9, 0, 11])
    slope = end_slopes(flux, flux != 0, 2)
    assert slope == pytest.approx((10 - 3) / (9 - 1.5))


@pytest.mark.parametrize(
    "flux", [[0, 0, 0, 0, 0, 0], [0, 5, 0, 0, 0, 0], [0, 1, 9, 0, 0, 0], [3, 3, 3, 3, 3, 3]]
)
def test_slope_is_0_where_no_trend_can_be_told(flux):
    flux = rows(flux)
    assert end_slopes(flux, flux != 0, 2).tolist() == [0]


def test_rolled_rows_lose_the_line_about_the_middle():
    flux = rows([1, 2, 3], [1, 1, 1])
    known = np.array([[True, False, True]] * 2)
    moved, there = rolled(flux, known, rows(1, 0), np.array([1, 2]))
    assert moved.tolist() == [[2, 2, 2], [1, 1, 1]]
    assert there.tolist() == [[True, True, False], [False, True, True]]


def test_lines_run_between_known_neighbours_and_are_held_to_the_ends():
    flux = rows([9, 1, 9, 9, 4, 9], [9, 9, 9, 9, 9, 9])
    known = np.array([[False, True, False, False, True, False], [False] * 6])
    assert lines_over_gaps(flux, known).tolist() == [[1, 1, 2, 3, 4, 4], [0] * 6]


@pytest.mark.parametrize("kind", [GLOBAL, IMAGE, LOCAL])
def test_shift_is_refused_on_folded_views(kind):
    sentence = f"needs unfolded flux; on this view it would move .*|{kind.name}"
    with pytest.raises(InputError, match=sentence):
        find_augmentation(Choice(name="circular_shift"), kind)


def test_jitter_of_an_image_is_refused_unless_forced():
    sentence = "'phase_jitter' breaks the label on the view 'folded_image': one of 128 bins"
    with pytest.raises(InputError, match=sentence):
        find_augmentation(Choice(name="phase_jitter"), IMAGE)
    find_augmentation(Choice(name="phase_jitter", options={"force": True}), IMAGE)


def jittered(kind, values, bins):
    batch = batch_of(np.tile(rows(*values)[None, :, None], (200, 1, 1)))
    view = phase_jitter(batch, np.random.default_rng(0), kind, bins=bins).view[..., 0]
    return {tuple(row) for row in view.tolist()}


def test_jitter_of_a_whole_period_wraps():
    assert jittered(GLOBAL, (1, 2, 3, 4), 1) == {(4, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 1)}


def test_jitter_near_the_transit_repeats_the_edge():
    assert jittered(LOCAL, (1, 2, 3, 4), 2) == {
        (1, 1, 1, 2),
        (1, 1, 2, 3),
        (1, 2, 3, 4),
        (2, 3, 4, 4),
        (3, 4, 4, 4),
    }


def test_jitter_moves_all_cycles_of_an_image_alike():
    view = np.tile(np.array([[1, 2, 3], [4, 5, 6]])[None, ..., None], (50, 1, 1, 1))
    moved = phase_jitter(batch_of(view), np.random.default_rng(0), IMAGE).view[..., 0]
    shifts = {tuple(map(tuple, np.roll([[1, 2, 3], [4, 5, 6]], s, axis=1))) for s in (-1, 0, 1)}
    assert {tuple(map(tuple, image)) for image in moved.tolist()} == shifts


def test_odd_and_even_cycles_change_places_and_an_odd_last_one_stays():
    batch = batch_of(np.arange(10).reshape(1, 5, 2, 1))
    view = odd_even_swap(batch, np.random.default_rng(0), IMAGE, probability=1.0).view
    assert view[0, :, 0, 0].tolist() == [2, 0, 6, 4, 8]
    same = odd_even_swap(batch, np.random.default_rng(0), IMAGE, probability=0.0).view
    assert np.array_equal(same, batch.view)


def test_the_last_of_an_odd_number_of_cycles_stays_above_the_empty_rows():
    cycles = np.array([[1, 2, 3, 0, 0], [1, 0, 0, 0, 0], [1, 2, 3, 4, 0], [1, 0, 3, 4, 5]])
    batch = batch_of(np.tile(cycles[..., None, None], (1, 1, 2, 1)))
    view = odd_even_swap(batch, np.random.default_rng(0), IMAGE, probability=1.0).view
    expected = [[2, 1, 3, 0, 0], [1, 0, 0, 0, 0], [2, 1, 4, 3, 0], [0, 1, 4, 3, 5]]
    assert view[:, :, 0, 0].tolist() == expected


def test_swap_needs_an_image():
    with pytest.raises(InputError, match="view 'global_view': it needs an image of cycles"):
        find_augmentation(Choice(name="odd_even_swap"), GLOBAL)


def test_stretching_interpolates_and_what_lies_beyond_is_not_known():
    flux = rows([[0, 2, 4, 6, 8]])
    moved, there = stretched(flux, np.ones((1, 1, 5), bool), np.array([2.0]), 2.0)
    assert moved.tolist() == [[[2, 3, 4, 5, 6]]]
    assert there.all()
    moved, there = stretched(flux, np.ones((1, 1, 5), bool), np.array([0.5]), 2.0)
    assert moved.tolist() == [[[0, 0, 4, 8, 8]]]
    assert there.tolist() == [[[False, True, True, True, False]]]


def test_a_value_beside_a_gap_is_a_gap_when_stretched():
    known = np.array([[[True, True, False, True, True]]])
    _, there = stretched(rows([[1, 2, 0, 4, 5]]), known, np.array([2.0]), 2.0)
    assert there.tolist() == [[[True, False, False, False, True]]]


def test_stretched_transit_stays_in_its_bin_and_ends_are_held():
    batch = batch_of(np.tile(rows(1, 0, -5, 0, 2, 3)[None, :, None], (40, 1, 1)))
    batch.view[:, 3] = -9
    view = time_stretch(batch, np.random.default_rng(0), LOCAL).view[..., 0]
    assert (view[:, 3] == -9).all()
    assert (view[:, 0] <= 1).all()
    assert set(view[:, 5][view[:, 5] == 3]) == {3.0}


def test_ends_of_shortened_flux_are_gaps():
    view = time_stretch(curve(*[5] * 101), np.random.default_rng(2), FLUX).view.ravel()
    factor = np.random.default_rng(2).uniform(0.7, 1.4)
    assert factor < 1
    inside = abs(np.arange(101) - 50) <= 50 * factor
    assert (view == np.where(inside, 5, 0)).all()
