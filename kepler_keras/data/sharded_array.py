"""An array in files of some rows each, with an index: rows are read from it, never the whole.

A folder holds `00000.npy`, `00001.npy` and so on, and `index.json`, which is written last. Each
file appears under its name when it is whole, so that what was cut off goes on where it stood.
"""

import json
import os
import tempfile
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from math import prod
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO, NoReturn, cast

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.cache import TEMPORARY, checksum, remove_abandoned
from kepler_keras.data.mapped_rows import LARGE, MappedRows

INDEX = "index.json"
VERSION = 1  # of the files
MOST_OPEN = 256  # maps at a time, of all arrays: each holds a file open, of 1024 that there may be

Array = NDArray[Any]

# Of this process: arrays by their number, and the shards of each.
_MAPS: "OrderedDict[tuple[int, int], Array]" = OrderedDict()
_NUMBERS = count()
_LOCK = Lock()


@dataclass(frozen=True)
class Index:
    """What a folder holds.

    Attributes:
        shape: Of the whole array.
        dtype: As NumPy writes it.
        rows: Of each shard.
        checksums: Of each shard.
        made_from: What the array follows from, by name.
    """

    shape: tuple[int, ...]
    dtype: str
    rows: tuple[int, ...]
    checksums: tuple[str, ...]
    made_from: Mapping[str, Any]


def read_index(folder: Path) -> Index | None:
    """The index of a folder; None where there is none, or none of this version."""
    try:
        said = json.loads((folder / INDEX).read_bytes())
        if said.pop("version") != VERSION:
            return None
        return Index(**said | {name: tuple(said[name]) for name in ("shape", "rows", "checksums")})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def shard_file(folder: Path, number: int) -> Path:
    """Where a shard lies."""
    return folder / f"{number:05d}.npy"


def bounds(n: int, each: int) -> list[tuple[int, int]]:
    """First row and the one after the last of shards of `each` rows; an empty array has one."""
    return [(start, min(start + each, n)) for start in range(0, max(n, 1), each)]


class ShardedArray:
    """An array whose rows lie in several files, mapped when they are first asked for.

    It has `shape`, `dtype`, `ndim` and a length, and gives copies of rows. `np.asarray` refuses it,
    for whoever asks that way seldom knows how large it is; `array[:]` reads all.
    """

    def __init__(self, folder: Path) -> None:
        index = read_index(folder)
        if index is None:
            raise FileNotFoundError(f"{folder}: there is no index of a sharded array")
        self.folder = folder
        self.shape, self.dtype = index.shape, np.dtype(index.dtype)
        self._ends = np.cumsum(index.rows)
        self._number = next(_NUMBERS)

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def files(self) -> list[Path]:
        """The shards, in order."""
        return [shard_file(self.folder, number) for number in range(len(self._ends))]

    def __array__(self, *given: Any, **named: Any) -> NoReturn:
        raise TypeError(
            f"{self.folder}: a sharded array is read in parts, array[rows]; array[:] reads all"
        )

    def __getitem__(self, rows: Any) -> Array:
        """Copies the rows of an index array, a mask or a slice, or a single one.

        Raises:
            IndexError: A row does not exist.
            TypeError: Something else than rows is asked for.
        """
        if isinstance(rows, slice):
            return self._gather(np.arange(*rows.indices(len(self))))
        asked = np.asarray(rows)
        if asked.dtype == bool and asked.shape == (len(self),):
            return self._gather(np.flatnonzero(asked))
        if asked.ndim > 1 or (asked.size and asked.dtype.kind not in "iu"):
            raise TypeError(f"a number, slice, mask or index array of rows is needed, got {rows!r}")
        places = np.atleast_1d(asked).astype(np.int64)
        outside = (places < -len(self)) | (places >= len(self))
        if outside.any():
            raise IndexError(f"row {places[outside][0]} of {len(self)} rows")
        taken = self._gather(np.where(places < 0, places + len(self), places))
        return taken if asked.ndim else taken[0]

    def _gather(self, rows: NDArray[np.int64]) -> Array:
        """Rows in any order, each shard being looked into once."""
        taken = np.empty((len(rows), *self.shape[1:]), self.dtype)
        if not len(rows):
            return taken
        shards = np.searchsorted(self._ends, rows, side="right")
        order = np.argsort(shards, kind="stable")
        present, first = np.unique(shards[order], return_index=True)
        for shard, places in zip(present.tolist(), np.split(order, first[1:]), strict=True):
            part = self._map(shard)
            taken[places] = part[rows[places] - (self._ends[shard] - len(part))]
        return taken

    def _map(self, number: int) -> Array:
        """A shard, mapped; the one of any array that was not asked for the longest makes room."""
        key = (self._number, number)
        with _LOCK:
            mapped = _MAPS.pop(key, None)
            if mapped is None:
                mapped = self._opened(shard_file(self.folder, number))
            _MAPS[key] = mapped
            while len(_MAPS) > MOST_OPEN:
                _MAPS.popitem(last=False)
        return mapped

    def _opened(self, path: Path) -> Array:
        """A shard; of an array that may not stay in memory, one that is read by rows."""
        if self.dtype.itemsize * prod(self.shape) > LARGE:
            return cast(Array, MappedRows(path))  # all that is asked of a shard here it answers
        mapped = np.load(path, mmap_mode="r", allow_pickle=False)
        return cast(Array, mapped.view(np.ndarray))


class ShardWriter:
    """Takes the shards of an array in any order; those that are there already are kept.

    Args:
        folder: Where they go; its name should tell what they follow from.
        n: Rows of the whole array.
        each: Rows of a shard.
    """

    def __init__(self, folder: Path, n: int, each: int) -> None:
        self.folder, self.bounds = folder, bounds(n, each)
        folder.mkdir(parents=True, exist_ok=True)
        remove_abandoned(folder)

    def missing(self) -> list[int]:
        """Numbers of the shards that are not there, or not whole."""
        return [
            number
            for number, (first, after) in enumerate(self.bounds)
            if _whole_shard(self.folder, number, after - first) is None
        ]

    def read(self, number: int) -> Array:
        """A shard that is there."""
        return np.asarray(np.load(shard_file(self.folder, number), allow_pickle=False))

    def write(self, number: int, array: Array) -> None:
        """Puts a shard in its place, whole.

        Raises:
            OSError: It cannot be written.
        """
        first, after = self.bounds[number]
        if len(array) != after - first:
            raise ValueError(f"shard {number} must have {after - first} rows, got {len(array)}")
        with _whole_file(shard_file(self.folder, number)) as file:
            np.save(file, array, allow_pickle=False)

    def finish(self, made_from: Mapping[str, Any]) -> ShardedArray:
        """Writes the index, after the last shard.

        Args:
            made_from: What the array follows from, as JSON can say it.

        Raises:
            OSError: It cannot be written.
            ValueError: A shard is missing.
        """
        rows, checksums = [], []
        for number, (first, after) in enumerate(self.bounds):
            shard = _whole_shard(self.folder, number, after - first)
            if shard is None:
                raise ValueError(f"{self.folder}: shard {number} is missing")
            rows.append(len(shard))
            checksums.append(checksum(shard))
            shape, dtype = shard.shape[1:], shard.dtype.str
        index = {
            "version": VERSION,
            "shape": [sum(rows), *shape],
            "dtype": dtype,
            "rows": rows,
            "checksums": checksums,
            "made_from": made_from,
        }
        with _whole_file(self.folder / INDEX) as file:
            file.write(json.dumps(index).encode())
        return ShardedArray(self.folder)


def damaged_shards(folder: Path) -> list[int]:
    """Numbers of the shards that are not what the index says; each byte is read.

    Raises:
        OSError: There is no index.
    """
    index = read_index(folder)
    if index is None:
        raise FileNotFoundError(f"{folder}: there is no index of a sharded array")
    damaged = []
    for number, (rows, known) in enumerate(zip(index.rows, index.checksums, strict=True)):
        shard = _whole_shard(folder, number, rows)
        if shard is None or checksum(shard) != known:
            damaged.append(number)
    return damaged


def remove_shards(folder: Path, numbers: Iterable[int]) -> None:
    """Removes some shards, and before them the index, so that they are written again."""
    (folder / INDEX).unlink(missing_ok=True)
    for number in numbers:
        shard_file(folder, number).unlink(missing_ok=True)


def _whole_shard(folder: Path, number: int, rows: int) -> Array | None:
    """A shard, mapped; None where it is absent, cut off, or of other rows."""
    try:
        shard = np.load(shard_file(folder, number), mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError):
        return None
    return shard.view(np.ndarray) if len(shard) == rows else None


@contextmanager
def _whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file that appears under its name when it is whole, and otherwise not at all."""
    handle, name = tempfile.mkstemp(prefix=TEMPORARY, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
