# ruff: noqa: E501 (a sentence is easier to compare in one line)
"""From curves to views: what is refused, filled, searched and shared."""

import numpy as np
import pytest
from in_process import Here

from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.period_search import own_stretches, search_all, search_stars
from kepler_keras.data.pipeline import CURVES, build_view, condition, find_view, prepare
from kepler_keras.data.sharded_array import ShardedArray
from kepler_keras.errors import InputError
from kepler_keras.experiment import Choice, Conditioning, Experiment, Search
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.preparation import PreparedViews

CADENCE = 0.02
SEARCH = Search(min_period=0.6, max_period=2.0, durations=(0.08,), detrend="none")
PLAIN = Conditioning(detrend="none")


def curves_of(n=8, n_cadences=200, **changes):
    """Every second curve dips every 50 cadences, that is each 1.0 d."""
    flux = np.random.default_rng(0).normal(size=(n, n_cadences)).astype(np.float32)
    flux[::2, 20::50] -= 30
    flux[::2, 21::50] -= 30
    labels = (np.arange(n) % 2 == 0).astype(np.int8)
    stars = np.array([f"s{row:02d}" for row in range(n)])
    fields = {"source": "made", "flux": flux, "labels": labels, "stars": stars, "cadence": CADENCE}
    return LightCurves(**{**fields, **changes})


def nan_curves():
    flux = np.arange(12, dtype=np.float32).reshape(3, 4)
    flux[1, 2] = flux[2, 0] = flux[2, 3] = np.nan
    return flux


def test_gaps_stay_gaps_up_to_the_view():
    flux = curves_of().flux
    flux[1, 20:40] = np.nan
    for detrend in ("none", "spline", "biweight", "running_median"):
        settings = Conditioning(detrend=detrend, window=0.5, clip=None)
        conditioned = condition(flux, cadence=CADENCE, settings=settings, what="x")
        np.testing.assert_array_equal(np.isnan(conditioned), np.isnan(flux))
    view = build_view(conditioned, Choice(name="flux"), cadence=CADENCE, ephemerides=None)
    np.testing.assert_array_equal(view[1, 20:40], 0)


def test_a_flare_becomes_a_gap_and_a_dip_stays():
    flux = np.random.default_rng(0).normal(size=(1, 300)).astype(np.float32)
    flux[0, 100], flux[0, 200] = 50, -50
    clipped = condition(flux, cadence=CADENCE, settings=Conditioning(), what="x")
    assert np.isnan(clipped[0, 100])
    assert clipped[0, 200] < -40
    kept = condition(flux, cadence=CADENCE, settings=Conditioning(clip=None), what="x")
    assert kept[0, 100] > 40


def test_a_curve_without_any_flux_is_refused():
    flux = nan_curves()
    flux[1] = np.nan
    settings = Conditioning(detrend="none")
    with pytest.raises(InputError, match="x: example 1 has no flux at all"):
        condition(flux, cadence=CADENCE, settings=settings, what="x")


def test_detrending_is_each_curve_by_itself():
    flux = curves_of().flux
    settings = Conditioning(window=0.5)
    whole = condition(flux, cadence=CADENCE, settings=settings, what="x")
    assert not np.array_equal(whole, flux)
    assert np.array_equal(
        whole[3:4], condition(flux[3:4], cadence=CADENCE, settings=settings, what="x")
    )


def test_folded_curves_pass_unchanged():
    flux = curves_of().flux
    assert condition(flux, cadence=None, settings=Conditioning(), what="x") is flux


@pytest.mark.parametrize(
    ("choice", "folded", "sentence"),
    [
        ("fluxx", False, "there is no view 'fluxx'; did you mean 'flux'"),
        ("folded_image", True, "view 'folded_image' needs unfolded flux, but these curves come folded; they can give global_view"),
        ("flux", True, "view 'flux' needs unfolded flux"),
        ({"name": "global_view", "bin": 51}, False, "view 'global_view': unknown option 'bin'; did you mean 'bins'"),
        ({"name": "global_view", "bins": "many"}, False, "view 'global_view': bins: .*, got 'many'"),
        ({"name": "flux", "cadence": 1}, False, "view 'flux': cadence comes from the data, not from options"),
    ],
)  # fmt: skip
def test_view_that_cannot_be_is_refused(choice, folded, sentence):
    with pytest.raises(InputError, match=sentence):
        find_view(Choice.model_validate(choice), folded_source=folded)


def test_search_finds_the_period_of_the_right_star_in_any_order_of_jobs():
    curves = curves_of(n=140)
    done = []
    executor = Here(backwards=True)
    found = search_all(
        curves.flux,
        cadence=CADENCE,
        level=0.0,
        search=SEARCH,
        executor=executor,
        on_stars=done.append,
    )
    assert len(executor.jobs) == 3  # 64 + 64 + 12 stars, the last first
    assert done == [12, 64, 64]
    assert found.known().all()
    assert found.period[::2] == pytest.approx(1.0, rel=0.02)
    alone = search_all(
        curves.flux[17:18], cadence=CADENCE, level=0.0, search=SEARCH, executor=Here(backwards=True)
    )
    assert alone.period[0] == found.period[17]


def only(files):
    """The folder of an entry's only view."""
    (path,) = files.paths.values()
    return path


@pytest.fixture
def prepared(tmp_path, monkeypatch):
    """Makes the views of curves that a made-up source gives, by source options."""

    def make(curves, entries, *, executor=None, quick=False, **settings):
        def load_source(name, path, options):
            return curves(**options) if callable(curves) else curves

        monkeypatch.setattr("kepler_keras.preparation.load_source", load_source)
        fields = {
            "name": "made",
            "question": "?",
            "data": {"source": "made"},
            "search": SEARCH,
            "entries": [
                {"name": f"e{i}", "model": "mlp", **(e if isinstance(e, dict) else {"view": e})}
                for i, e in enumerate(entries)
            ],
            "baseline": "e0",
        }
        experiment = Experiment.model_validate({**fields, **settings})
        views = PreparedViews(
            experiment, quick=quick, folder=tmp_path, executor=executor or Here(backwards=True)
        )
        return views, experiment.entries

    return make


def test_new_curves_are_prepared_like_the_training_curves(prepared):
    curves = curves_of()
    views, entries = prepared(curves, ["folded_image", "global_view", "flux"])
    for entry in entries:
        expected = ShardedArray(only(views.view_files(entry)))[:]
        again = prepare({CURVES: curves.flux}, views.preparation(entry))
        assert again.single.tobytes() == expected.tobytes()


def test_a_shared_view_is_made_once_and_stars_are_searched_once(prepared):
    executor = Here(backwards=True)
    same = {"name": "global_view", "bins": 21}
    entries = ["global_view", {"view": same}, "global_view", {"view": same}, "folded_image", "flux"]
    views, entries = prepared(curves_of(), entries, executor=executor)
    files = [only(views.view_files(entry)) for entry in entries]
    assert len(executor.jobs) == 1  # 8 stars
    assert [files.index(file) for file in files] == [0, 1, 0, 1, 4, 5]
    assert views.view_files(entries[1]).open().views.shapes == {"global_view": (21, 1)}


def test_hosts_and_others_are_searched_alike_where_a_catalogue_knows_some(prepared):
    known = np.array([3.0, np.nan] * 4)
    partial = curves_of(ephemerides=Ephemerides(known, known / 2, known / 30))
    executor = Here(backwards=True)
    views, (entry,) = prepared(partial, ["global_view"], executor=executor)
    view = ShardedArray(only(views.view_files(entry)))[:]
    assert len(executor.jobs) == 1
    blind, (entry,) = prepared(curves_of(), ["global_view"])
    assert np.array_equal(view, ShardedArray(only(blind.view_files(entry)))[:])


def test_a_full_catalogue_is_believed(prepared):
    known = np.full(8, 1.5)
    full = curves_of(ephemerides=Ephemerides(known, known / 2, known / 30))
    executor = Here(backwards=True)
    views, (entry,) = prepared(full, ["global_view"], executor=executor)
    views.view_files(entry)
    assert len(executor.jobs) == 0


def shifted(by=0):
    curves = curves_of()
    return curves_of(flux=curves.flux + np.float32(by))


def test_every_set_of_source_options_has_views_of_its_own(prepared):
    """Two sets with two views each: no file may be written over another."""
    entries = [
        {"view": view, "data_options": {"by": by}}
        for view in ("flux", "global_view")
        for by in (0, 1000)
    ]
    views, entries = prepared(shifted, entries, conditioning={"detrend": "none"})
    files = [only(views.view_files(entry)) for entry in entries]
    assert len(set(files)) == 4
    assert [ShardedArray(file).shape for file in files] == [(8, 200, 1)] * 2 + [(8, 201, 1)] * 2


@pytest.mark.parametrize("change", ["stars", "labels", "flux", "trainable", "given_test"])
def test_data_options_may_not_change_who_is_compared(prepared, change):
    def source(other=False):
        curves = curves_of()
        changed = {
            "stars": curves.stars[::-1],
            "labels": 1 - curves.labels,
            "flux": curves.flux[:, :-1],
            "trainable": np.arange(8) > 1,
            "given_test": np.arange(8) > 5,
        }
        return curves_of(**{change: changed[change]}) if other else curves

    views, entries = prepared(source, ["flux", {"view": "flux", "data_options": {"other": True}}])
    with pytest.raises(InputError, match=r"data_options .*'other': True.* compared on identical"):
        views.view_files(entries[1])


def test_identical_curves_are_one_star(prepared):
    curves = curves_of()
    flux = curves.flux.copy()
    flux[5] = flux[2]
    views, _ = prepared(curves_of(flux=flux), ["flux"])
    assert views.curves.stars[5] == views.curves.stars[2]


def test_quick_mode_keeps_the_protocol_to_the_stars_that_are_left(prepared):
    many = curves_of(n=400, n_cadences=4)
    given = {"split": "given", "test_stars": many.stars[100:200].tolist()}
    views, _ = prepared(many, ["flux"], quick=True, protocol=given)
    kept = set(views.curves.stars.tolist())
    assert len(kept) == 240
    assert set(views.protocol.test_stars) == kept & set(given["test_stars"])
    assert 0 < len(views.protocol.test_stars) < 100
    whole, _ = prepared(many, ["flux"], protocol=given)
    assert list(whole.protocol.test_stars) == given["test_stars"]


def test_each_star_is_searched_over_its_own_stretch():
    """On a grid of two years a star with one quarter has no planet of 200 d, seen once."""
    random = np.random.default_rng(0)
    flux = np.full((3, 6400), np.nan, np.float32)
    flux[0, 3200:4200] = random.normal(size=1000)
    flux[0, 3200:4200][np.arange(1000) % 150 < 6] -= 8
    flux[1] = random.normal(size=6400)
    search = Search(durations=(0.1, 0.2), window=1.0)
    assert own_stretches(flux).tolist() == [[3200, 4200], [0, 6400], [0, 0]]
    found, flat = search_stars(flux, cadence=CADENCE, level=0.0, search=search)
    assert found.period[0, 0] == pytest.approx(150 * CADENCE, rel=0.01)
    middle = (3200 + 3 * 150 + 3) * CADENCE  # of the fourth transit
    cycles = (middle - found.t0[0, 0]) / found.period[0, 0]
    assert abs(cycles - np.rint(cycles)) * 3.0 < 0.05
    assert 0 <= found.t0[0, 0] < found.period[0, 0]
    assert np.isfinite(found.period[1, 0])
    assert np.isnan(found.period[2, 0])
    np.testing.assert_array_equal(np.isfinite(flat), np.isfinite(flux))
    alone, _ = search_stars(flux[:1, 3200:4200], cadence=CADENCE, level=0.0, search=search)
    assert alone.period[0, 0] == found.period[0, 0]
