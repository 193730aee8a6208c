"""Rows of a mapped file are those of the array that was written."""

import mmap

import numpy as np
import pytest

from kepler_keras.data import mapped_rows
from kepler_keras.data.mapped_rows import MappedRows

CURVES = np.arange(7 * 3 * 2, dtype=np.float32).reshape(7, 3, 2)


@pytest.fixture
def mapped(tmp_path):
    np.save(tmp_path / "view.npy", CURVES)
    return MappedRows(tmp_path / "view.npy")


@pytest.mark.parametrize(
    "rows",
    [
        np.array([5, 0, 0, 6]),
        np.array([-1, 2]),
        np.array([], np.int64),
        np.arange(7) % 2 == 0,
        slice(2, 5),
        slice(None),
        slice(9, 12),
    ],
)
def test_rows_in_any_order_are_copied(mapped, rows, monkeypatch):
    monkeypatch.setattr(mapped_rows, "AT_A_TIME", 2)
    taken = mapped[rows]
    assert type(taken) is np.ndarray
    assert taken.dtype == np.float32
    assert taken.tobytes() == CURVES[rows].tobytes()
    assert taken.shape == CURVES[rows].shape
    taken[:] = -1  # a copy: the file is not written
    assert mapped[:].tobytes() == CURVES.tobytes()


def test_it_looks_like_an_array(mapped):
    assert (mapped.shape, mapped.ndim, len(mapped)) == ((7, 3, 2), 3, 7)
    assert mapped.dtype == np.float32


def test_a_row_that_is_not_there_is_refused(mapped):
    with pytest.raises(IndexError, match="7"):
        mapped[np.array([7])]


@pytest.mark.skipif(not hasattr(mmap, "MADV_WILLNEED"), reason="the system takes no such hint")
def test_each_run_of_rows_is_asked_for_by_its_pages(tmp_path):
    """Rows of 1000 floats behind a head of 128 bytes."""
    np.save(tmp_path / "view.npy", np.zeros((20, 1000, 1), np.float32))
    mapped, asked = MappedRows(tmp_path / "view.npy"), []

    class Told:
        def __len__(self):
            return 128 + 20 * 4000

        def madvise(self, hint, start, length):
            assert hint == mmap.MADV_WILLNEED
            asked.append((start, start + length))

    mapped._map = Told()
    mapped[np.array([0, 5, 6, 7, 3])]
    page = mmap.PAGESIZE
    begins = [128 + 4000 * row for row in (0, 5, 3)]
    ends = [128 + 4000 * row for row in (1, 8, 4)]
    assert asked == [(begin // page * page, end) for begin, end in zip(begins, ends, strict=True)]
