"""One suite for all sources, found by discovery; a new source needs one line in CASES."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits

from kepler_keras.data import sources
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.sources import check_classes, load_source, source_names
from kepler_keras.errors import InputError
from tests.tfrecord_writing import write_examples

Case = tuple[str | None, dict[str, Any]]


def simulated(folder: Path) -> Case:
    return None, {"n_stars": 20, "n_cadences": 800, "prevalence": 0.2}


def kaggle_csv(folder: Path) -> Case:
    path = folder / "flux.csv"
    path.write_text("LABEL,FLUX.1,FLUX.2\n2,1,-2\n1,3,4\n1,5,6\n")
    return str(path), {"cadence": 0.02}


def folded(folder: Path) -> Case:
    path = folder / "folded.npz"
    rows = np.arange(33, dtype=np.float32).reshape(3, 11)
    np.savez(path, X=rows, y=np.array([0, 1, 0]), kepid=np.array([1, 2, 2]))
    return str(path), {"replace_filled": False}


def kepler_fits(folder: Path) -> Case:
    for kepid, flux in ((1, [99.0, 100.0, 102.0]), (2, [50.0, 51.0, np.nan])):
        columns = {"TIME": ("D", [50.0, 50.020434, 50.040867]), "CADENCENO": ("J", [7, 8, 9])}
        columns |= {"PDCSAP_FLUX": ("E", flux), "SAP_QUALITY": ("J", [0, 0, 0])}
        table = fits.BinTableHDU.from_columns(
            [fits.Column(name, form, array=values) for name, (form, values) in columns.items()],
            name="LIGHTCURVE",
        )
        first = fits.PrimaryHDU(header=fits.Header({"KEPLERID": kepid, "QUARTER": 1}))
        fits.HDUList([first, table]).writeto(folder / f"{kepid}.fits")
    (folder / "koi.csv").write_text(
        "kepid,kepoi_name,koi_disposition,koi_period,koi_time0bk,koi_duration\n"
        "1,K1.01,CONFIRMED,3.0,140.0,2.4\n"
    )
    return str(folder), {"table": str(folder / "koi.csv")}


def astronet_tfrecord(folder: Path) -> Case:
    rows = [
        {"av_training_set": label, "kepid": 1, "view": [0.0, -1.0, n]}
        for n, label in enumerate(("PC", "NTP", "AFP"))
    ]
    path = write_examples(folder / "train-00000-of-00001", *rows)
    return path, {"star_column": "kepid", "views": ["view"]}


def injected(folder: Path) -> Case:
    path = folder / "flux.csv"
    header = ",".join(f"FLUX.{column}" for column in range(1, 301))
    rows = np.random.default_rng(0).normal(0, 5, (6, 300)).round(2)
    lines = [f"{1 + (row == 0)},{','.join(map(str, flux))}\n" for row, flux in enumerate(rows)]
    path.write_text(f"LABEL,{header}\n" + "".join(lines))
    return str(path), {"period_range": [0.6, 2.0], "binary_copies": 2}


CASES: dict[str, Callable[[Path], Case]] = {
    "astronet_tfrecord": astronet_tfrecord,
    "simulated": simulated,
    "kaggle_csv": kaggle_csv,
    "folded": folded,
    "kepler_fits": kepler_fits,
    "injected": injected,
}


@pytest.fixture(params=source_names())
def case(request, tmp_path) -> tuple[str, str | None, dict[str, Any]]:
    return request.param, *CASES[request.param](tmp_path)


def test_every_source_has_a_case():
    assert set(source_names()) <= set(CASES)


def test_curves_keep_the_contract(case):
    name, path, options = case
    curves = load_source(name, path, options)
    n, n_columns = curves.flux.shape
    assert n >= 2
    assert n_columns >= 2
    assert curves.source == name
    assert curves.flux.dtype == np.float32
    assert curves.flux.flags.c_contiguous
    assert curves.labels.dtype == np.int8
    assert curves.labels.shape == (n,)
    assert set(curves.labels.tolist()) == {0, 1}
    assert curves.stars.dtype.kind == "U"
    assert curves.stars.shape == (n,)
    assert all(curves.stars)
    for view in curves.views.values():
        assert view.dtype == np.float32
        assert view.shape[0] == n
        assert np.isfinite(view).all()
    assert curves.may_train.dtype == bool
    assert curves.folded or curves.cadence > 0
    assert all(column.shape == (n,) for column in curves.truth.values())
    assert curves.truth == {} or "kind" in curves.truth
    assert all(note.endswith(".") and "\n" not in note for note in curves.notes)


def test_the_same_call_gives_the_same_curves(case):
    first, second = load_source(*case), load_source(*case)
    assert first.fingerprint == second.fingerprint
    assert first.notes == second.notes


def test_an_unknown_option_is_refused(case):
    name, path, options = case
    option = next(iter(options))
    with pytest.raises(InputError) as caught:
        load_source(name, path, {f"{option}x": options[option]})
    assert f"source {name} has no option '{option}x'; did you mean '{option}'?" in str(caught.value)


def test_an_option_of_the_wrong_type_is_refused(case):
    name, path, options = case
    option = next(iter(options))
    with pytest.raises(InputError, match=rf"data\.options\.{option}: .*, got \['wrong'\]"):
        load_source(name, path, {option: ["wrong"]})


def test_an_unknown_source_is_refused():
    with pytest.raises(InputError, match="unknown source 'kaggle'; did you mean 'kaggle_csv'"):
        load_source("kaggle", None, {})
    with pytest.raises(
        InputError, match=r"unknown source 'zzz'; known are .*, kaggle_csv, kepler_"
    ):
        load_source("zzz", None, {})


def test_a_new_file_is_a_new_source(tmp_path, monkeypatch):
    (tmp_path / "planted.py").write_text(
        "import numpy as np\n"
        "from kepler_keras.data.light_curves import LightCurves\n"
        "def load(path, *, label: int = 1):\n"
        "    flux = np.zeros((2, 3), np.float32)\n"
        "    labels = np.array([label, 0], np.int8)\n"
        "    return LightCurves('planted', flux, labels, np.array(['a', 'b']), cadence=1.0)\n"
    )
    (tmp_path / "_hidden.py").write_text("")
    monkeypatch.setattr(sources, "__path__", [*sources.__path__, str(tmp_path)])
    assert "planted" in source_names()
    assert "_hidden" not in source_names()
    assert load_source("planted", None, {}).stars.tolist() == ["a", "b"]
    with pytest.raises(InputError, match="source planted: the labels must hold both classes"):
        load_source("planted", None, {"label": 0})


@pytest.mark.parametrize(("label", "came"), [(0, "none is a planet"), (1, "every one is a planet")])
def test_one_class_is_refused(label, came):
    curves = LightCurves(
        source="test",
        flux=np.zeros((3, 2), np.float32),
        labels=np.full(3, label, np.int8),
        stars=np.array(["a", "b", "c"]),
        cadence=0.02,
    )
    with pytest.raises(InputError, match=f"here: .* both classes, but of 3 rows {came}"):
        check_classes(curves, place="here")
