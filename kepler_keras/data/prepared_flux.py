"""Reads flux tables once; afterwards their flux is mapped from the cache."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.cache import Entry, FluxCache, Stamp, cache_folder
from kepler_keras.data.flux_rows import FluxDigest
from kepler_keras.data.flux_table import FluxTable, KeptRows, Sink, TableRows, read_rows

SMALLEST_CACHED = 1 << 20  # bytes; below, reading again is as fast


@dataclass(frozen=True)
class PreparedFlux:
    """Some files read as one.

    Attributes:
        flux: Shape (n, n_columns): the rows of all files in turn; read-only where it is mapped.
        tables: Each file by itself; its flux is a part of `flux`.
        digest: The fingerprint of `flux` where the cache knows it.
        notes: What a reader of the report should know.
    """

    flux: NDArray[np.float32]
    tables: tuple[FluxTable, ...]
    digest: FluxDigest | None = None
    notes: tuple[str, ...] = ()


def prepare_flux(paths: Sequence[Path]) -> PreparedFlux:
    """Reads files of equal columns, from the cache where that is possible.

    Raises:
        InputError: A file cannot be used, or the files differ in their columns.
    """
    try:
        stamps = [Stamp.of(path) for path in paths]
    except OSError:
        return _read(paths)  # says what is wrong
    if sum(stamp.size for stamp in stamps) < SMALLEST_CACHED:
        return _read(paths)
    try:
        return _through_cache(paths, stamps, FluxCache(cache_folder()))
    except OSError as error:  # of the cache; a file that cannot be read is an InputError
        note = (
            f"The flux was read without a cache, which cannot be written ({error.strerror}); "
            "KEPLER_KERAS_CACHE names a folder for it."
        )
        return _read(paths, notes=(note,))


def _through_cache(
    paths: Sequence[Path], stamps: Sequence[Stamp], cache: FluxCache
) -> PreparedFlux:
    """Maps the flux, and before that reads and keeps it if need be.

    Raises:
        OSError: The cache cannot be written.
    """
    contents = [cache.content_of(stamp) for stamp in stamps]
    known = [content for content in contents if content is not None]
    entry = cache.load(_key(known)) if len(known) == len(paths) else None
    if entry is None:
        with cache.writer() as writer:
            rows = _read_all(paths, writer)
            key = _key([part.sha256 for part in rows])
            entry = writer.commit(key, [_as_json(part) for part in rows])
        for path, stamp, part in zip(paths, stamps, rows, strict=True):
            if Stamp.of(path) == stamp:  # nobody wrote to it while it was read
                cache.remember(stamp, part.sha256)
    return _from_entry(paths, entry)


def _key(contents: Sequence[str]) -> str:
    """The name of an entry that holds the rows of some files in turn."""
    return hashlib.sha256("\n".join(contents).encode()).hexdigest()


def _from_entry(paths: Sequence[Path], entry: Entry) -> PreparedFlux:
    rows = [_from_json(part) for part in entry.about]
    digest = FluxDigest(entry.flux, entry.flux_sha256)
    return PreparedFlux(entry.flux, _tables(paths, rows, entry.flux), digest)


def _read(paths: Sequence[Path], *, notes: tuple[str, ...] = ()) -> PreparedFlux:
    kept = KeptRows()
    rows = _read_all(paths, kept)
    flux = kept.flux()
    return PreparedFlux(flux, _tables(paths, rows, flux), notes=notes)


def _read_all(paths: Sequence[Path], sink: Sink) -> list[TableRows]:
    """Reads the files in turn and makes sure that they fit together."""
    rows: list[TableRows] = []
    for path in paths:
        like = (paths[0], rows[0].n_columns) if rows else None
        rows.append(read_rows(path, sink, like=like))
    return rows


def _tables(
    paths: Sequence[Path], rows: Sequence[TableRows], flux: NDArray[np.float32]
) -> tuple[FluxTable, ...]:
    ends = np.cumsum([len(part.labels) for part in rows]).tolist()
    starts = [0, *ends[:-1]]
    parts = zip(paths, starts, ends, rows, strict=True)
    return tuple(FluxTable(path, flux[start:end], part) for path, start, end, part in parts)


def _as_json(rows: TableRows) -> dict[str, Any]:
    return vars(rows) | {
        "labels": "".join(map(str, rows.labels.tolist())),
        "lines": rows.lines.tolist(),
    }


def _from_json(content: dict[str, Any]) -> TableRows:
    labels = np.array(list(content["labels"]), np.int8)
    return TableRows(**content | {"labels": labels, "lines": np.array(content["lines"], np.int64)})
