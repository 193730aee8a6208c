"""From a plan to signals: units of depth, threads, gaps, the settings that a plan takes over."""

import math
from pathlib import Path

import numpy as np
import pytest

from kepler_keras.candidates import curve_names
from kepler_keras.closeup import closeup, rows_of_star
from kepler_keras.data.layouts import Origin
from kepler_keras.data.light_curves import UNKNOWN, LightCurves
from kepler_keras.data.period_search import flatten
from kepler_keras.errors import InputError
from kepler_keras.executors import LocalThreads
from kepler_keras.experiment import Search, TrainTestPaths
from kepler_keras.lightcurve.transit_search import search_transits
from kepler_keras.search_plan import SearchPlan, plan_search, read_curves, with_settings
from kepler_keras.searching import depth_scale, search_curves

CADENCE = 0.02
PLAN = SearchPlan(
    Origin("made", None), Search(min_period=0.8, max_period=3.0, durations=(0.08, 0.16))
)
EXPERIMENT = """
name: x
question: which?
data: {source: simulated, options: {n_stars: 10, n_cadences: 900, seed: 1}}
search: {min_period: 0.7, max_period: 2.0, durations: [0.1], detrend: none}
entries:
  - {name: only, model: mlp, view: flux}
baseline: only
"""


def curves_of(n=6, n_cadences=600, **changes):
    """Every second curve dips by 20 for 0.1 d each 1.3 d, first at 0.52 d; noise of scatter 1."""
    flux = np.random.default_rng(0).normal(size=(n, n_cadences)).astype(np.float32)
    orbit = (np.arange(n_cadences) * CADENCE - 0.52 + 0.65) % 1.3 - 0.65
    flux[::2, np.abs(orbit) < 0.051] -= 20
    fields = {
        "source": "made",
        "flux": flux,
        "labels": np.full(n, UNKNOWN, np.int8),
        "stars": np.array([f"s{row}" for row in range(n)]),
        "cadence": CADENCE,
    }
    return LightCurves(**{**fields, **changes})


def test_planted_dips_are_found_and_rank_from_1():
    found = search_curves(curves_of(), PLAN, n_signals=2)
    first = [found.of_curve(row)[0] for row in range(6)]
    for candidate in first[::2]:
        assert candidate.rank == 1
        assert candidate.period == pytest.approx(1.3, abs=0.005)
        assert candidate.t0 == pytest.approx(0.52, abs=0.03)
        assert candidate.snr > 20
        assert candidate.depth_unit == "scatter"
        assert candidate.depth == pytest.approx(20, rel=0.35)
    assert max(candidate.snr for candidate in first[1::2]) < min(c.snr for c in first[::2])
    stars = [candidate.star for candidate in found.candidates()]
    assert stars == sorted(stars)


def test_threads_and_chunks_change_nothing():
    curves = curves_of(n=40)
    one = search_curves(curves, PLAN, n_signals=2).candidates()
    assert search_curves(curves, PLAN, LocalThreads(3), n_signals=2).candidates() == one


def test_curves_that_are_mapped_read_only_can_be_searched():
    curves = curves_of(n=2)
    curves.flux.flags.writeable = False
    assert search_curves(curves, PLAN).of_curve(0)[0].period == pytest.approx(1.3, abs=0.005)


def test_a_curve_without_flux_has_no_signal_and_gaps_are_no_obstacle():
    curves = curves_of(n=3)
    curves.flux[1] = np.nan
    curves.flux[0, 100:180] = np.nan
    found = search_curves(curves, PLAN)
    assert [len(found.of_curve(row)) for row in range(3)] == [1, 0, 1]
    assert found.of_curve(0)[0].period == pytest.approx(1.3, abs=0.005)
    curves.flux[:] = np.nan
    assert search_curves(curves, PLAN).candidates() == []


def test_periods_that_do_not_fit_are_refused_in_the_callers_thread():
    with pytest.raises(InputError, match="period"):
        search_curves(curves_of(), with_settings(PLAN, max_period=99.0), LocalThreads(2))


def test_depths_are_in_ppm_where_the_source_knows_the_level():
    (candidate,) = search_curves(curves_of(n=1, level=1e4), PLAN).of_curve(0)
    assert candidate.depth_unit == "ppm"
    assert candidate.depth == pytest.approx(2000, rel=0.35)  # 20 of 10000


NAN = math.nan


@pytest.mark.parametrize(
    ("flux", "flat", "scale", "has_level"),
    [
        # absolute: a level of 1000, so a ppm is 1e-3
        ([1000, 1001, 999, 1000, NAN], [0, 1, -1, 0, NAN], 1e-3, True),
        # positive, but scattered as widely as it is high
        ([1, 2, 3, 4, NAN], [-1.5, -0.5, 0.5, 1.5, NAN], 1.4826, False),
        # centred on the mean of a deep eclipse: the median is above 5 scatters, but no level
        ([10, 11, 9, 10, 10.5, -50.5], [0, 1, -1, 0, 0.5, -60.5], 1.4826 * 0.75, False),
    ],
)
def test_a_level_is_known_by_flux_that_never_falls_below_0(flux, flat, scale, has_level):
    arrays = (np.array([flux], np.float32), np.array([flat], np.float32))
    scales, levels = depth_scale(*arrays, level=0.0)
    assert levels.tolist() == [has_level]
    assert scales[0] == pytest.approx(scale, rel=1e-6)


def test_detrending_can_be_switched_off():
    flux = np.array([[5, 7, NAN, 6]], np.float32)
    flat = flatten(flux, cadence=CADENCE, level=0.0, search=Search(detrend="none"))
    np.testing.assert_array_equal(flat, [[-1, 1, NAN, 0]])


def test_an_experiment_file_brings_data_detrending_and_search(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text(EXPERIMENT)
    plan = plan_search(path, options=["seed=2"])
    options = {"n_stars": 10, "n_cadences": 900, "seed": 2}
    assert plan.origin == Origin("simulated", None, options)
    expected = Search(min_period=0.7, max_period=2.0, durations=(0.1,), detrend="none")
    assert plan.search == expected
    assert len(read_curves(plan)) == 10
    other = with_settings(plan, min_period=0.9, durations=(0.2,))
    assert other.search == expected.model_copy(update={"min_period": 0.9, "durations": (0.2,)})


def test_a_data_file_is_recognised_and_its_options_are_yaml(tmp_path):
    path = tmp_path / "any.name"
    path.write_text("LABEL,FLUX.1,FLUX.2\n2,1,2\n1,3,4\n")
    plan = plan_search(path, options=["cadence=0.5", "star_ids=false"])
    assert plan.origin == Origin("kaggle_csv", str(path), {"cadence": 0.5, "star_ids": False})
    assert read_curves(plan).cadence == 0.5
    (tmp_path / "exoTrain.csv").write_text("LABEL,FLUX.1\n")
    (tmp_path / "exoTest.csv").write_text("LABEL,FLUX.1\n")
    pair = plan_search(tmp_path).origin.path
    assert isinstance(pair, TrainTestPaths)
    assert Path(pair.test) == tmp_path / "exoTest.csv"


def test_a_close_look_keeps_flux_trend_and_unit_together():
    curves = curves_of(n=2, level=1e6, start=131.5)
    found = search_curves(curves, PLAN)
    look = closeup(curves, PLAN, found, 0)
    assert look.candidates == tuple(found.of_curve(0))
    np.testing.assert_allclose(look.flux, look.trend + look.flat, atol=1e-4)
    best = look.period[np.argmax(look.snr)]
    assert min(abs(best / 1.3 - ratio) for ratio in (0.5, 1, 2)) < 0.01
    assert look.period.min() >= 0.8
    assert look.period.max() <= 3.0


def test_a_star_is_drawn_by_its_id_or_by_its_name_in_the_table():
    curves = curves_of(n=3, stars=np.array(["a7", "b8", "a7"]))
    names = curve_names(curves.stars.tolist())
    assert rows_of_star(curves, names, "a7") == [0, 2]
    assert rows_of_star(curves, names, "a7:row-3") == [2]
    assert rows_of_star(curves, names, "b8") == [1]
    with pytest.raises(InputError, match=r"no star 'a77'; did you mean 'a7'\?"):
        rows_of_star(curves, names, "a77")
    curves.flux[1] = np.nan
    with pytest.raises(InputError, match="b8 has no flux"):
        rows_of_star(curves, names, "b8")


def test_a_stopped_search_looks_for_no_further_signal():
    curves = curves_of(n=2)
    stop = np.array([True])
    found = search_transits(
        curves.flux, cadence=CADENCE, min_period=0.8, durations=(0.1,), stop=stop
    )
    assert np.isnan(found.period).all()
    assert not np.isnan(curves.flux).any()


@pytest.mark.parametrize(
    ("window", "sentence"),
    [
        (None, r"^search\.window: window must hold 3 to 40 cadences .* left out, it is 1 d"),
        (2.0, r"^search\.window: window must hold 3 to 40 cadences .* got 2\.0 d = \d+ cadences$"),
    ],
)
def test_a_window_that_does_not_fit_is_refused_before_the_search(window, sentence, capsys):
    search = Search(min_period=0.17, durations=(0.08,), window=window)
    with pytest.raises(InputError, match=sentence):
        search_curves(curves_of(n_cadences=40), SearchPlan(Origin("made", None), search))
    assert capsys.readouterr().err == ""
