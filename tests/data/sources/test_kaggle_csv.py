import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kepler_keras.data.sources import load_source
from kepler_keras.data.sources.kaggle_csv import LONG_CADENCE, load
from kepler_keras.errors import InputError
from kepler_keras.experiment import TrainTestPaths

HEADER = "LABEL,FLUX.1,FLUX.2,FLUX.3\n"
CLEAN = HEADER + "2,-1.5,0,3e2\n1,4,5,6\n1,-7,8,-9\n"


def write(folder: Path, text: str | bytes, name: str = "flux.csv") -> str:
    folder.mkdir(exist_ok=True)
    content = text.encode() if isinstance(text, str) else text
    (folder / name).write_bytes(content)
    return str(folder / name)


def refusal(path: str | TrainTestPaths, **options: object) -> str:
    with pytest.raises(InputError) as caught:
        load_source("kaggle_csv", path, options)
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


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


DAMAGE = {
    "empty file": ("", ["the file is empty", "LABEL,FLUX.1"]),
    "header only": (HEADER, ["no row of flux below the header"]),
    "header and blank lines": (HEADER + "\n  \n", ["no row of flux below the header"]),
    "no header": ("2,1,2,3\n1,4,5,6\n", ["column 1 of the header must be LABEL, got '2'"]),
    "lower case label": (CLEAN.replace("LABEL", "label"), ["must be LABEL, got 'label'"]),
    "wrong flux name": (CLEAN.replace("FLUX.2", "FLUX2"), ["column 3", "FLUX.2, got 'FLUX2'"]),
    "doubled flux name": (CLEAN.replace("FLUX.3", "FLUX.2"), ["column 4", "FLUX.3, got 'FLUX.2'"]),
    "unnamed column": (CLEAN.replace("FLUX.3", ""), ["FLUX.3, got an empty cell"]),
    "label alone": ("LABEL\n2\n1\n", ["must go on with FLUX.1", "got LABEL alone"]),
    "blank first line": ("\n" + CLEAN, ["must be LABEL, got an empty cell"]),
    "semicolons": (CLEAN.replace(",", ";"), ["column 1 of the header must be LABEL"]),
    "truncated last row": (
        CLEAN[:-4],
        ["row 3 (line 4)", "too few values", "has 4 columns, the row has 3"],
    ),
    "row of one value": (HEADER + "2\n1,4,5,6\n", ["row 1 (line 2)", "the row has 1"]),
    "all rows too long": (HEADER + "2,1,2,3,4\n1,1,2,3,4\n", ["row 1 (line 2)", "the row has 5"]),
    "one row too long": (CLEAN + "1,1,2,3,4\n", ["row 4 (line 5)", "too many values"]),
    "trailing comma": (CLEAN.replace("4,5,6", "4,5,6,"), ["row 2 (line 3)", "too many values"]),
    "too long after a blank line": (HEADER + "\n2,1,2,3,4\n", ["row 1 (line 3)", "too many"]),
    "quoted comma": (
        CLEAN.replace("4,5,6", '"4,5",6'),
        ["row 2 (line 3)", "too few values", "the row has 3"],
    ),
    "text": (CLEAN.replace("8", "abc"), ["row 3 (line 4), column FLUX.2", "number, got 'abc'"]),
    "not available": (CLEAN.replace("8", "NA"), ["column FLUX.2", "a number, got 'NA'"]),
    "column of true and false": (
        HEADER + "2,1,True,3\n1,1,False,3\n",
        ["row 1 (line 2), column FLUX.2", "a number, got 'True'"],
    ),
    "decimal comma in quotes": (CLEAN.replace("-7", '"-7,5"'), ["column FLUX.1", "got '-7,5'"]),
    "underscore": (CLEAN.replace("8", "1_0"), ["column FLUX.2", "a number, got '1_0'"]),
    "long text": (CLEAN.replace("8", "x" * 999), ["a number, got 'xxxxx", "...'"]),
    "infinity": (CLEAN.replace("8", "-inf"), ["row 3 (line 4), column FLUX.2", "must be finite"]),
    "Infinity": (CLEAN.replace("8", "Infinity"), ["must be finite, got 'Infinity'"]),
    "too large": (CLEAN.replace("8", "1e39"), ["range of float32, got '1e39'"]),
    "far too large": (CLEAN.replace("8", "1e999"), ["range of float32, got '1e999'"]),
    "unknown label": (
        CLEAN.replace("1,4", "3,4"),
        ["row 2 (line 3), column LABEL", "0, 1 or 2, got '3'"],
    ),
    "negative label": (CLEAN.replace("1,4", "-1,4"), ["0, 1 or 2, got '-1'"]),
    "broken label": (CLEAN.replace("1,4", "1.5,4"), ["column LABEL", "0, 1 or 2, got '1.5'"]),
    "text label": (CLEAN.replace("1,4", "planet,4"), ["0, 1 or 2, got 'planet'"]),
    "empty label": (CLEAN.replace("1,4", ",4"), ["0, 1 or 2, got an empty cell"]),
    "nan label": (CLEAN.replace("1,4", "nan,4"), ["0, 1 or 2, got 'nan'"]),
    "mixed labels": (
        CLEAN + "0,1,2,3\n",
        ["row 1 (line 2), column LABEL", "0 and 1 or to the labels 1 and 2", "row 4 (line 5)"],
    ),
    "label 1 only": (HEADER + "1,1,2,3\n1,4,5,6\n", ["both classes, but every label is 1, which"]),
    "label 2 only": (HEADER + "2,1,2,3\n2,4,5,6\n", ["both classes, but every label is 2"]),
    "label 0 only": (HEADER + "0,1,2,3\n0,4,5,6\n", ["both classes, but every label is 0"]),
    "NUL in a cell": (CLEAN.replace("8", "8\x000"), ["row 3 (line 4)", "NUL byte at position 7"]),
    "open quote": (CLEAN.replace("8", '"8'), ["row 3 (line 4)", "not a line of comma-separated"]),
    "line break in quotes": (
        CLEAN.replace("8", '"8\n9"'),
        ["row 3 (line 4)", "not a line of comma-sep"],
    ),
    "binary": (bytes(range(256)) * 4, ["the header (line 1)", "NUL byte"]),
    "binary without NUL": (b"\x89PNG\xff\xfe\n", ["the header (line 1)", "not UTF-8", "0x89"]),
    "binary below the header": (
        HEADER.encode() + b"\xfe\xff\x00\n",
        ["row 1 (line 2)", "not UTF-8 text (byte 0xfe)"],
    ),
    "latin-1": (
        CLEAN.replace("8", "8\xe9").encode("latin-1"),
        ["row 3 (line 4)", "not UTF-8 text (byte 0xe9)"],
    ),
    "utf-16": (CLEAN.encode("utf-16"), ["the header (line 1)", "not UTF-8"]),
    "old Mac line ends": (CLEAN.replace("\n", "\r"), ["the header (line 1)"]),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_ends_in_one_sentence(tmp_path, name):
    text, words = DAMAGE[name]
    path = write(tmp_path, text)
    sentence = refusal(path)
    assert sentence.startswith(path)
    for word in words:
        assert word in sentence


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
