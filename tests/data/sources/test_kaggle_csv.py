import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from kaggle_damage import CLEAN, HEADER, refusal, write

from kepler_keras.data.light_curves import UNKNOWN
from kepler_keras.data.sources import load_source, read_source
from kepler_keras.data.sources.kaggle_csv import LONG_CADENCE, load
from kepler_keras.errors import InputError
from kepler_keras.experiment import TrainTestPaths


def test_one_file_is_read_as_it_stands(tmp_path):
    curves = load(write(tmp_path, CLEAN))
    np.testing.assert_array_equal(curves.flux, [[-1.5, 0, 300], [4, 5, 6], [-7, 8, -9]])
    assert curves.flux.dtype == np.float32
    assert curves.flux.flags.c_contiguous
    assert curves.labels.tolist() == [1, 0, 0]
    assert curves.stars.tolist() == ["row-000001", "row-000002", "row-000003"]
    assert curves.cadence == LONG_CADENCE
    assert curves.given_test is None
    assert "label 2" in curves.notes[0]
    assert "no star ids" in curves.notes[1]


def test_labels_0_and_1_mean_planet_at_1(tmp_path):
    curves = load(write(tmp_path, HEADER + "1,1,2,3\n0,4,5,6\n0,7,8,9\n"))
    assert curves.labels.tolist() == [1, 0, 0]


@pytest.mark.parametrize(
    "text",
    [
        CLEAN.replace("\n", "\r\n"),
        CLEAN.rstrip("\n"),
        CLEAN.replace("\n", "\n\n \t\n"),
        "\ufeff" + CLEAN,
        CLEAN.replace("LABEL,FLUX.1", '"LABEL","FLUX.1"').replace("-1.5", '"-1.5"'),
        CLEAN.replace(",", ", ").replace(", FLUX", ",FLUX"),
        CLEAN.replace("2,-1.5", "2.0,-1.50"),
    ],
    ids=["crlf", "no last newline", "blank lines", "bom", "quoted", "spaces", "float labels"],
)
def test_other_spellings_of_the_same_table(tmp_path, text):
    curves = load(write(tmp_path, text))
    assert curves.fingerprint == load(write(tmp_path, CLEAN, "clean.csv")).fingerprint


def test_empty_and_nan_cells_are_gaps(tmp_path):
    curves = load(write(tmp_path, HEADER + "2,1,,nan\n1,NaN,5,\n"))
    np.testing.assert_array_equal(np.isnan(curves.flux), [[0, 1, 1], [1, 0, 1]])


def test_values_equal_those_of_pandas(tmp_path):
    values = np.random.default_rng(3).normal(0, 1e4, (40, 3)).round(3)
    lines = [f"{1 + row % 2},{','.join(map(str, flux))}\n" for row, flux in enumerate(values)]
    path = write(tmp_path, HEADER + "".join(lines))
    expected = pd.read_csv(path, dtype=np.float32).to_numpy()[:, 1:]
    np.testing.assert_array_equal(load(path).flux, expected)


def test_a_pair_marks_its_test_rows(tmp_path):
    train = write(tmp_path, CLEAN, "train.csv")
    test = write(tmp_path, HEADER + "1,1,1,1\n1,2,2,2\n", "test.csv")
    curves = load(TrainTestPaths(train=train, test=test))
    assert curves.given_test.tolist() == [False, False, False, True, True]
    assert curves.labels.tolist() == [1, 0, 0, 0, 0]
    assert curves.stars.tolist()[2:4] == ["train-row-000003", "test-row-000001"]
    assert curves.flux[3].tolist() == [1, 1, 1]


def test_one_class_in_each_file_of_a_pair_is_decided_together(tmp_path):
    train = write(tmp_path, HEADER + "1,1,2,3\n", "train.csv")
    test = write(tmp_path, HEADER + "0,1,2,4\n", "test.csv")
    assert load(TrainTestPaths(train=train, test=test)).labels.tolist() == [1, 0]


@pytest.mark.parametrize(("written", "read"), [(0, 0), (1, UNKNOWN), (2, 1)])
def test_one_class_can_be_searched_but_not_compared(tmp_path, written, read):
    path = write(tmp_path, HEADER + f"{written},1,2,3\n{written},4,5,6\n")
    curves = read_source("kaggle_csv", path, {})
    assert curves.labels.tolist() == [read, read]
    assert f"every label is {written}" in curves.notes[0]
    assert "the labels must hold both classes, but every label is" in refusal(path)


def test_planets_can_be_injected_into_a_file_without_any(tmp_path):
    path = write(tmp_path, quiet_table(n=8, n_columns=300))
    labels = load_source("injected", path, {"period_range": [0.5, 1.0]}).labels
    assert set(labels.tolist()) == {0, 1}


def quiet_table(*, n: int, n_columns: int) -> str:
    flux = np.random.default_rng(5).normal(size=(n, n_columns))
    header = ",".join(["LABEL", *(f"FLUX.{column + 1}" for column in range(n_columns))])
    return "\n".join([header, *("0," + ",".join(f"{x:.3f}" for x in row) for row in flux), ""])


ROWS = "kepid,quarter,source,label\n11,3,fits,2\n12,3,fits,1\n12,4,fits,1\n"


def test_rows_file_names_the_stars(tmp_path):
    write(tmp_path, ROWS, "rows.csv")
    curves = load(write(tmp_path, CLEAN))
    assert curves.stars.tolist() == ["11", "12", "12"]
    assert not any("no star ids" in note for note in curves.notes)


def test_rows_file_can_be_left_out(tmp_path):
    write(tmp_path, "something else", "rows.csv")
    curves = load_source("kaggle_csv", write(tmp_path, CLEAN), {"star_ids": False})
    assert curves.stars[0] == "row-000001"


def test_rows_file_of_a_pair_in_one_folder_lists_both(tmp_path):
    write(tmp_path, ROWS + "13,3,fits,1\n", "rows.csv")
    train = write(tmp_path, CLEAN, "train.csv")
    test = write(tmp_path, HEADER + "1,1,1,1\n", "test.csv")
    curves = load(TrainTestPaths(train=train, test=test))
    assert curves.stars.tolist() == ["11", "12", "12", "13"]


def test_rows_files_of_a_pair_in_two_folders(tmp_path):
    write(tmp_path / "a", ROWS, "rows.csv")
    train = write(tmp_path / "a", CLEAN)
    test = write(tmp_path / "b", HEADER + "1,1,1,1\n")
    curves = load(TrainTestPaths(train=train, test=test))
    assert curves.stars.tolist() == ["11", "12", "12", "test-row-000001"]


def test_missing_file(tmp_path):
    assert "flux.csv: cannot read the flux table: there is no such file" in refusal(
        str(tmp_path / "flux.csv")
    )


def test_directory(tmp_path):
    sentence = refusal(str(tmp_path))
    assert str(tmp_path) in sentence
    assert "directory" in sentence


def test_no_path():
    assert "data.path: source kaggle_csv reads a CSV file" in refusal(None)


def test_pair_with_other_columns(tmp_path):
    train = write(tmp_path, CLEAN, "train.csv")
    test = write(tmp_path, "LABEL,FLUX.1\n1,2\n", "test.csv")
    sentence = refusal(TrainTestPaths(train=train, test=test))
    assert sentence.startswith(test)
    assert "FLUX.1 to FLUX.3, got FLUX.1 to FLUX.1" in sentence


def test_pair_with_two_conventions_names_both_files(tmp_path):
    train = write(tmp_path, HEADER + "1,4,5,6\n0,1,2,3\n", "train.csv")
    test = write(tmp_path, HEADER + "1,4,5,6\n2,4,5,6\n", "test.csv")
    sentence = refusal(TrainTestPaths(train=train, test=test))
    assert f"{test}: row 2 (line 3), column LABEL" in sentence
    assert f"{train}: row 2 (line 3)" in sentence


def test_pair_with_label_1_only_names_both_files(tmp_path):
    train = write(tmp_path, HEADER + "1,4,5,6\n", "train.csv")
    test = write(tmp_path, HEADER + "1,1,5,6\n", "test.csv")
    sentence = refusal(TrainTestPaths(train=train, test=test))
    assert f"{train} and {test}: the labels must hold both classes" in sentence


@pytest.mark.parametrize("cadence", [0, -1, float("nan"), float("inf"), "fast"])
def test_cadence_must_be_a_positive_number(tmp_path, cadence):
    assert "data.options.cadence" in refusal(write(tmp_path, CLEAN), cadence=cadence)


ROWS_DAMAGE = {
    "too few rows": (ROWS[:-12], ["must list the 3 rows of flux.csv, got 2 rows", "star_ids"]),
    "too many rows": (ROWS + "9,9,fits,1\n", ["must list the 3 rows", "got 4 rows"]),
    "no kepid": (ROWS.replace("kepid", "star"), ["'kepid' is missing", "star, quarter, source"]),
    "no label": (ROWS.replace("label", "class"), ["'label' is missing"]),
    "other label": (
        ROWS.replace("11,3,fits,2", "11,3,fits,1"),
        ["row 1, column label: must agree with the flux file, which has 2, got '1'"],
    ),
    "empty kepid": (ROWS.replace("12,4", ",4"), ["row 3, column kepid", "must not be empty"]),
    "empty": ("", ["cannot read the star ids"]),
    "row too long": (ROWS.replace("12,4,fits,1", "12,4,fits,1,1"), ["cannot read the star ids"]),
    "row too short": (ROWS.replace("12,4,fits,1", "12,4"), ["row 3, column label", "got ''"]),
    "not UTF-8": (ROWS.replace("fits", "\xff").encode("latin-1"), ["cannot read the star ids"]),
}


@pytest.mark.parametrize("name", ROWS_DAMAGE)
def test_damaged_rows_file(tmp_path, name):
    text, words = ROWS_DAMAGE[name]
    rows = write(tmp_path, text, "rows.csv")
    sentence = refusal(write(tmp_path, CLEAN))
    assert sentence.startswith(rows)
    for word in words:
        assert word in sentence


@pytest.mark.data
def test_real_file():
    folder = os.environ.get("KEPLER_KERAS_DATA")
    if not folder:
        pytest.skip("KEPLER_KERAS_DATA is not set: the real light curves are not here")
    curves = load(str(Path(folder) / "kepler_flux_csv" / "keplerFlux.csv"))
    assert curves.flux.shape == (273, 3197)
    assert int(curves.labels.sum()) == 16
    assert len(curves.positive_stars) == 5
    assert len(np.unique(curves.stars)) == 224
    assert curves.flux.min() < 0


def test_a_missing_file_of_the_set_says_how_to_get_it(tmp_path):
    with pytest.raises(InputError, match=r"exoTrain\.csv: there is no such file; .* fetch kaggle"):
        load(str(tmp_path / "exoTrain.csv"))
