import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kepler_keras.data.light_curves import UNKNOWN, LightCurves, Scalars
from kepler_keras.data.scalars import STELLAR, join_scalars
from kepler_keras.data.sources import load_source
from kepler_keras.errors import InputError
from kepler_keras.experiment import Experiment
from kepler_keras.experiment_file import read_experiment

TABLE = """\
# comment
kepid,kepoi_name,koi_steff,koi_slogg,koi_score
10,K1.01,5000,4.5,0.9
10,K1.02,5400,4.5,0.1
0020,K2.01,,4.0,0.5
30,K3.01,6000,4.2,0.5
"""
COLUMNS = ("koi_steff", "koi_slogg")


def curves_of(stars, labels):
    return LightCurves(
        source="test",
        flux=np.zeros((len(stars), 3), np.float32),
        labels=np.array(labels, np.int8),
        stars=np.array(stars),
        cadence=0.02,
        notes=("Before.",),
    )


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "stars.csv"
    path.write_text(TABLE)
    return path


def test_values_stand_beside_their_stars(table):
    curves = join_scalars(curves_of(["30", "000010", "20", "5"], [1, 0, 1, 0]), table, COLUMNS)
    assert curves.scalars.names == COLUMNS
    assert curves.scalars.values.dtype == np.float32
    expected = np.array([[6000, 4.2], [5200, 4.5], [np.nan, 4.0], [np.nan, np.nan]], np.float32)
    np.testing.assert_array_equal(curves.scalars.values, expected)
    assert curves.stars.tolist() == ["30", "000010", "20", "5"]
    assert curves.notes[0] == "Before."
    assert "missing for 1 of 2 planets, 1 of 2 others" in curves.notes[1]
    assert curves.notes[2].startswith("1 stars have rows with differing values")


def test_unlabelled_stars_have_values_too(table):
    curves = join_scalars(curves_of(["30", "5"], [UNKNOWN, UNKNOWN]), table, COLUMNS)
    assert "missing for 1 of 2 unlabelled rows" in curves.notes[1]


def test_every_row_of_a_star_has_its_values(table):
    curves = join_scalars(curves_of(["30", "10", "30"], [1, 0, 0]), table, COLUMNS)
    np.testing.assert_array_equal(curves.scalars.values[0], curves.scalars.values[2])


@pytest.mark.parametrize(
    "column",
    [
        "koi_score",
        "koi_fpflag_nt",
        "koi_fpflag_ss",
        "koi_fpflag_co",
        "koi_fpflag_ec",
        "koi_disposition",
        "koi_pdisposition",
        "kepler_name",
        "kepoi_name",
        "koi_vet_stat",
        "koi_comment",
        "koi_tce_delivname",
        "av_training_set",
        "av_pred_class",
        "KOI_SCORE",
    ],
)
def test_what_the_judgement_wrote_is_refused(table, column):
    with pytest.raises(InputError) as caught:
        join_scalars(curves_of(["30", "10"], [1, 0]), table, ("koi_steff", column))
    assert f"{column!r} comes from the judgement that the labels come from" in str(caught.value)


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("koi_period", "no property of the star"),
        ("koi_model_snr", "no property of the star"),
        ("koi_steff_err1", "no property of the star.*did you mean 'koi_steff'"),
        ("tce_depth", "no property of the star"),
        ("koi_stef", "did you mean 'koi_steff'"),
        ("Teff", "unknown column 'Teff'; did you mean 'teff'"),
        ("ra", "unknown column 'ra'; known are"),
    ],
)
def test_only_properties_of_stars_are_taken(table, column, words):
    with pytest.raises(InputError, match=rf"^data\.scalars\.columns: .*{words}"):
        join_scalars(curves_of(["30", "10"], [1, 0]), table, (column,))


def test_no_allowed_name_is_one_of_the_judgement():
    allowed = curves_of(["1", "2"], [1, 0])
    for column in STELLAR:
        with pytest.raises(InputError, match="cannot read the table"):
            join_scalars(allowed, Path("nowhere.csv"), (column,))


def test_what_cannot_be_joined(table):
    pair = curves_of(["30", "10"], [1, 0])
    with pytest.raises(InputError, match="'koi_steff' stands twice"):
        join_scalars(pair, table, ("koi_steff", "koi_steff"))
    with pytest.raises(InputError, match=r"stars\.csv: the column 'koi_srad' is missing"):
        join_scalars(pair, table, ("koi_srad",))
    with pytest.raises(InputError, match=r"none of the 2 stars stands .* is 'row-000001'"):
        join_scalars(curves_of(["row-000001", "row-000002"], [1, 0]), table, COLUMNS)
    with pytest.raises(InputError, match="brings scalars of its own, koi_steff, koi_slogg"):
        join_scalars(join_scalars(pair, table, COLUMNS), table, COLUMNS)


@pytest.mark.parametrize(("labels", "who"), [([1, 0], "other row"), ([0, 1], "planet")])
def test_a_gap_that_tells_the_class_is_refused(table, labels, who):
    with pytest.raises(InputError, match=f"every {who} lacks a value .* tell the label"):
        join_scalars(curves_of(["30", "5"], labels), table, COLUMNS)


def test_a_word_for_a_number_is_refused(table):
    table.write_text(TABLE.replace("6000", "hot"))
    with pytest.raises(InputError, match="line 6, column koi_steff: must be a number or empty"):
        join_scalars(curves_of(["30", "10"], [1, 0]), table, COLUMNS)


YAML = """\
name: small
question: Do stars help?
data:
  source: folded
  path: curves.npz
  scalars: {table: "${PLANTED}/stars.csv", columns: [koi_steff, koi_slogg]}
entries:
  - {name: dense, model: mlp, view: global_view}
baseline: dense
"""


def experiment_of(folder, text) -> Experiment:
    (folder / "e.yaml").write_text(text)
    return read_experiment(folder / "e.yaml")


def test_the_experiment_file_names_table_and_columns(tmp_path, monkeypatch):
    monkeypatch.setenv("PLANTED", str(tmp_path))
    scalars = experiment_of(tmp_path, YAML).data.scalars
    assert scalars.table == str(tmp_path / "stars.csv")
    assert scalars.columns == COLUMNS


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("columns", "colums", r"line 6: data\.scalars\.colums: unknown key 'colums'; did you mean"),
        (", columns: [koi_steff, koi_slogg]", "", r"data\.scalars\.columns: this key is required"),
        ("[koi_steff, koi_slogg]", "[]", r"data\.scalars\.columns: .* at least 1 item"),
        ("${PLANTED}", "${NOWHERE_SET}", "variable NOWHERE_SET is not set"),
    ],
)
def test_the_experiment_file_is_checked(tmp_path, monkeypatch, old, new, words):
    monkeypatch.setenv("PLANTED", str(tmp_path))
    with pytest.raises(InputError, match=words):
        experiment_of(tmp_path, YAML.replace(old, new))


def test_scalars_reach_the_curves_of_an_experiment_before_stars_are_united(
    tmp_path, table, monkeypatch
):
    from kepler_keras.preparation import _load

    monkeypatch.setenv("PLANTED", str(tmp_path))
    rows = np.zeros((2, 11), np.float32)  # identical curves: both become star 10
    np.savez(tmp_path / "curves.npz", X=rows, y=np.array([0, 1]), kepid=np.array([30, 10]))
    text = YAML.replace("path: curves.npz", f"path: {tmp_path / 'curves.npz'}")
    curves = _load(experiment_of(tmp_path, text), {}, quick=False)
    assert curves.stars.tolist() == ["10", "10"]
    assert curves.scalars.values[:, 0].tolist() == [6000, 5200]


def test_the_fingerprint_knows_of_them(table):
    pair = curves_of(["30", "10"], [1, 0])
    assert join_scalars(pair, table, COLUMNS).fingerprint != pair.fingerprint
    assert isinstance(join_scalars(pair, table, COLUMNS).scalars, Scalars)


@pytest.mark.data
def test_the_real_table_beside_real_folded_curves():
    folder = os.environ.get("KEPLER_KERAS_DATA")
    if not folder:
        pytest.skip("KEPLER_KERAS_DATA is not set: the real light curves are not here")
    data = Path(folder)
    curves = load_source("folded", str(data / "kepler_folded201/kepler_folded201.npz"), {})
    columns = ("koi_steff", "koi_slogg", "koi_srad")
    joined = join_scalars(curves, data / "koi_tables/koi_cumulative.csv", columns)
    missing = np.isnan(joined.scalars.values).any(axis=1)
    assert missing[curves.labels == 1].sum() == 0
    assert missing[curves.labels == 0].sum() == 142
    frame = pd.read_csv(data / "koi_tables/koi_cumulative.csv", comment="#")
    medians = frame.groupby(frame["kepid"].astype(str))[list(columns)].median()
    expected = medians.reindex(curves.stars).to_numpy(np.float32)
    np.testing.assert_array_equal(joined.scalars.values, expected)
