"""Injected transits: where they lie, what they leave as it was, and what labels and weights say."""

import numpy as np
import pytest

from kepler_keras.data.augmentation.injected import _class_weights, transit_injection
from kepler_keras.data.augmentation.registry import find_augmentation
from kepler_keras.data.view_kind import ViewKind
from kepler_keras.errors import InputError
from kepler_keras.experiment import Choice
from kepler_keras.lightcurve.transit_trains import (
    first_orbit_seen,
    transit_times,
    trapezoid_trains,
)
from kepler_keras.lightcurve.transits import Transit, separation
from tests.data.augmentation.made_batches import batch_of

CADENCE = 0.02
KIND = ViewKind("flux", False, {"mask": True}, CADENCE)


def numbers(*values):
    return np.array(values, np.float64)


def stars(n=400, length=1500, planets=0.25):
    """White noise with a gap; every few rows are labelled 1."""
    rng = np.random.default_rng(0)
    known = np.ones((n, length), bool)
    known[:, 700:760] = False
    flux = np.where(known, rng.normal(size=(n, length)), 0).clip(-20, 10)
    batch = batch_of(np.stack([flux, known], axis=-1))
    batch.labels[:: round(1 / planets)] = 1
    return batch


def injected(batch, seed=1, **options):
    return transit_injection(batch, np.random.default_rng(seed), KIND, **options)


def test_times_are_those_of_the_exact_transit():
    period, density, impact, ratio = numbers(1, 10), numbers(0.5, 2), numbers(0, 0.7), 0.05
    duration, ingress = transit_times(
        period, density=density, impact=impact, radius_ratio=numbers(ratio, ratio)
    )
    for i in range(2):
        a = separation(period[i], density[i])
        exact = Transit(period[i], 0.0, ratio, impact[i], a, (0.4, 0.2))
        middle = (exact.duration + exact.full_duration) / 2
        assert duration[i] == pytest.approx(middle, rel=0.02)
        assert ingress[i] == pytest.approx((exact.duration - exact.full_duration) / 2, rel=0.05)


def test_trapezoid_typed_in_by_hand():
    # Flat for 2 d about days 3 and 13, ramps of 2 d: half depth 2 d from the middle.
    dips = trapezoid_trains(*map(numbers, (10, 3, 4, 2, 6)), 1.0, 14)
    assert dips.tolist() == [[0, 3, 6, 6, 6, 3, 0, 0, 0, 0, 0, 3, 6, 6]]


def test_a_transit_before_the_first_cadence_reaches_in():
    dips = trapezoid_trains(*map(numbers, (10, 9.5, 4, 1, 6)), 1.0, 4)
    assert dips.tolist() == [[6, 6, 0, 0]]


def test_a_box_shorter_than_the_exposure_is_shallower():
    # Half a cadence long: half of the exposure centred on it is dimmed.
    dips = trapezoid_trains(*map(numbers, (10, 2, 0.5, 0.0, 6)), 1.0, 5)
    assert dips.tolist() == [[0, 0, 3, 0, 0]]


def test_depth_0_takes_nothing():
    assert not trapezoid_trains(*map(numbers, (10, 3, 4, 2, 0)), 1.0, 14).any()


def test_the_first_orbit_with_two_transits_in_flux():
    known = np.ones((3, 10), bool)
    known[1, 5] = False
    known[2, 1:] = False
    period, t0 = np.tile(numbers(4, 3), (3, 1)), np.tile(numbers(1, 0), (3, 1))
    assert first_orbit_seen(known, period, t0, 1.0, 2).tolist() == [0, 0, -1]
    assert first_orbit_seen(known, period, t0, 1.0, 3).tolist() == [0, 1, -1]


def test_other_rows_come_out_bit_for_bit_and_so_does_flux_out_of_transit():
    batch = stars()
    result = injected(batch, probability=0.5)
    new = result.labels != batch.labels
    assert np.array_equal(result.view[~new].view(np.int32), batch.view[~new].view(np.int32))
    dips = result.view[new, :, 0] - batch.view[new, :, 0]
    assert (dips <= 0).all()
    assert (dips.min(axis=1) < -0.5).all()
    outside = dips == 0
    assert outside.mean() > 0.8
    assert np.array_equal(
        result.view[new, :, 0][outside].view(np.int32),
        batch.view[new, :, 0][outside].view(np.int32),
    )


def test_gaps_and_mask_stay_and_two_transits_lie_in_flux():
    batch = stars()
    result = injected(batch, probability=0.9)
    assert np.array_equal(result.view[..., 1], batch.view[..., 1])
    assert (result.view[:, 700:760] == 0).all()
    new = result.labels != batch.labels
    dimmed = result.view[new, :, 0] < batch.view[new, :, 0]
    begins = (dimmed & ~np.roll(dimmed, 1, axis=1)).sum(axis=1)
    assert (begins >= 2).all()


def test_the_share_of_rows_and_only_those_labelled_0():
    batch = stars(4000, 600)
    result = injected(batch, probability=0.3, period_range=[1.0, 4.0])
    others = batch.labels == 0
    assert (result.labels[~others] == 1).all()
    assert np.array_equal(result.view[~others], batch.view[~others])
    assert result.labels[others].mean() == pytest.approx(0.3, abs=0.03)


def test_depths_and_periods_are_those_asked_for():
    batch = stars()
    batch.view[..., 0] = batch.view[..., 1]
    result = injected(batch, probability=0.5, period_range=[5.0, 5.0], depth_range=[4.0, 4.0])
    new = result.labels != batch.labels
    dips = 1 - result.view[new, :, 0]
    dips[:, 700:760] = 0
    assert dips.max() == pytest.approx(4)
    for row in dips:
        middles = np.flatnonzero(row == row.max())
        apart = np.diff(middles)[np.diff(middles) > 50]
        assert ((apart * CADENCE) % 5.0 < 0.3).any() or ((apart * CADENCE) % 5.0 > 4.7).any()


def test_a_deep_dip_is_clipped_as_the_view_is():
    result = injected(stars(), probability=0.9, depth_range=[40.0, 40.0])
    assert result.view[..., 0].min() == -20


def test_a_row_without_flux_is_left_alone():
    batch = stars()
    batch.view[:] = 0
    result = injected(batch, probability=0.9)
    assert np.array_equal(result.labels, batch.labels)
    assert np.array_equal(result.view, batch.view)


@pytest.mark.parametrize("share", [0.007, 0.25, 0.5])
def test_each_class_keeps_its_share_of_the_loss(share):
    """A share s of planets and p of the others labelled anew: weights give s to 1 - s again."""
    p = 0.1
    planet, other = _class_weights(np.array([1, 0], np.float32), share, p)
    assert planet * (share + p * (1 - share)) == pytest.approx(share, rel=1e-6)
    assert other * (1 - p) * (1 - share) == pytest.approx(1 - share, rel=1e-6)


def test_a_constant_score_learns_the_log_odds_of_the_real_rows():
    """The weighted share of planets is what a network without inputs learns."""
    batch = stars(8000, 200, planets=0.25)
    batch = type(batch)(batch.view, batch.labels, batch.weight, planet_share=0.25)
    result = injected(batch, probability=0.2, period_range=[0.5, 1.0])
    assert result.labels.mean() == pytest.approx(0.25 + 0.2 * 0.75, abs=0.01)
    weighted = (result.weight * result.labels).sum() / result.weight.sum()
    assert weighted == pytest.approx(0.25, abs=0.005)
    assert result.planet_share == batch.planet_share


def test_curves_too_short_for_the_periods_are_refused():
    sentence = r"must start below the 3\.98 d that the curves last, got 5"
    with pytest.raises(InputError, match=sentence):
        injected(stars(4, 200), period_range=[5.0, 9.0])


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("probability", 1.0),
        ("period_range", [5.0, 1.0]),
        ("period_range", [0.1, 1.0]),
        ("period_range", [1.0]),
        ("depth_range", [0.0, 1.0]),
        ("depth_range", [1.0, 500.0]),
        ("depth_range", "deep"),
    ],
)
def test_values_out_of_bounds_are_refused(option, value):
    choice = Choice(name="transit_injection", options={option: value})
    with pytest.raises(InputError, match=f"augmentation 'transit_injection': {option}: "):
        find_augmentation(choice, KIND)
