"""Arrays in shards: rows are those of the whole array, files are whole or absent."""

import json

import numpy as np
import pytest

from kepler_keras.data import sharded_array
from kepler_keras.data.sharded_array import (
    ShardedArray,
    ShardWriter,
    damaged_shards,
    read_index,
    remove_shards,
)

WHOLE = np.arange(10 * 3 * 2, dtype=np.float32).reshape(10, 3, 2)


@pytest.fixture
def kept(tmp_path):
    """`WHOLE` in shards of 4, 4 and 2 rows, written from the last to the first."""
    writer = ShardWriter(tmp_path / "array", 10, 4)
    for number in reversed(writer.missing()):
        writer.write(number, WHOLE[slice(*writer.bounds[number])])
    return writer.finish({"view": "made"})


def test_it_says_what_an_array_says(kept):
    assert (kept.shape, kept.dtype, kept.ndim, len(kept)) == ((10, 3, 2), np.float32, 3, 10)
    index = read_index(kept.folder)
    assert (index.rows, index.made_from) == ((4, 4, 2), {"view": "made"})
    assert [path.name for path in kept.files] == ["00000.npy", "00001.npy", "00002.npy"]


@pytest.mark.parametrize(
    "rows",
    [
        0, 9, -1, np.int64(4), slice(None), slice(0), slice(3, 9, 2), slice(None, None, -1),
        [], [5], [9, 0, 4, 4, 3, -10], np.array([7, 1], np.int32), np.array([], np.int64),
        np.arange(10) % 3 == 0, np.zeros(10, bool),
    ],
    ids=repr,
)  # fmt: skip
def test_rows_are_those_of_the_whole_array(kept, rows):
    expected = WHOLE[np.asarray(rows, int) if isinstance(rows, list) else rows]
    taken = kept[rows]
    assert (taken.shape, taken.dtype) == (expected.shape, expected.dtype)
    assert np.array_equal(taken, expected)


def test_what_is_no_rows_is_refused(kept):
    for rows in (10, [-11], [0, 10]):
        with pytest.raises(IndexError, match="of 10 rows"):
            kept[rows]
    for rows in (np.zeros((2, 2), int), [0.5], np.zeros(9, bool), "a", ([0, 1], [0, 1])):
        with pytest.raises(TypeError, match="index array of rows is needed"):
            kept[rows]


def test_it_does_not_become_a_whole_array_by_accident(kept):
    with pytest.raises(TypeError, match="is read in parts"):
        np.asarray(kept)
    assert np.array_equal(kept[:], WHOLE)


def test_few_shards_are_open_at_a_time(kept, monkeypatch):
    monkeypatch.setattr(sharded_array, "MOST_OPEN", 2)
    opened = []
    load = np.load
    monkeypatch.setattr(
        np, "load", lambda path, **how: opened.append(path.name) or load(path, **how)
    )
    for row in (0, 4, 1, 9, 0, 4):
        assert np.array_equal(kept[row], WHOLE[row])
        assert len(sharded_array._MAPS) <= 2
    assert opened == ["00000.npy", "00001.npy", "00002.npy", "00001.npy"]


def test_arrays_share_the_files_that_may_be_open(kept, monkeypatch):
    monkeypatch.setattr(sharded_array, "MOST_OPEN", 3)
    for array in [ShardedArray(kept.folder) for _ in range(4)]:
        assert np.array_equal(array[:], WHOLE)
        assert len(sharded_array._MAPS) <= 3


def test_shards_that_are_there_are_kept_and_others_are_missing(tmp_path):
    writer = ShardWriter(tmp_path, 10, 4)
    writer.write(1, WHOLE[4:8])
    writer.write(2, WHOLE[8:])
    assert ShardWriter(tmp_path, 10, 4).missing() == [0]
    (tmp_path / "00002.npy").write_bytes((tmp_path / "00002.npy").read_bytes()[:-1])
    np.save(tmp_path / "00001.npy", WHOLE[4:7])
    assert writer.missing() == [0, 1, 2]
    with pytest.raises(ValueError, match="shard 0 is missing"):
        writer.finish({})
    with pytest.raises(ValueError, match="must have 4 rows, got 3"):
        writer.write(0, WHOLE[:3])
    assert read_index(tmp_path) is None
    with pytest.raises(FileNotFoundError, match="no index"):
        ShardedArray(tmp_path)


def test_a_write_that_breaks_leaves_nothing(tmp_path, monkeypatch):
    def full(file, array, **how):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    writer = ShardWriter(tmp_path, 10, 4)
    monkeypatch.setattr(sharded_array.np, "save", full)
    with pytest.raises(OSError, match="No space left"):
        writer.write(0, WHOLE[:4])
    assert list(tmp_path.iterdir()) == []


def test_damage_is_found_and_mended(kept):
    assert damaged_shards(kept.folder) == []
    path = kept.files[1]
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert damaged_shards(kept.folder) == [1]
    remove_shards(kept.folder, [1])
    assert read_index(kept.folder) is None
    writer = ShardWriter(kept.folder, 10, 4)
    assert writer.missing() == [1]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"version": 2}', '{"version": 1}'])
def test_an_index_that_is_none_counts_as_absent(kept, text):
    (kept.folder / "index.json").write_text(text)
    assert read_index(kept.folder) is None


def test_an_array_without_rows_has_a_shape(tmp_path):
    writer = ShardWriter(tmp_path, 0, 4)
    assert writer.missing() == [0]
    writer.write(0, WHOLE[:0])
    empty = writer.finish({})
    assert empty.shape == (0, 3, 2)
    assert empty[:].shape == (0, 3, 2)
    assert json.loads((tmp_path / "index.json").read_text())["rows"] == [0]
