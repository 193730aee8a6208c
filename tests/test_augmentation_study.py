"""The study behind docs/augmentations.md: its measures on hand-made curves, and its page."""

from pathlib import Path

import numpy as np
import pytest

from kepler_keras.data.augmentation.augmentation import Batch
from kepler_keras.data.augmentation.registry import augmentations
from kepler_keras.data.view_kind import ViewKind

DOCS = Path(__file__).parents[1] / "docs"
CADENCE = 0.02
FLUX = ViewKind("flux", False, {"mask": True}, CADENCE)


@pytest.fixture(autouse=True)
def _docs(monkeypatch):
    monkeypatch.syspath_prepend(DOCS)


def transits(period, *, depth, n=3000, width=8, noise=0.1, odd_depth=None):
    """Boxes of whole cadences in a little noise, the first one 20 cadences after the start."""
    curve = np.random.default_rng(0).normal(0, noise, n).astype(np.float32)
    starts = np.round(np.arange(20, n - width, period / CADENCE)).astype(int)
    for number, start in enumerate(starts):
        odd = number % 2 == 1 and odd_depth is not None
        curve[start : start + width] -= odd_depth if odd else depth
    return curve


def test_a_planet_of_known_depth_and_length_is_measured_as_such():
    from augmentation_measures import measure_flux

    found = measure_flux(transits(4.0, depth=2.0)[None], np.array([4.0]), cadence=CADENCE)

    assert found.found[0] == 1
    assert found.depth[0] == pytest.approx(2.0, abs=0.05)
    assert found.duration[0] == pytest.approx(8 * CADENCE, abs=CADENCE)
    assert found.odd_even[0] < 0.1


def test_a_planet_at_another_period_is_not_found():
    from augmentation_measures import measure_flux

    found = measure_flux(transits(4.0, depth=2.0)[None], np.array([5.3]), cadence=CADENCE)

    assert found.found[0] == 0
    assert found.depth[0] < 1


def test_noise_without_a_period_has_a_strongest_signal_only():
    from augmentation_measures import measure_flux

    noise = np.random.default_rng(1).normal(size=(1, 3000)).astype(np.float32)
    found = measure_flux(noise, np.array([np.nan]), cadence=CADENCE)

    assert 0 < found.best_snr[0] < 8
    assert np.isnan([found.found[0], found.depth[0], found.odd_even[0]]).all()


def test_unequal_eclipses_stand_apart_by_the_difference_of_their_depths():
    from augmentation_measures import odd_even_distance

    curve = transits(4.0, depth=3.0, odd_depth=1.0, noise=0.01)
    apart = odd_even_distance(curve, 4.0, 23.5 * CADENCE, 8 * CADENCE, cadence=CADENCE)

    assert apart == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize("circle", [True, False])
def test_the_best_box_of_a_folded_view(circle):
    from augmentation_measures import best_box

    curve = np.random.default_rng(0).normal(0, 0.01, 61).astype(np.float32)
    curve[28:33] -= 1

    snr, depth, centre, width = best_box(curve, circle=circle)

    assert (centre, width) == (30, 5)
    assert depth == pytest.approx(1, abs=0.02)
    assert snr > 50


def test_a_box_across_the_ends_of_a_circle():
    from augmentation_measures import best_box

    curve = np.random.default_rng(0).normal(0, 0.01, 60).astype(np.float32)
    curve[[58, 59, 0]] -= 1

    assert best_box(curve, circle=True)[2:] == (59, 3)


def test_a_folded_transit_away_from_phase_0_is_not_found():
    from augmentation_measures import measure_folded

    view = np.random.default_rng(0).normal(0, 0.01, (2, 61)).astype(np.float32)
    view[0, 28:33] -= 1
    view[1, 8:13] -= 1

    np.testing.assert_array_equal(measure_folded(view, circle=True).found, [1, 0])


def test_odd_and_even_rows_of_an_image_wherever_its_empty_rows_are():
    from augmentation_measures import measure_folded

    image = np.random.default_rng(0).normal(0, 0.01, (1, 8, 31)).astype(np.float32)
    image[0, :, 14:17] -= 1
    image[0, 1::2, 14:17] -= 0.5
    image[0, 6:] = 0
    both = np.concatenate([image, image[:, ::-1]])

    measured = measure_folded(both, circle=True)

    assert measured.odd_even == pytest.approx(0.5, abs=0.03)
    assert measured.depth == pytest.approx(1.25, abs=0.03)


def test_wilson_interval_of_five_in_five():
    from augmentation_rule import share

    figure = share(np.ones(5, bool))

    assert (figure.value, figure.n) == (1.0, 5)
    assert figure.low == pytest.approx(0.5655, abs=1e-4)  # 5 / (5 + 1.96^2)
    assert figure.high == pytest.approx(1.0)


def test_a_change_on_the_same_rows():
    from augmentation_rule import change

    before, after = np.zeros(100, bool), np.zeros(100, bool)
    before[:90], after[:80] = True, True

    figure = change(before, after)

    assert figure.value == pytest.approx(-0.1)
    assert figure.low == pytest.approx(-0.1589, abs=1e-4)  # (-10 - 1.96 * 10.02 ** 0.5) / 102
    assert figure.high == pytest.approx(-0.0372, abs=1e-4)


def test_a_median_has_the_interval_of_its_order_statistics():
    from augmentation_rule import median

    figure = median(np.array([*range(1, 11), np.nan]))

    assert (figure.value, figure.low, figure.high, figure.n) == (5.5, 2, 9, 10)


def test_the_rule_keeps_breaks_and_does_not_decide():
    from augmentation_rule import Figure, reasons, verdict

    good, bad = Figure(1.0, 0.98, 1.02, 50), Figure(0.7, 0.65, 0.75, 50)
    unsure, few = Figure(0.9, 0.85, 0.95, 50), Figure(1.0, 0.99, 1.01, 5)

    assert verdict({"depth": good, "duration": good}) == "keeps"
    assert verdict({"depth": good, "duration": unsure}) == "not decided"
    assert verdict({"depth": good, "duration": few}) == "not decided"
    assert verdict({"depth": bad, "duration": unsure}) == "breaks"
    assert reasons({"depth": unsure, "duration": bad}) == ["duration", "depth?"]


def test_the_period_of_injected_dips_with_a_gap_and_a_clipped_transit():
    from augmentation_changes import period_of_dips

    dips = -transits(4.0, depth=2.0, noise=0)
    dips[420:428] = 0  # the third is not seen
    dips[224] = 0

    assert period_of_dips(dips, cadence=CADENCE) == pytest.approx(4.0, rel=0.005)
    assert np.isnan(period_of_dips(np.zeros(100, np.float32), cadence=CADENCE))


def test_a_mixed_row_belongs_to_the_star_it_is_mostly_made_of():
    from augmentation_changes import nearest

    before = np.random.default_rng(0).normal(size=(3, 50)).astype(np.float32)
    mixed = 0.6 * before[[2, 0]] + 0.4 * before[[1, 2]]

    np.testing.assert_array_equal(nearest(before, mixed), [2, 0])


def test_stretched_time_is_read_off_a_ramp():
    from augmentation_changes import time_factors

    factors = time_factors("time_stretch", (40, 1000, 2), FLUX, 0)

    assert 0.69 < factors.min() < 0.8
    assert 1.3 < factors.max() < 1.41


def test_synthetic_hosts_lie_beside_hosts():
    from augmentation_changes import _smote

    rng = np.random.default_rng(0)
    labels = np.repeat([1, 0], [8, 12]).astype(np.float32)
    view = rng.normal(size=(20, 30, 1)).astype(np.float32) + 9 * labels[:, None, None]
    done = _smote(Batch(view, labels, np.ones_like(labels), 0.4), np.arange(20.0), 0)

    assert len(done.batch) == 8
    assert (done.batch.labels == 1).all()
    assert set(done.base) <= set(range(8))


def hand_made_stars():
    """Forty hosts and forty quiet stars in the view flux."""
    from augmentation_stars import VIEWS, Stars, seen

    from kepler_keras.lightcurve.ephemeris import Ephemerides

    host = np.repeat([True, False], 40)
    rng = np.random.default_rng(0)
    flux = rng.normal(0, 1, (80, 3000)).astype(np.float32)
    flux += np.where(host[:, None], transits(4.0, depth=3.0, noise=0), 0).astype(np.float32)
    fold = Ephemerides(np.full(80, 4.0), np.full(80, 23.5 * CADENCE), np.full(80, 8 * CADENCE))
    kind = np.where(host, "planet", "quiet")
    return seen(Stars("hand-made", flux, kind, fold, np.zeros(80, bool), CADENCE), VIEWS[0], None)


@pytest.mark.parametrize(
    ("name", "expected"), [("gap_masks", "keeps"), ("vertical_flip", "breaks")]
)
def test_the_study_of_hand_made_stars(name, expected):
    from augmentation_changes import changed
    from augmentation_rule import LIMITS, Figure, verdict
    from augmentation_study import figures

    stars = hand_made_stars()
    found = figures(stars, changed(name, stars, 0))
    judged = {
        key: Figure(row["value"], row["low"], row["high"], row["n"])
        for key, row in found.items()
        if key in LIMITS and key != "alarms"  # forty stars do not decide two points
    }

    assert len(stars.hosts) == 40
    assert verdict(judged) == expected


def test_injected_rows_are_found_and_the_others_stay_as_they_were():
    from augmentation_changes import changed
    from augmentation_study import figures

    stars = hand_made_stars()
    done = changed("transit_injection", stars, 0)
    found = figures(stars, done)
    untouched = np.setdiff1d(stars.quiet, done.injected)

    assert 5 < len(done.injected) < 35
    assert found["injected"]["after"] > 0.8
    np.testing.assert_array_equal(done.batch.view[untouched], stars.batch.view[untouched])
    assert found["alarms"]["value"] == 0


def test_the_page_has_the_tables_of_the_file():
    from augmentation_tables import read, tables

    page = (DOCS / "augmentations.md").read_text(encoding="utf-8")

    for table in tables(read(DOCS / "augmentation_check.csv")):
        assert table in page


def test_every_augmentation_a_shift_of_any_length_and_smote_stand_in_the_table():
    from augmentation_changes import ANY_SHIFT, is_physical
    from augmentation_tables import read

    table = read(DOCS / "augmentation_check.csv")

    assert set(table.transformation) == {*augmentations(), ANY_SHIFT, "smote"}
    for name, physical in zip(table.transformation, table.physical, strict=True):
        assert physical == is_physical(name)
