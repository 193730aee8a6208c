"""Views in shards: the same bytes as of all stars at once, made once, kept, and never mixed up."""

import numpy as np
import pytest
from in_process import Here

from kepler_keras.data import view_shards, view_store
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.pipeline import CURVES, prepare
from kepler_keras.data.sharded_array import ShardedArray, read_index
from kepler_keras.errors import InputError, RunError
from kepler_keras.experiment import Experiment
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.preparation import PreparedViews

VIEWS = ["flux", "global_view", "folded_image", "search_features", "spectrum"]
N, CADENCE = 20, 0.02


def curves_of(*, seed=0, **fields):
    flux = np.random.default_rng(seed).normal(0, 100, (N, 500)).astype(np.float32)
    flux[3, 100:180] = np.nan
    labels, stars = (np.arange(N) % 4 == 0).astype(np.int8), np.arange(N).astype(str)
    return LightCurves("made", flux, labels, stars, CADENCE, **fields)


@pytest.fixture
def prepared(tmp_path, monkeypatch):
    """Makes `PreparedViews` in a folder, of made-up curves with an entry a view."""

    def make(curves, *, folder="kept", rows=None, executor=None, read_only=False, **settings):
        monkeypatch.setattr("kepler_keras.preparation.load_source", lambda *_: curves)
        if rows is not None:
            monkeypatch.setattr(view_store, "rows_a_shard", lambda n_columns: rows)
        fields = {
            "name": "made",
            "question": "?",
            "data": {"source": "made"},
            "search": {"min_period": 0.6, "max_period": 2.0, "durations": [0.08]},
            "entries": [{"name": v, "model": "mlp", "view": v} for v in VIEWS],
            "baseline": "flux",
        }
        experiment = Experiment.model_validate({**fields, **settings})
        views = PreparedViews(
            experiment,
            quick=False,
            folder=tmp_path / folder,
            executor=executor or Here(backwards=True),
            read_only=read_only,
        )
        return views, experiment.entries

    return make


def arrays(views, entries):
    views.make(entries)
    return [views.view_files(entry).open().views.single for entry in entries]


@pytest.mark.parametrize("rows", [1, 7, N])
def test_shards_of_any_size_hold_the_bytes_of_all_stars_at_once(prepared, rows):
    curves = curves_of()
    views, entries = prepared(curves, rows=rows)
    for entry, array in zip(entries, arrays(views, entries), strict=True):
        again = prepare({CURVES: curves.flux}, views.preparation(entry)).single
        assert len(array.files) == -(-N // rows)
        assert array[:].tobytes() == again.tobytes()
        assert array.shape == again.shape


def test_all_views_of_a_shard_are_one_job_that_carries_its_own_stars(prepared):
    executor, curves = Here(), curves_of()
    views, entries = prepared(curves, rows=7, executor=executor)
    views.make(entries)
    search, *jobs = executor.jobs
    assert len(search.flux) == N
    assert [len(job.choices) for job in jobs] == [len(VIEWS)] * 3
    assert [job.flux.tobytes() for job in jobs] == [
        curves.flux[start : start + 7].tobytes() for start in (0, 7, 14)
    ]
    assert all(np.shares_memory(job.flux, curves.flux) for job in jobs)  # no copy before it is sent
    assert [len(job.ephemerides.period) for job in jobs] == [7, 7, 6]


def test_the_longer_the_curves_the_fewer_stars_a_shard_has():
    rows = [view_shards.rows_a_shard(n) for n in (1, 201, 3197, 65_000, 10**9)]
    assert rows == [2048, 2048, 655, 32, 1]


def test_what_was_cut_off_goes_on_where_it_stood(prepared):
    views, entries = prepared(curves_of(), rows=7, executor=Here(most=2))  # the search and a shard
    with pytest.raises(KeyboardInterrupt):
        views.make(entries)
    executor = Here()
    views, entries = prepared(curves_of(), rows=7, executor=executor)
    views.make(entries)
    assert [len(job.flux) for job in executor.jobs] == [7, 6]
    elsewhere, _ = prepared(curves_of(), rows=7, folder="at_once")
    for one, other in zip(arrays(views, entries), arrays(elsewhere, entries), strict=True):
        assert one[:].tobytes() == other[:].tobytes()
        assert read_index(one.folder) == read_index(other.folder)


def test_what_stands_is_not_made_again(prepared):
    prepared(curves_of(), rows=7)[0].make(prepared(curves_of(), rows=7)[1])
    executor = Here()
    views, entries = prepared(curves_of(), rows=7, executor=executor)
    views.make(entries)
    assert executor.jobs == []
    assert len(views.folders) == len(VIEWS) + 1  # and the periods


def test_a_damaged_shard_is_made_again_and_no_other(prepared):
    views, entries = prepared(curves_of(), rows=7)
    (flux, *_) = arrays(views, entries)
    before = flux[:]
    content = bytearray(flux.files[1].read_bytes())
    content[-1] ^= 1
    flux.files[1].write_bytes(content)
    with pytest.raises(InputError, match=r"flux-.*: shard 1 is damaged; kepler-keras prepare with"):
        prepared(curves_of(), rows=7, read_only=True)[0].make(entries)
    executor = Here()
    views, entries = prepared(curves_of(), rows=7, executor=executor)
    (flux, *_) = arrays(views, entries)
    assert [[choice.name for choice in job.choices] for job in executor.jobs] == [["flux"]]
    assert flux[:].tobytes() == before.tobytes()


def test_kept_views_are_taken_as_they_are(prepared):
    views, entries = prepared(curves_of(), rows=7)
    views.make(entries)
    executor = Here()
    again, _ = prepared(curves_of(), rows=7, executor=executor, read_only=True)
    again.make(entries)
    assert executor.jobs == []
    assert [again.view_files(entry).paths for entry in entries] == [
        views.view_files(entry).paths for entry in entries
    ]
    assert np.array_equal(again.folding.ephemerides.period, views.folding.ephemerides.period)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"curves": curves_of(seed=1)}, "its 'flux' was made from other data"),
        ({"curves": curves_of(level=1e6)}, "its 'flux' was made from other data"),
        ({"conditioning": {"window": 2.0}}, "its 'flux' was made from another conditioning"),
        (
            {"search": {"min_period": 0.7, "max_period": 2.0, "durations": [0.08]}},
            "its 'periods' was made from another period search",
        ),
        ({"rows": 8}, "its 'flux' was made from shards of another size"),
        ({"folder": "nothing"}, "nothing: there is no such folder"),
        (
            {"entries": [{"name": "flux", "model": "mlp", "view": "log_differences"}]},
            "it holds no finished 'log_differences'",
        ),
        (
            {
                "entries": [
                    {"name": "flux", "model": "mlp", "view": {"name": "global_view", "bins": 21}}
                ],
            },
            "its 'global_view' was made from other options of the view",
        ),
    ],
)  # fmt: skip
def test_a_folder_of_other_data_or_settings_is_refused(prepared, changed, reason):
    views, entries = prepared(curves_of(), rows=7)
    views.make(entries)
    changed = {"curves": curves_of(), "rows": 7, **changed}
    executor = Here()
    other, entries = prepared(**changed, executor=executor, read_only=True)
    with pytest.raises(InputError) as caught:
        one_by_one(other, entries)
    assert reason in str(caught.value)
    assert "; kepler-keras prepare with the same experiment and settings makes" in str(caught.value)
    assert executor.jobs == []


def one_by_one(views, entries):
    """With all at once the search would be missed before any view is."""
    for entry in entries:
        views.make([entry])


def test_another_version_of_the_code_is_refused(prepared, monkeypatch):
    views, entries = prepared(curves_of(), rows=7)
    views.make(entries)
    monkeypatch.setattr("kepler_keras.data.view_recipe.code_of_views", lambda: "newer")
    other, entries = prepared(curves_of(), rows=7, read_only=True)
    with pytest.raises(InputError, match="was made from another version of kepler-keras"):
        other.make(entries[:1])


def test_ephemerides_of_a_catalogue_count(prepared):
    ones = np.ones(N)
    known = [Ephemerides(ones * period, ones * 0.3, ones * 0.1) for period in (1.5, 1.6)]
    views, entries = prepared(curves_of(ephemerides=known[0]), rows=7)
    views.make(entries)
    assert not any("periods" in folder.name for folder in views.folders)
    other, _ = prepared(curves_of(ephemerides=known[1]), rows=7, read_only=True)
    other.make([entries[0]])
    with pytest.raises(InputError, match="its 'global_view' was made from other ephemerides"):
        other.make([entries[1]])


def test_a_full_disk_is_a_sentence_and_leaves_nothing_half_written(prepared, monkeypatch, tmp_path):
    def full(file, array, **how):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kepler_keras.data.sharded_array.np.save", full)
    views, entries = prepared(curves_of(), rows=7)
    with pytest.raises(RunError, match="No space left on device; the shards that are finish"):
        views.make(entries)
    assert [path for path in (tmp_path / "kept").rglob("*") if path.is_file()] == []


def test_folded_mistakes_see_conditioned_flux(prepared):
    curves = curves_of()
    views, entries = prepared(curves, rows=7)
    assert views.folding is None
    flux, *_ = arrays(views, entries)
    row = views.folding.flux[3]
    assert row.shape == (500,)
    assert np.isnan(row[100:180]).all()
    measured = np.isfinite(row)
    assert np.std(row[measured]) != pytest.approx(np.std(curves.flux[3][measured]))
    assert isinstance(flux, ShardedArray)
