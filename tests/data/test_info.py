"""What `kepler-keras data info` says of good files, and of bad ones."""

import gzip
import io
import json
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from info_files import FLUX, KOI, write

from kepler_keras.data import layouts
from kepler_keras.data.file_start import is_tfrecord, read_start
from kepler_keras.data.info import examine
from kepler_keras.data.info_curves import describe_curves, longest_run
from kepler_keras.data.light_curves import UNKNOWN, LightCurves
from kepler_keras.errors import InputError


def facts(path: Path) -> dict[str, str]:
    return dict(examine(path).facts)


def curves(flux: list[list[float]], labels: list[int], **options) -> LightCurves:
    return LightCurves(
        source="test",
        flux=np.array(flux, np.float32),
        labels=np.array(labels, np.int8),
        stars=np.array([f"s{row}" for row in range(len(labels))]),
        cadence=0.5,
        **options,
    )


def problems(*args, **options) -> str:
    return " ".join(describe_curves(Path("here"), "curves", curves(*args, **options)).problems)


def test_a_flux_table(folder):
    found = examine(folder / "flux.csv")
    assert found.what == "flux table (source kaggle_csv)"
    assert dict(found.facts) == {
        "rows": "4, of 4 stars",
        "classes": "1 planet (25.0%, 1 stars), 3 no planet (75.0%, 3 stars)",
        "columns": "3 cadences",
        "cadence": "29.4244 min, 0.1 d in all",
        "gaps": "4 of 12 values (33.33%), in 2 of 4 rows; the longest has 2 columns (0.04 d)",
        "duplicates": "see below",
    }
    text = " ".join(found.problems)
    assert "3 rows (the first is row 2) have the same flux in every column." in text
    assert "2 rows form 1 groups of byte-identical curves" in text
    assert "Rows are sorted by label" in text
    assert found.classes == {"planet": 1, "no planet": 3}


def test_a_pair_of_kaggle_files_is_known_by_its_folder(tmp_path):
    write(tmp_path / "exoTrain.csv", FLUX)
    write(tmp_path / "exoTest.csv", FLUX)
    assert facts(tmp_path)["given split"] == "4 rows to train, 4 to test (1 planets)"


def test_folded_curves(folder):
    found = examine(folder / "f.npz")
    assert found.what == "folded curves (source folded)"
    assert dict(found.facts)["rows"] == "4, of 3 stars"
    assert dict(found.facts)["columns"] == "21 phase bins"
    assert "cadence" not in dict(found.facts)


def test_a_koi_table(folder):
    found = examine(folder / "koi.csv")
    assert found.what == "table of KOIs, one signal a row"
    assert dict(found.facts) == {
        "rows": "4, of 2 stars",
        "stars": "2 have more than one signal: split by star",
        "classes": "1 CONFIRMED, 1 CANDIDATE, 1 FALSE POSITIVE, 1 no disposition",
        "periods": "0 to 9 d",
        "durations": "2.5 to 4 h",
    }
    assert found.problems == (
        "1 of 4 rows have no koi_time0bk.",
        "1 of 4 rows have a koi_period that is not positive.",
        "1 rows repeat the kepid and kepoi_name of an earlier one.",
    )


def test_a_table_cut_short_is_refused(folder, tmp_path):
    whole = (folder / "koi.csv").read_text()
    cut = tmp_path / "cut.csv"
    cut.write_text(whole[: whole.rindex(",")])
    with pytest.raises(InputError, match=r"cut\.csv: line \d+: a row must have"):
        examine(cut)


def test_durations_in_days_are_noticed(folder):
    (problem,) = examine(folder / "tce.csv").problems
    assert problem == "The median of tce_duration is 0.15: hours are due, not days."


def test_fits_files_are_known_by_their_first_card(tmp_path):
    header = fits.Header({"MISSION": "Kepler", "OBJECT": "KIC 7", "QUARTER": 3})
    (tmp_path / "sub").mkdir()
    fits.PrimaryHDU(header=header).writeto(tmp_path / "sub" / "a.fits")
    buffer = io.BytesIO()
    fits.PrimaryHDU(header=header).writeto(buffer)
    write(tmp_path / "b.fits.gz", gzip.compress(buffer.getvalue()))
    for path in (tmp_path, tmp_path / "b.fits.gz"):
        assert layouts._is_fits(read_start(path))


def test_tfrecords_are_known_by_their_checksum(tmp_path):
    import struct

    import tensorflow as tf

    path = tmp_path / "train-00000-of-00001"
    with tf.io.TFRecordWriter(str(path)) as writer:
        writer.write(b"\n\x16" + b"x" * 22)
    assert is_tfrecord(read_start(path))
    assert is_tfrecord(read_start(tmp_path))
    damaged = struct.pack("<Q", 25) + path.read_bytes()[8:]
    assert not is_tfrecord(read_start(write(tmp_path / "damaged", damaged)))


def test_a_record_of_endless_brackets_is_none(tmp_path):
    (tmp_path / "record.json").write_text("[" * 100_000)
    with pytest.raises(InputError, match="is no record of a comparison: maximum recursion depth"):
        examine(tmp_path)


def test_a_record_of_a_comparison(tmp_path):
    data = {
        "n_examples": 30, "n_stars": 28, "n_positive": 5, "n_positive_stars": 4,
        "warnings": ["Few."], "notes": ["Simulated."],
    }  # fmt: skip
    experiment = {"name": "x", "question": "which?", "entries": [{"name": "a"}, {"name": "b"}]}
    record = {"data": data, "experiment": experiment, "fits": [1, 2], "command": "c", "quick": True}
    write(tmp_path / "record.json", json.dumps(record))
    found = examine(tmp_path)
    assert found.what == "record of a comparison"
    assert dict(found.facts)["entries"] == "a, b"
    assert found.problems[0] == "Few."
    assert "quick run" in found.problems[1]
    assert "predictions.parquet is missing" in found.problems[2]
    assert found.classes == {"planet": 5, "no planet": 25}


def test_packed_text_is_known_by_what_is_inside(tmp_path):
    path = write(tmp_path / "a", gzip.compress(KOI.encode()))
    assert read_start(path).header[0] == "kepid"
    with zipfile.ZipFile(tmp_path / "b", "w") as archive:
        archive.writestr("exoTrain.csv", FLUX)
    assert read_start(tmp_path / "b").header[0] == "LABEL"
    assert read_start(tmp_path / "b").names == ("exoTrain.csv",)


def refused(path: Path) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        examine(path)
    sentence, _, rest = str(caught.value).partition("\n")
    return sentence, rest


def cut_npz() -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, X=np.zeros((2, 3)), y=[0, 1])
    return buffer.getvalue()


REFUSED = {
    "broken_cell": (FLUX.replace("2,1,2,3", "2,1,x,3"), "row 1 (line 2), column FLUX.2", "flux ta"),
    "wrong_label": (FLUX.replace("2,1,2,3", "7,1,2,3"), "a label must be 0, 1 or 2", "flux table"),
    "header_lower_case": (FLUX.replace("LABEL", "label"), "must be LABEL, got 'label'", "flux t"),
    "no_label": (FLUX.replace("LABEL,", ""), "must be LABEL", "flux table"),
    "npz_without_kepid": (cut_npz(), "the array 'kepid' is missing", "folded curves"),
    "one_array": (b"\x93NUMPY\x01\x00v\x00", "cannot read it|one array", "folded curves"),
    "koi_without_period": (KOI.replace("koi_period", "p"), "column 'koi_period'", "table of sig"),
    "koi_of_text": (
        KOI.replace("3.5", "long"),
        "koi_period: must hold numbers",
        "table of signals",
    ),
    "koi_without_rows": (KOI.split("1,K1")[0], "at least one row", "table of signals"),
    "page": ("<!DOCTYPE html><html></html>", "it is an HTML page", "Layouts that are known"),
    "prose": ("Dear reader,\nthis is no data.\n", "it is something else", "Layouts that are known"),
    "bytes": (bytes(range(256)), "no layout that this package knows", "Layouts that are known"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refused_file_is_told_its_layout(case, tmp_path):
    content, words, layout = REFUSED[case]
    path = write(tmp_path / "file", content)
    sentence, rest = refused(path)
    assert sentence.startswith(f"{path}: ")
    assert any(word in sentence for word in words.split("|"))
    assert layout in rest


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "there is no such file or folder"),
        (b"", "the file is empty"),
        (gzip.compress(b"LABEL" * 99, mtime=0)[:20], "its packing is damaged"),
        (b"PK\x03\x04" + b"\0" * 40, "the zip file is cut off or damaged"),
    ],
    # Names of their own: one made of packed bytes changes from process to process.
    ids=["missing", "empty", "gzip cut short", "zip of nothing"],
)
def test_what_cannot_be_opened(content, words, tmp_path):
    path = tmp_path / "file"
    if content is not None:
        write(path, content)
    sentence, rest = refused(path)
    assert sentence == f"{path}: {words}" or sentence.startswith(f"{path}: {words}: ")
    assert rest == ""


def test_problems_of_curves_are_found():
    nan = float("nan")
    assert "Row 2 has no flux at all." in problems([[1, 2], [nan, nan]], [1, 0])
    assert "Row 1 has the same flux in every column." in problems([[3, 3], [1, 2]], [1, 0])
    assert "one class, no planet" in problems([[1, 2], [3, 4]], [0, 0])
    assert "No row has a label" in problems([[1, 2], [3, 4]], [UNKNOWN, UNKNOWN])
    assert "sorted by label" in problems([[1, 2], [3, 4], [5, 6]], [1, 0, 0])
    assert "sorted by label" not in problems([[1, 2], [3, 4], [5, 6]], [0, 1, 0])
    assert "1 of 1 identical pairs carry" in problems([[1, 2], [1, 2], [5, 6]], [0, 1, 0])
    many = [[i, -i] for i in range(1, 61)]
    assert problems(many, [1, 0, 0] * 20) == ""


@pytest.mark.parametrize(
    ("rows", "longest"),
    [(["0000"], 0), (["0110", "1000"], 2), (["0011", "1100"], 2), (["1111"], 4), (["10101"], 1)],
)
def test_a_gap_ends_with_its_row(rows, longest):
    assert longest_run(np.array([[cell == "1" for cell in row] for row in rows])) == longest


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "what", "rows"),
    [
        ("kepler_flux_csv/keplerFlux.csv", "flux table", "273, of 224 stars"),
        ("kepler_folded201/kepler_folded201.npz", "folded curves", "4993, of 4399 stars"),
        ("koi_tables/koi_cumulative.csv", "table of KOIs", "9564, of 8214 stars"),
        ("koi_tables/q1_q17_dr24_tce.csv", "table of TCEs", "20367, of 12669 stars"),
    ],
)
def test_real_files_are_known(name, what, rows):
    root = os.environ.get("KEPLER_KERAS_DATA")
    if not root:
        pytest.skip("KEPLER_KERAS_DATA points to no real data")
    found = examine(Path(root) / name)
    assert found.what.startswith(what)
    assert dict(found.facts)["rows"] == rows


@pytest.mark.data
def test_real_fits_and_records_are_known():
    root = os.environ.get("KEPLER_KERAS_DATA")
    if not root:
        pytest.skip("KEPLER_KERAS_DATA points to no real data")
    assert layouts._is_fits(read_start(Path(root) / "kepler_fits"))
    assert is_tfrecord(read_start(Path(root) / "tess_triage"))
    assert is_tfrecord(read_start(Path(root) / "tess_triage" / "val-00000-of-00001"))
