"""Packed files, whole and damaged; what is known of the published files."""

import gzip
import hashlib
import os
import zipfile

import numpy as np
import pytest
from kaggle_damage import CLEAN, DAMAGE, HEADER, pack, refusal, write, zipped

from kepler_keras.data import flux_table, packed_file
from kepler_keras.data.duplicates import unite_identical_curves
from kepler_keras.data.sources import _kaggle_files
from kepler_keras.data.sources._kaggle_files import KnownFile
from kepler_keras.data.sources.kaggle_csv import load


@pytest.mark.parametrize("packing", ["plain", "gz", "zip"])
@pytest.mark.parametrize("name", DAMAGE)
def test_damage_ends_in_one_sentence(tmp_path, name, packing):
    text, words = DAMAGE[name]
    path = pack(tmp_path, text, packing)
    sentence = refusal(path)
    assert sentence.startswith(path)
    for word in words:
        assert word in sentence


@pytest.mark.parametrize("packing", ["plain", "gz", "zip"])
def test_packed_files_hold_the_same_curves(tmp_path, packing):
    curves = load(pack(tmp_path, CLEAN, packing))
    assert curves.fingerprint == load(write(tmp_path, CLEAN, "clean.csv")).fingerprint


@pytest.mark.parametrize(
    "members",
    [
        {"folder/": "", "folder/Flux.CSV": CLEAN, "README.txt": "x", "__MACOSX/._flux.csv": "x"},
        {"a..b/flux..csv": CLEAN},
    ],
)
def test_other_members_of_a_zip_file_are_passed_over(tmp_path, members):
    assert load(write(tmp_path, zipped(members), "flux.zip")).labels.tolist() == [1, 0, 0]


def test_a_stored_zip_and_a_gz_of_two_members_are_read(tmp_path):
    stored = write(tmp_path, zipped({"a.csv": CLEAN}, zipfile.ZIP_STORED), "flux.zip")
    halves = gzip.compress(CLEAN[:30].encode()) + gzip.compress(CLEAN[30:].encode())
    joined = write(tmp_path, halves, "flux.csv.gz")
    assert load(stored).fingerprint == load(joined).fingerprint


def test_lines_across_blocks(tmp_path, monkeypatch):
    """The buffer begins smaller than the header and holds no whole row."""
    monkeypatch.setattr(flux_table, "BLOCK", 7)
    text = CLEAN.replace("4,5,6", '"4", 5,6') + "\n1,1.25,,2e0"
    curves = load(write(tmp_path, text))
    np.testing.assert_array_equal(curves.flux[:3], load(write(tmp_path, CLEAN, "b.csv")).flux)
    np.testing.assert_array_equal(curves.flux[3], [1.25, np.nan, 2])


def test_a_number_that_a_double_cannot_round_is_rounded(tmp_path):
    """The middle between two float32 and a little more: the double is the middle itself."""
    cell = "1.0000000596046447753906250000000001"
    assert load(write(tmp_path, CLEAN.replace("-1.5", cell))).flux[0, 0] > 1


PACKED = gzip.compress(CLEAN.encode())
ZIPPED = zipped({"flux.csv": CLEAN})
LARGE = zipped({"flux.csv": CLEAN.encode() + b"\n" * (8 << 20)})


def changed(content: bytes, position: int, value: int) -> bytes:
    return content[:position] + bytes([value]) + content[position + 1 :]


def with_encryption(content: bytes) -> bytes:
    directory = content.index(b"PK\x01\x02")
    return changed(changed(content, 6, 1), directory + 8, 1)


PACKING_DAMAGE = {
    "gz cut off": ("flux.csv.gz", PACKED[:-9], ["ends before its packed content does"]),
    "gz cut off in its checksum": ("flux.csv.gz", PACKED[:-3], ["ends before its packed content"]),
    "gz of one byte": ("flux.csv.gz", PACKED[:1], ["must begin with the bytes 1f 8b, got 1f"]),
    "gz header only": ("flux.csv.gz", PACKED[:10], ["ends before its packed content does"]),
    "gz checksum": ("flux.csv.gz", changed(PACKED, -8, PACKED[-8] ^ 1), ["damaged", "CRC"]),
    "gz length": ("flux.csv.gz", changed(PACKED, -1, 9), ["damaged", "length"]),
    "gz content": ("flux.csv.gz", changed(PACKED, 10, 0xFF), ["the packed content is damaged"]),
    "gz with something behind": ("flux.csv.gz", PACKED + b"x", ["the packed content is damaged"]),
    "not gz": ("flux.csv.gz", CLEAN.encode(), ["a .gz file must begin", "1f 8b, got 4c 41"]),
    "empty gz": ("flux.csv.gz", b"", ["a .gz file must begin", "got an empty file"]),
    "gz without the name": ("flux.csv", PACKED, ["begins with 1f 8b must end in .gz"]),
    "gz bomb": (
        "flux.csv.gz",
        gzip.compress(CLEAN.encode() + b"\n" * (8 << 20)),
        ["more than 4194304 bytes come out of it", "no table packs so well"],
    ),
    "gz bomb of one line": ("flux.csv.gz", gzip.compress(bytes(8 << 20)), ["no table packs so"]),
    "not zip": ("flux.zip", CLEAN.encode(), ["a .zip file must begin with the bytes 50 4b"]),
    "zip without the name": ("flux.csv", ZIPPED, ["begins with 50 4b 03 04 must end in .zip"]),
    "zip cut off": ("flux.zip", ZIPPED[:-30], ["cut off or damaged: it has no directory"]),
    "zip end cut off": ("flux.zip", ZIPPED[:-1], ["cut off or damaged"]),
    "zip content": ("flux.zip", changed(ZIPPED, 40, ZIPPED[40] ^ 0xFF), ["content is damaged"]),
    "zip directory": (
        "flux.zip",
        ZIPPED.replace(b"PK\x01\x02", b"PK\x01\x09"),
        ["the zip file is damaged"],
    ),
    "zip directory before the file": (
        "flux.zip",
        changed(ZIPPED, len(ZIPPED) - 4, 0xFF),
        ["the zip file is damaged"],
    ),
    "zip member lost": (
        "flux.zip",
        ZIPPED.replace(b"PK\x03\x04", b"PK\x03\x09"),
        ["the zip file is damaged"],
    ),
    "zip of nothing": ("flux.zip", zipped({}), ["must hold one .csv file, got 0 (none)"]),
    "zip without a table": ("flux.zip", zipped({"a.txt": "x"}), ["one .csv file, got 0 (none)"]),
    "zip of two tables": (
        "flux.zip",
        zipped({"exoTrain.csv": CLEAN, "exoTest.csv": CLEAN}),
        ["one .csv file, got 2 ('exoTrain.csv', 'exoTest.csv'); unpack it"],
    ),
    "zip bomb": ("flux.zip", LARGE, ["more than 4194304 bytes come out of it"]),
    "zip of many members": (
        "flux.zip",
        zipped({f"{i}.txt": "" for i in range(1001)}),
        ["may list 1000 members", "got 1001"],
    ),
    "zip that says it has many members": (
        "flux.zip",
        changed(ZIPPED, len(ZIPPED) - 11, 0xFF),
        ["may list 1000 members"],
    ),
    "zip with a password": ("flux.zip", with_encryption(ZIPPED), ["locked with a password"]),
    "zip in another method": (
        "flux.zip",
        zipped({"a.csv": CLEAN}, zipfile.ZIP_LZMA),
        ["must be stored or deflated, got compression method 14"],
    ),
    "zip that leaves its folder": (
        "flux.zip",
        zipped({"../flux.csv": CLEAN}),
        ["the member '../flux.csv' of a zip file must not leave its folder"],
    ),
    "zip with another member that leaves": (
        "flux.zip",
        zipped({"flux.csv": CLEAN, "a/../../b.txt": "x"}),
        ["the member 'a/../../b.txt'"],
    ),
    "zip with an absolute name": ("flux.zip", zipped({"/etc/flux.csv": CLEAN}), ["not leave"]),
    "zip with a drive": ("flux.zip", zipped({"C:flux.csv": CLEAN}), ["must not leave its folder"]),
    "zip with a backslash": ("flux.zip", zipped({"..\\flux.csv": CLEAN}), ["must not leave"]),
}


@pytest.mark.parametrize("name", PACKING_DAMAGE)
def test_damaged_packing_ends_in_one_sentence(tmp_path, name):
    file, content, words = PACKING_DAMAGE[name]
    path = write(tmp_path, content, file)
    sentence = refusal(path)
    assert sentence.startswith(path)
    for word in words:
        assert word in sentence
    assert os.listdir(tmp_path) == [file]  # nothing was unpacked


def test_content_has_a_largest_size(tmp_path, monkeypatch):
    monkeypatch.setattr(packed_file, "LARGEST_CONTENT", 20)
    assert "or 20 bytes: no table" in refusal(pack(tmp_path, CLEAN, "gz"))
    assert "or 20 bytes: no table" in refusal(pack(tmp_path, CLEAN, "zip"))


def test_a_line_has_a_largest_length(tmp_path, monkeypatch):
    monkeypatch.setattr(flux_table, "BLOCK", 16)
    monkeypatch.setattr(flux_table, "LONGEST_LINE", 64)
    assert "line 1 is longer than 64 bytes" in refusal(write(tmp_path, "LABEL," * 99))
    assert "line 3 is longer than" in refusal(write(tmp_path, HEADER + "2,1,2,3\n" + "1" * 999))


def test_a_file_with_a_known_name_and_other_content_has_a_note(tmp_path):
    for name in ("exoTrain.csv", "exoTest.csv.gz", "exoTrain.zip"):
        content = pack(tmp_path, CLEAN, {"v": "plain", "z": "gz", "p": "zip"}[name[-1]])
        os.replace(content, tmp_path / name)
        notes = " ".join(load(str(tmp_path / name)).notes)
        known = name.partition(".")[0]
        assert f"{name} is not the file that Kaggle publishes as {known}.csv: rows 3" in notes
        assert f"columns 4 (published 3198), bytes {len(CLEAN)} (published" in notes
    assert not any("published" in note for note in load(write(tmp_path, CLEAN)).notes)


def test_a_known_file_has_no_note_and_an_edit_is_seen(tmp_path, monkeypatch):
    sha256 = hashlib.sha256(CLEAN.encode()).hexdigest()
    known = {"exoTrain": KnownFile(rows=3, columns=4, n_bytes=len(CLEAN), sha256=sha256)}
    monkeypatch.setattr(_kaggle_files, "KNOWN_FILES", known)
    path = write(tmp_path, CLEAN, "exoTrain.csv")
    assert not any("published" in note for note in load(path).notes)
    write(tmp_path, CLEAN.replace("8", "7"), "exoTrain.csv")
    assert "bytes agree, the content does not." in load(path).notes[-1]


def test_duplicated_curves_are_reported(tmp_path):
    curves = load(write(tmp_path, CLEAN + "2,4,5,6\n"))
    assert (
        "2 rows form 1 groups of byte-identical curves"
        in (unite_identical_curves(curves).notes[-1])
    )
