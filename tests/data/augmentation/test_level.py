"""Noise, jitter of depth and hidden cadences, typed in by hand or measured."""

import numpy as np
import pytest

from kepler_keras.data.augmentation.amplitude import amplitude_jitter
from kepler_keras.data.augmentation.hidden import gap_masks
from kepler_keras.data.augmentation.mixed import mixup
from kepler_keras.data.augmentation.noise import noise
from kepler_keras.data.augmentation.registry import find_augmentation
from kepler_keras.data.view_kind import ViewKind
from kepler_keras.errors import InputError
from kepler_keras.experiment import Choice
from kepler_keras.lightcurve.hiding_combs import COMBS, hide
from kepler_keras.lightcurve.inject import point_scatter
from kepler_keras.lightcurve.row_statistics import point_scatters, row_medians, row_reaches
from kepler_keras.lightcurve.simulate import KEPLER_CADENCE
from tests.data.augmentation.made_batches import FLUX, GLOBAL, IMAGE, MASKED, batch_of, curve

LINEAR = {"gaps": "linear"}


def white(n, length, scatter=2.0, seed=0):
    flux = np.random.default_rng(seed).normal(scale=scatter, size=(n, length))
    return flux.astype(np.float32)


def test_scatter_of_rows_is_that_of_single_points():
    flux = white(3, 3000) + 5 * np.sin(np.arange(3000) / 100, dtype=np.float32)
    flux[1] *= 3
    gap = np.zeros((3, 3000), bool)
    gap[:, 500:520] = True
    with_nan = np.where(gap, np.float32("nan"), flux)
    expected = [point_scatter(row) for row in with_nan]
    np.testing.assert_allclose(point_scatters(flux[:, None], ~gap[:, None]), expected, rtol=0.08)


def test_scatter_typed_in_by_hand_leaves_gaps_out():
    # Third differences 1 (0 0 0 1), then only ones that touch the gap.
    flux = np.array([[[0, 0, 0, 1, 50, 1, 1]]], np.float32)
    known = np.array([[[True, True, True, True, False, True, True]]])
    assert point_scatters(flux, known) == pytest.approx(1.4826 / np.sqrt(20))
    assert point_scatters(flux, np.zeros_like(known)).tolist() == [0]


def test_a_comb_of_gaps_hides_no_scatter():
    for length in range(6100, 6700, 53):  # twelve times 512 and around
        flux, known = white(12, length)[:, None], np.ones((12, 1, length), bool)
        for phase in range(12):
            known[phase, 0, phase::12] = False
        np.testing.assert_allclose(point_scatters(flux, known), 2, rtol=0.25)


def test_middle_and_reach_are_those_of_known_values():
    flux = np.array([[1, 2, 9, 4, 100], [1, 2, 9, 4, 100]], np.float32)
    known = np.array([[True, True, True, True, False], [False] * 5])
    middle = row_medians(flux, known)
    assert middle.tolist() == [3, 0]
    assert row_reaches(flux, known, middle).tolist() == [6, 0]


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_noise_adds_to_the_variance_what_it_says(share):
    flux = white(100, 1000)
    result = noise(batch_of(flux[..., None]), np.random.default_rng(1), FLUX, share=share)
    added = result.view[..., 0] - flux
    assert added.std() == pytest.approx(2 * share, rel=0.02)
    assert result.view.var() == pytest.approx(4 * (1 + share**2), rel=0.02)


def test_noise_is_measured_row_by_row_and_leaves_gaps():
    flux = white(80, 700, scatter=1.0) * np.repeat([[0.5], [2]], 40, axis=0).astype(np.float32)
    flux[:, 100:200] = 0
    view = np.stack([flux, flux != 0], axis=-1)
    result = noise(batch_of(view), np.random.default_rng(1), MASKED, share=1.0).view
    added = (result[..., 0] - flux)[:, 200:]
    assert added[:40].std() == pytest.approx(0.5, rel=0.03)
    assert added[40:].std() == pytest.approx(2, rel=0.03)
    assert (result[:, 100:200] == 0).all()
    assert np.array_equal(result[..., 1], view[..., 1])


def test_rows_of_an_image_that_repeat_a_cycle_stay_alike():
    image = white(1, 64 * 3).reshape(1, 3, 64)[:, [0, 0, 1, 2]]
    image[0, 3] = 0
    result = noise(batch_of(image[..., None]), np.random.default_rng(1), IMAGE).view[0, ..., 0]
    assert np.array_equal(result[0], result[1])
    assert not np.array_equal(result[0] - image[0, 0], result[2] - image[0, 2])
    assert (result[3] == 0).all()


@pytest.mark.parametrize("name", ["noise", "transit_injection", "mixup"])
def test_lines_over_unknown_gaps_are_refused(name):
    kind = ViewKind("flux", False, LINEAR, 0.02)
    with pytest.raises(InputError, match="with gaps: linear it does not say where flux was"):
        find_augmentation(Choice(name=name, options={"force": True}), kind)


def test_amplitudes_stay_within_the_error_bars():
    flux = white(200, 400, scatter=1.0)
    flux[:100, 50:60] -= 15
    result = amplitude_jitter(batch_of(flux[..., None]), np.random.default_rng(0), FLUX)
    moved = abs(result.view[..., 0] - flux).max(axis=1)
    scatter = point_scatters(flux[:, None], np.ones((200, 1, 400), bool))
    assert (moved <= scatter * 1.001).all()
    assert (moved[:100] > 0.9 * scatter[:100]).any()
    factor = np.std(result.view[100:, :, 0], axis=1) / np.std(flux[100:], axis=1)
    assert abs(factor - 1).max() == pytest.approx(0.2, abs=0.02)


def test_amplitude_is_scaled_about_the_median():
    # Scatter: third differences 8 and -8 in turn; the reach of 1 about 11 allows the limit.
    flux = curve(*[10, 12] * 20)
    kind = ViewKind("global_view", True)
    for seed in range(5):
        view = amplitude_jitter(flux, np.random.default_rng(seed), kind, most=0.5).view.ravel()
        factor = view[1] - 11
        assert 0.5 <= factor <= 1.5
        np.testing.assert_allclose(view, 11 + factor * (flux.view.ravel() - 11), rtol=1e-6)


def test_a_tooth_a_step_and_wide_ones_that_began_before_the_row():
    known = np.ones((2, 12), bool)
    hide(known, np.array([0.5, 0.9]), 4.0, np.array([1.0, 3.0]))
    assert np.flatnonzero(~known[0]).tolist() == [2, 6, 10]
    assert np.flatnonzero(~known[1]).tolist() == [0, 1, 3, 4, 5, 7, 8, 9, 11]


def test_combs_are_those_of_the_missions():
    assert round(COMBS["k2"].tooth * 24, 1) == 5.9
    assert COMBS["k2"].gap is None
    assert (COMBS["kepler"].tooth, COMBS["kepler"].downlink) == (3.0, 31.0)


def test_k2_hides_every_twelfth_cadence():
    kind = ViewKind("flux", False, {"mask": True}, KEPLER_CADENCE)
    view = np.ones((30, 1200, 2))
    result = gap_masks(batch_of(view), np.random.default_rng(0), kind, comb="k2").view
    assert np.array_equal(result[..., 0], result[..., 1])
    hidden = result[..., 1] == 0
    assert (hidden.sum(axis=1) == 100).all()
    assert {int(np.argmax(row)) for row in hidden} <= set(range(12))
    assert len({int(np.argmax(row)) for row in hidden}) > 6


def test_kepler_hides_a_cadence_every_three_days_and_a_day_a_month():
    kind = ViewKind("flux", False, {}, KEPLER_CADENCE)
    result = gap_masks(batch_of(np.ones((200, 3197, 1))), np.random.default_rng(0), kind).view
    hidden = (result[..., 0] == 0).sum(axis=1) * KEPLER_CADENCE
    # 65.3 d: 21 or 22 single cadences, and two or three downlinks of 0.6 to 1.5 d each.
    assert hidden.mean() == pytest.approx(65.3 / 31 * 0.98 + 65.3 / 3 * KEPLER_CADENCE, rel=0.1)
    assert hidden.max() < 3 * 1.5 + 22 * KEPLER_CADENCE


def test_hidden_cadences_of_lines_are_lines():
    kind = ViewKind("flux", False, LINEAR, KEPLER_CADENCE)
    flux = np.zeros(1200, np.float32)
    flux[[600, 601, 602]] = 2, 9, 4
    batch = batch_of(np.tile(flux[None, :, None], (60, 1, 1)))
    view = gap_masks(batch, np.random.default_rng(0), kind, comb="k2").view[..., 0]
    assert {tuple(row[599:604]) for row in view.tolist()} == {
        (0, 2, 9, 4, 0),
        (1, 2, 9, 4, 0),
        (0, 4.5, 9, 4, 0),
        (0, 2, 3, 4, 0),
        (0, 2, 9, 4.5, 0),
        (0, 2, 9, 4, 2),
    }


def test_mixup_blends_flux_labels_and_weights():
    view = np.array([[1, 2, 0], [10, 0, 10]])[..., None]
    batch = batch_of(np.tile(view, (20, 1, 1)))
    batch.labels[1::2], batch.weight[1::2] = 1, 3
    result = mixup(batch, np.random.default_rng(0), FLUX, alpha=1.0)
    rng = np.random.default_rng(0)
    share, other = rng.beta(1.0, 1.0, 40), rng.permutation(40)
    expected = share[:, None] * batch.view[..., 0] + (1 - share[:, None]) * batch.view[other, :, 0]
    expected[batch.view[..., 0] == 0] = 0
    np.testing.assert_allclose(result.view[..., 0], expected, rtol=1e-5)
    weight = share * batch.weight + (1 - share) * batch.weight[other]
    np.testing.assert_allclose(result.weight, weight, rtol=1e-5)
    planets = share * batch.weight * batch.labels
    planets += (1 - share) * batch.weight[other] * batch.labels[other]
    np.testing.assert_allclose(result.weight * result.labels, planets, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "option", "value"),
    [
        ("time_reversal", "probability", -0.1),
        ("time_reversal", "probability", "often"),
        ("noise", "share", -1),
        ("phase_jitter", "bins", 3),
        ("phase_jitter", "bins", 0.5),
        ("amplitude_jitter", "within", -1),
        ("amplitude_jitter", "most", 0.9),
        ("mixup", "alpha", 0),
    ],
)
def test_values_out_of_bounds_are_refused(name, option, value):
    with pytest.raises(InputError, match=f"augmentation '{name}': {option}: "):
        find_augmentation(Choice(name=name, options={option: value}), GLOBAL)


def test_unknown_comb_is_refused():
    with pytest.raises(InputError, match="augmentation 'gap_masks': comb: "):
        find_augmentation(Choice(name="gap_masks", options={"comb": "tess"}), FLUX)
