"""The source `injected`: what is put in is there, nothing else changes, and nothing else helps."""

from dataclasses import replace

import numpy as np
import pytest
from planted_curves import CADENCE, base, load

from kepler_keras.data import sources
from kepler_keras.data.light_curves import UNKNOWN, Scalars
from kepler_keras.data.sources import load_source
from kepler_keras.errors import InputError
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.folding import cadence_times, phase
from kepler_keras.lightcurve.inject import level_of, point_scatter, variability


def test_every_quiet_row_gives_each_kind_and_the_planet_row_none(plant):
    plant(base())
    curves = load(planet_copies=2, binary_copies=1)
    kinds = curves.truth["kind"]
    assert len(curves) == 5 * 4
    assert (kinds == "planet").sum() == 10
    assert (kinds == "eclipsing_binary").sum() == 5
    assert (kinds == "untouched").sum() == 5
    np.testing.assert_array_equal(curves.labels == 1, kinds == "planet")
    assert 0 not in curves.truth["base_row"]
    assert curves.source == "injected"
    assert curves.ephemerides is None


def test_rows_of_one_star_keep_its_id(plant):
    curves_in = base()
    plant(curves_in)
    curves = load()
    np.testing.assert_array_equal(curves.stars, curves_in.stars[curves.truth["base_row"]])


def test_a_share_of_the_stars_gets_planets_in_all_their_rows(plant):
    curves_in = base()
    plant(curves_in)
    curves = load(planet_share=0.4)  # of the stars b, c and d: one
    hosts = curves.stars[curves.labels == 1]
    assert len(set(hosts.tolist())) == 1
    assert len(hosts) == (curves_in.stars[1:] == hosts[0]).sum()
    assert len(set(curves.stars.tolist())) == 3
    assert set(load(planet_share=0.01).labels.tolist()) == {0, 1}


def test_untouched_rows_are_untouched_and_the_order_does_not_tell_the_label(plant):
    curves_in = base()
    plant(curves_in)
    curves = load(planet_copies=3)
    untouched = curves.truth["kind"] == "untouched"
    rows = curves.truth["base_row"][untouched]
    np.testing.assert_array_equal(curves.flux[untouched], curves_in.flux[rows])
    assert (np.diff(curves.labels) != 0).sum() > 2


@pytest.mark.parametrize(
    ("level", "unit", "depths"), [(0.0, "scatter", (20.0, 40.0)), (9000.0, "ppm", (3e3, 9e3))]
)
def test_what_was_put_in_is_the_difference(plant, level, unit, depths):
    curves_in = base(level=level, n_cadences=1500)
    plant(curves_in)
    curves = load(depth_unit=unit, depth_range=depths, binary_depth_range=depths, max_impact=0.3)
    time = cadence_times(1500, CADENCE)
    for row in np.flatnonzero(curves.labels):
        true = {name: curves.truth[name][row] for name in curves.truth}
        before = curves_in.flux[true["base_row"]].astype(float)
        dip = before - curves.flux[row]
        if unit == "ppm":  # multiplied: the same share of every cadence
            dip = dip / before * np.median(before)
        orbit = phase(time, period=true["period"], t0=true["t0"]) * true["period"]
        inside = np.abs(orbit) < true["duration"] / 2 + CADENCE / 2
        assert np.abs(dip[~inside]).max() < 2e-3
        floor = np.abs(orbit) < true["full_duration"] / 2 - CADENCE / 2
        assert floor.any()
        assert dip.max() == pytest.approx(true["depth_flux"], rel=0.02)
        assert (dip[floor] > 0.6 * true["depth_flux"]).all()
        unit_size = point_scatter(before) if unit == "scatter" else np.median(before) / 1e6
        assert true["depth_flux"] == pytest.approx(true["depth"] * unit_size, rel=1e-6)
        assert depths[0] <= true["depth"] <= depths[1]


def test_a_scatter_has_no_ppm(plant):
    plant(base())
    assert "depth_ppm" not in load().truth
    plant(base(level=9000.0))
    assert "depth_ppm" in load(depth_unit="ppm").truth


def test_gaps_stay_and_transits_are_seen_outside_them(plant):
    curves_in = base(n_cadences=1200)
    curves_in.flux[:, 200:700] = np.nan
    plant(curves_in)
    curves = load(min_transits=3)
    assert np.isnan(curves.flux[:, 200:700]).all()
    assert np.isfinite(curves.flux[:, :200]).all()
    touched = curves.truth["kind"] != "untouched"
    assert (curves.truth["n_transits"][touched] >= 3).all()
    assert (curves.truth["n_transits"][~touched] == 0).all()


def test_equal_seeds_give_equal_curves_and_a_row_does_not_depend_on_the_others(plant):
    plant(base())
    first = load(seed=3)
    assert first.fingerprint == load(seed=3).fingerprint
    assert first.fingerprint != load(seed=4).fingerprint
    few, many = load(seed=3, n_rows=2), first
    for row in np.flatnonzero(few.truth["kind"] == "planet"):
        same = (many.truth["kind"] == "planet") & (
            many.truth["base_row"] == few.truth["base_row"][row]
        )
        np.testing.assert_array_equal(few.flux[row], many.flux[same][0])


def test_rows_with_a_known_period_or_without_label_are_no_quiet_ones(plant):
    nothing = np.full(6, np.nan)
    known = nothing.copy()
    known[1] = 3.0
    labels = np.array([1, 0, 0, 0, UNKNOWN, 0], np.int8)
    plant(base(ephemerides=Ephemerides(known, known, known / 30), labels=labels))
    assert set(load().truth["base_row"]) == {2, 3, 5}
    assert set(load(use_unknown=True).truth["base_row"]) == {2, 3, 4, 5}


def test_a_base_of_one_class_will_do(plant):
    plant(base(labels=np.zeros(6, np.int8)))
    assert set(load().truth["base_row"]) == set(range(6))


def test_scalars_and_marks_stay_and_ready_views_go(plant):
    scalars = Scalars(("koi_steff",), np.arange(6, dtype=np.float32)[:, None])
    test_rows = np.array([False, False, False, False, False, True])
    views = {"global_view": np.zeros((6, 5), np.float32)}
    plant(base(scalars=scalars, given_test=test_rows, views=views, start=120.5))
    curves = load()
    np.testing.assert_array_equal(curves.scalars.values[:, 0], curves.truth["base_row"])
    np.testing.assert_array_equal(curves.given_test, curves.truth["base_row"] == 5)
    assert curves.views == {}
    assert curves.start == 120.5


def test_variable_and_empty_rows_are_left_out(plant):
    curves_in = base(n=8, n_cadences=1200)
    curves_in.flux[1] += 500 * np.sin(np.arange(1200) / 4)
    curves_in.flux[2, 90:] = np.nan
    curves_in.flux[3] = 7.0
    plant(curves_in)
    curves = load()
    assert set(curves.truth["base_row"]) == {4, 5, 6, 7}
    assert "3 quiet rows were left out" in curves.notes[0]
    assert 1 in load(max_variability=None).truth["base_row"]


def test_the_scatter_is_that_of_a_cadence_whatever_the_star_does():
    time = np.arange(4000)
    white = np.random.default_rng(1).normal(0, 3.0, 4000)
    slow = 500 * np.sin(time / 6)
    assert point_scatter(white) == pytest.approx(3, rel=0.05)
    assert point_scatter(white + slow) == pytest.approx(3, rel=0.5)
    assert variability(white, cadence=CADENCE) == pytest.approx(1, abs=0.1)
    assert variability(white + slow, cadence=CADENCE) > 50
    assert point_scatter(np.full(10, np.nan)) == 0


def test_a_level_is_told_from_centred_flux():
    noise = np.random.default_rng(1).normal(0, 3.0, 400)
    assert level_of(noise + 100, 3.0) == pytest.approx(100, abs=1)
    for flux in (noise, noise - 100, noise + 10):
        with pytest.raises(InputError, match="centred flux takes depth_unit: scatter"):
            level_of(flux, 3.0)


def test_simulated_curves_can_be_a_base():
    options = {"n_stars": 12, "n_cadences": 1600, "realism": "k2"}
    curves = load_source("injected", None, {"base_source": "simulated", "base_options": options})
    assert np.isnan(curves.flux).any()
    assert "into" in curves.notes[0]
    assert any(note.startswith("Base: Simulated") for note in curves.notes)
    assert sources.source_names().count("injected") == 1


def test_flux_in_ppm_about_the_median_takes_the_same_dips_as_absolute_flux(plant):
    absolute = base(level=1e6, scatter=100.0)
    centred = replace(absolute, flux=(absolute.flux - np.float32(1e6)), level=1e6)
    plant(absolute)
    expected = load(depth_unit="ppm", depth_range=(500.0, 900.0))
    plant(centred)
    made = load(depth_unit="ppm", depth_range=(500.0, 900.0))
    np.testing.assert_allclose(made.flux, expected.flux - 1e6, atol=0.2)
    assert (made.flux[made.labels == 1].min(axis=1) < -400).all()
