"""Each augmentation on curves typed in by hand."""

import numpy as np
import pytest

from kepler_keras.data.augment import circular_shift, find_augmentation, time_reversal
from kepler_keras.errors import InputError
from kepler_keras.experiment import Choice


def reversed_(batch, *, folded):
    return time_reversal(batch, np.random.default_rng(0), folded, probability=1.0)


def curve(*values):
    return np.array(values, np.float32)[None, :, None]


def test_flux_runs_backwards():
    assert reversed_(curve(1, 2, 3, 4), folded=False).ravel().tolist() == [4, 3, 2, 1]


@pytest.mark.parametrize("bins", [200, 201])
def test_transit_of_a_global_view_stays_in_its_bin(bins):
    batch = np.zeros((1, bins, 1), np.float32)
    batch[0, bins // 2] = -1
    batch[0, bins // 2 + 3] = -0.5
    mirrored = reversed_(batch, folded=True)[0, :, 0]
    assert mirrored[bins // 2] == -1
    assert mirrored[bins // 2 - 3] == -0.5


@pytest.mark.parametrize("bins", [8, 9])
def test_image_is_mirrored_in_cycles_and_about_the_transit(bins):
    batch = np.zeros((1, 4, bins, 1), np.float32)
    batch[0, 0, bins // 2] = -1  # first cycle, mid-transit
    batch[0, 1, bins // 2 + 2] = -2
    mirrored = reversed_(batch, folded=True)[0, :, :, 0]
    assert mirrored[3, bins // 2] == -1
    assert mirrored[2, bins // 2 - 2] == -2


def test_probability_is_the_share_of_curves():
    batch = np.tile(curve(0, 1), (4000, 1, 1))
    for probability, share in ((0.0, 0.0), (0.25, 0.25), (1.0, 1.0)):
        result = time_reversal(batch, np.random.default_rng(3), False, probability=probability)
        assert np.mean(result[:, 0, 0] == 1) == pytest.approx(share, abs=0.03)


def test_shift_joins_end_to_beginning_and_reaches_every_cadence():
    batch = np.tile(curve(1, 2, 3, 4), (200, 1, 1))
    result = circular_shift(batch, np.random.default_rng(0), False)[..., 0]
    rolled = {tuple(np.roll([1, 2, 3, 4], shift)) for shift in range(4)}
    assert {tuple(row) for row in result.tolist()} == rolled


@pytest.mark.parametrize("view", ["global_view", "folded_image"])
def test_shift_is_refused_on_folded_views(view):
    with pytest.raises(
        InputError, match=f"needs unfolded flux; on the view '{view}' it would move"
    ):
        find_augmentation(Choice(name="circular_shift"), view=view, view_is_folded=True)


@pytest.mark.parametrize("value", [-0.1, 1.1, "often"])
def test_probability_must_be_one(value):
    choice = Choice(name="time_reversal", options={"probability": value})
    with pytest.raises(InputError, match="augmentation 'time_reversal': probability: "):
        find_augmentation(choice, view="flux", view_is_folded=False)
