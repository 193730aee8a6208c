"""Views that came with the data: taken as they stand by entries and by saved models."""

import numpy as np
import pytest

from kepler_keras.checking import check_entries
from kepler_keras.data.light_curves import LightCurves, Scalars
from kepler_keras.data.pipeline import Preparation, find_view, prepare
from kepler_keras.data.sharded_array import ShardedArray
from kepler_keras.errors import InputError
from kepler_keras.experiment import Choice, Experiment
from kepler_keras.lightcurve.views import is_folded
from kepler_keras.preparation import PreparedViews

BROUGHT = ("global_view", "local_view")


def curves_of(**changes):
    """Eight curves whose ready views hold other numbers than their flux."""
    flux = np.random.default_rng(2).normal(size=(8, 21)).astype(np.float32)
    fields = {
        "source": "made",
        "flux": flux,
        "labels": (np.arange(8) % 2).astype(np.int8),
        "stars": np.array([f"s{row}" for row in range(8)]),
        "cadence": None,
        "folded": True,
        "views": {"global_view": 100 + flux, "local_view": flux[:, :5] - 50},
    }
    return LightCurves(**{**fields, **changes})


def only(files):
    """The folder of an entry's only view."""
    (path,) = files.paths.values()
    return path


@pytest.fixture
def prepared(tmp_path, monkeypatch):
    """Makes `PreparedViews` of made-up curves with one entry a view."""

    def make(curves, *views, **entry):
        monkeypatch.setattr("kepler_keras.preparation.load_source", lambda *_: curves)
        entries = [
            {"name": f"e{i}", "model": "mlp", "view": v, **entry} for i, v in enumerate(views)
        ]
        experiment = Experiment.model_validate(
            {
                "name": "made",
                "question": "?",
                "data": {"source": "made"},
                "entries": entries,
                "baseline": "e0",
            }
        )
        return PreparedViews(experiment, quick=False, folder=tmp_path, executor=None), experiment

    return make


def test_entries_take_ready_views_as_they_stand(prepared):
    curves = curves_of()
    views, experiment = prepared(curves, *BROUGHT)
    for entry in experiment.entries:
        built = ShardedArray(only(views.view_files(entry)))[:]
        assert built.tobytes() == curves.views[entry.view_names[0]].tobytes()
        assert built.shape == (*curves.views[entry.view_names[0]].shape, 1)


def test_what_does_not_come_ready_is_made_from_the_flux(prepared):
    curves = curves_of(views={"local_view": np.zeros((8, 5), np.float32)})
    views, experiment = prepared(curves, "global_view")
    built = ShardedArray(only(views.view_files(experiment.entries[0])))[:]
    assert built.shape == (8, 21, 1)
    assert built.min(axis=1) == pytest.approx(-1)
    preparation = views.preparation(experiment.entries[0])
    assert (preparation.ready, preparation.inputs) == ({}, {"curves": 21})


def test_ready_views_need_no_conditioning_of_the_flux(prepared):
    """There is no flux to make a view of, and the ready view is there."""
    flux = np.full((8, 300), np.nan, np.float32)
    curves = curves_of(flux=flux, cadence=0.02, folded=False)
    views, experiment = prepared(curves, "local_view", "flux")
    assert ShardedArray(only(views.view_files(experiment.entries[0])))[:].shape == (8, 5, 1)
    with pytest.raises(InputError, match="no flux at all"):
        views.view_files(experiment.entries[1])


@pytest.mark.parametrize(
    ("choice", "folded", "sentence"),
    [
        ("locl_view", True, "no view 'locl_view'; the data bring global_view, local_view; did you "
                            "mean 'local_view'"),
        ("third_view", False, "no view 'third_view'; the data bring global_view, local_v"),
        ("flux", True, "come folded; they can give global_view, local_view$"),
        ({"name": "local_view", "bins": 61}, True, "view 'local_view' of the data: unknown option "
                                                   "'bins'; it takes none"),
        ({"name": "global_view", "bins": 201}, True, "view 'global_view' of the data: unknown opt"),
    ],
)  # fmt: skip
def test_views_that_the_data_do_not_bring_are_refused(choice, folded, sentence):
    with pytest.raises(InputError, match=sentence):
        find_view(Choice.model_validate(choice), folded_source=folded, ready_views=BROUGHT)


def test_entries_are_checked_against_what_the_data_bring(prepared):
    _, experiment = prepared(curves_of(), *BROUGHT)
    check_entries(experiment, cadence=None, ready_views=BROUGHT)
    with pytest.raises(InputError, match="entry 'e1': view 'local_view' needs unfolded flux"):
        check_entries(experiment, cadence=None, ready_views=["secondary_view"])
    with pytest.raises(InputError, match="entry 'e1': view 'local_view' needs unfolded flux"):
        check_entries(experiment, cadence=None)


def test_ready_views_count_as_folded(prepared):
    assert is_folded("local_view")
    assert is_folded("global_view")
    assert not is_folded("flux")
    _, experiment = prepared(curves_of(), *BROUGHT, augmentations=["circular_shift"])
    with pytest.raises(
        InputError, match=r"entry 'e0': .* would move the transit away from phase 0"
    ):
        check_entries(experiment, cadence=None, ready_views=BROUGHT)


def test_a_saved_model_takes_the_ready_view_itself(prepared):
    curves = curves_of()
    views, experiment = prepared(curves, *BROUGHT)
    preparation = views.preparation(experiment.entries[1])
    assert preparation.ready == preparation.inputs == {"local_view": 5}
    again = prepare({"local_view": curves.views["local_view"]}, preparation)
    assert (
        again.single.tobytes()
        == ShardedArray(only(views.view_files(experiment.entries[1])))[:].tobytes()
    )
    with pytest.raises(
        InputError, match=r"^ready views 'local_view' must have shape \(n, 5\), got"
    ):
        prepare({"local_view": curves.flux}, preparation)
    with pytest.raises(
        InputError, match=r"^ready views 'local_view': .* finite, got nan in exampl"
    ):
        prepare({"local_view": np.full((1, 5), np.nan, np.float32)}, preparation)


def test_unfolded_curves_with_a_ready_view_are_served_by_that_view(prepared):
    flux = np.ones((8, 300), np.float32)
    curves = curves_of(flux=flux, cadence=0.02, folded=False)
    views, experiment = prepared(curves, "local_view")
    preparation = views.preparation(experiment.entries[0])
    assert preparation.inputs == {"local_view": 5}
    served = prepare({"local_view": curves.views["local_view"]}, preparation)
    assert served.single.shape == (8, 5, 1)


def test_a_ready_view_must_be_a_row_of_numbers(prepared):
    images = curves_of(views={"image": np.zeros((8, 4, 5), np.float32)})
    views, experiment = prepared(images, "image")
    with pytest.raises(
        InputError, match=r"view 'image' .* one row of numbers .* got .*\(8, 4, 5\)"
    ):
        views.view_files(experiment.entries[0])


def with_scalars(**changes):
    """Curves with a ready local view and numbers beside them, of which some are missing."""
    values = np.arange(16, dtype=np.float32).reshape(8, 2)
    values[3, 1] = np.nan
    local = {"local_view": curves_of().views["local_view"]}
    return curves_of(views=local, scalars=Scalars(("teff", "radius"), values), **changes)


def several(prepared, curves, *lists):
    """`PreparedViews` of entries that each see several views."""
    views, experiment = prepared(curves, *BROUGHT[: len(lists)])
    entries = [
        entry.model_copy(update={"views": tuple(Choice(name=name) for name in names)})
        for entry, names in zip(experiment.entries, lists, strict=True)
    ]
    return views, entries


def test_an_entry_of_several_views_gets_each_in_its_order(prepared):
    """One made here of the flux, one that came ready, and numbers of which some are missing."""
    curves = with_scalars()
    names = ("scalars", "global_view", "local_view")
    views, (entry, other) = several(prepared, curves, names, ("local_view", "scalars"))
    files = views.view_files(entry)
    assert tuple(files.paths) == names
    made = files.open().views
    assert made.shapes == {"scalars": (2,), "global_view": (21, 1), "local_view": (5, 1)}
    assert made.arrays["scalars"][:].tobytes() == curves.scalars.values.tobytes()
    assert np.isnan(made.arrays["scalars"][3][1])
    shared = views.view_files(other).paths
    assert shared == {name: files.paths[name] for name in ("local_view", "scalars")}


def test_new_stars_with_several_views_are_prepared_like_the_training_stars(prepared):
    curves = with_scalars()
    names = ("scalars", "global_view", "local_view")
    views, (entry,) = several(prepared, curves, names)
    preparation = views.preparation(entry)
    assert preparation.inputs == {"curves": 21, "scalars": 2, "local_view": 5}
    given = {
        "curves": curves.flux,
        "local_view": curves.views["local_view"],
        "scalars": curves.scalars.values,
    }
    again, made = prepare(given, preparation), views.view_files(entry).open().views
    assert tuple(again.arrays) == names
    for name in names:
        assert again.arrays[name].tobytes() == made.arrays[name][:].tobytes()
    alone = Preparation.model_validate_json(preparation.model_dump_json())
    assert alone == preparation


def test_ready_views_alone_need_no_curves(prepared):
    views, (entry,) = several(prepared, with_scalars(), ("local_view", "scalars"))
    assert views.preparation(entry).inputs == {"local_view": 5, "scalars": 2}
