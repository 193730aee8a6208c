"""Curves run backwards and turned over, typed in by hand."""

import numpy as np
import pytest

from kepler_keras.data.augmentation.amplitude import vertical_flip
from kepler_keras.data.augmentation.mirrored import time_reversal
from tests.data.augmentation.made_batches import FLUX, GLOBAL, IMAGE, LOCAL, MASKED, batch_of, curve


def reversed_(batch, kind):
    return time_reversal(batch, np.random.default_rng(0), kind, probability=1.0).view


def test_flux_runs_backwards():
    assert reversed_(curve(1, 2, 3, 4), FLUX).ravel().tolist() == [4, 3, 2, 1]


def test_mask_runs_along():
    view = reversed_(batch_of([[[1, 1], [0, 0], [3, 1]]]), MASKED)
    assert view.tolist() == [[[3, 1], [0, 0], [1, 1]]]


@pytest.mark.parametrize("bins", [200, 201])
@pytest.mark.parametrize("kind", [GLOBAL, LOCAL])
def test_transit_stays_in_its_bin(kind, bins):
    view = np.zeros((1, bins, 1))
    view[0, bins // 2] = -1
    view[0, bins // 2 + 3] = -0.5
    mirrored = reversed_(batch_of(view), kind)[0, :, 0]
    assert mirrored[bins // 2] == -1
    assert mirrored[bins // 2 - 3] == -0.5


def test_even_bins_of_a_whole_period_take_in_the_other_end():
    # The first bin is half a period away on both sides.
    assert reversed_(curve(5, 1, 0, 2), GLOBAL).ravel().tolist() == [5, 2, 0, 1]


def test_even_bins_near_the_transit_repeat_the_edge():
    assert reversed_(curve(5, 1, 0, 2), LOCAL).ravel().tolist() == [2, 2, 0, 1]


def test_odd_bins_are_only_mirrored():
    assert reversed_(curve(5, 1, 0, 2, 3), LOCAL).ravel().tolist() == [3, 2, 0, 1, 5]


@pytest.mark.parametrize("bins", [8, 9])
def test_image_is_mirrored_in_cycles_and_about_the_transit(bins):
    view = np.zeros((1, 4, bins, 1))
    view[0, 0, bins // 2] = -1  # first cycle, mid-transit
    view[0, 1, bins // 2 + 2] = -2
    view[0, 3] = 1
    mirrored = reversed_(batch_of(view), IMAGE)[0, :, :, 0]
    assert mirrored[3, bins // 2] == -1
    assert mirrored[2, bins // 2 - 2] == -2


def test_empty_rows_of_an_image_stay_below_its_cycles():
    cycles = np.array([[1, 2, 3, 4, 0], [1, 0, 3, 0, 0], [0, 0, 0, 0, 0]])
    view = reversed_(batch_of(np.tile(cycles[..., None, None], (1, 1, 3, 1))), IMAGE)
    assert view[:, :, 1, 0].tolist() == [[4, 3, 2, 1, 0], [3, 0, 1, 0, 0], [0, 0, 0, 0, 0]]


def test_probability_is_the_share_of_curves():
    batch = batch_of(np.tile([[[0], [1]]], (4000, 1, 1)))
    for probability, share in ((0.0, 0.0), (0.25, 0.25), (1.0, 1.0)):
        rng = np.random.default_rng(3)
        view = time_reversal(batch, rng, FLUX, probability=probability).view
        assert np.mean(view[:, 0, 0] == 1) == pytest.approx(share, abs=0.03)


def flipped(batch, kind):
    return vertical_flip(batch, np.random.default_rng(0), kind, probability=1.0).view.ravel()


def test_flip_is_about_the_median_of_what_was_measured():
    assert flipped(curve(1, 2, -6, 0, 3), FLUX).tolist() == [2, 1, 9, 0, 0]  # median 1.5


def test_flip_is_clipped_as_the_view_is():
    assert flipped(curve(-18, 1, 1, 1), FLUX).tolist() == [10, 1, 1, 1]


def test_flip_of_a_folded_view_takes_zeros_for_values():
    assert flipped(curve(0, -1, 2), GLOBAL).tolist() == [0, 1, -2]
