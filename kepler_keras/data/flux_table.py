"""Reads a table of flux as text: `LABEL, FLUX.1, ... FLUX.n`, one light curve a row.

The file is read once, in blocks of whole lines. The parser takes the lines it knows, which are
all lines of most files; any other is looked at by itself and read or refused.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.csv_parser import PADDING, parse_lines
from kepler_keras.data.flux_lines import read_header, read_line
from kepler_keras.data.packed_file import ContentReader, open_content
from kepler_keras.errors import InputError

BLOCK = 1 << 20  # bytes; text and its numbers stay in the processor's cache
LONGEST_LINE = 1 << 24  # bytes; a file of one endless line is no table
BLANK_LINES = re.compile(rb"(?:[ \t\r\v\f]*\n)+")


@dataclass(frozen=True)
class TableRows:
    """What there is to know of one file besides its flux.

    Attributes:
        sha256: Of the text, unpacked.
        n_bytes: Of the text, unpacked.
        n_columns: Columns of flux.
        labels: Shape (n,), int8: 0, 1 or 2 as written.
        lines: Shape (n,), int64: the line of the file each row stands on, counted from 1.
    """

    sha256: str
    n_bytes: int
    n_columns: int
    labels: NDArray[np.int8]
    lines: NDArray[np.int64]


@dataclass(frozen=True)
class FluxTable:
    """One file as it stands.

    Attributes:
        path: The file.
        flux: Shape (n, n_columns), float32; NaN where a cell is empty or says nan.
        rows: All else.
    """

    path: Path
    flux: NDArray[np.float32]
    rows: TableRows

    @property
    def labels(self) -> NDArray[np.int8]:
        """Shape (n,): 0, 1 or 2 as written."""
        return self.rows.labels

    def place(self, row: int) -> str:
        """Names a row (counted from 0 here, from 1 in the sentence) as errors do."""
        return _place(self.path, row, int(self.rows.lines[row]))


class Sink(Protocol):
    """Where rows of flux go as they are read."""

    def add(self, flux: NDArray[np.float32]) -> None:
        """Takes rows, shape (n, n_columns), from an array that will be used again."""


class KeptRows:
    """Keeps the rows in memory."""

    def __init__(self) -> None:
        self._parts: list[NDArray[np.float32]] = []

    def add(self, flux: NDArray[np.float32]) -> None:
        """Copies the rows."""
        self._parts.append(flux.copy())

    def flux(self) -> NDArray[np.float32]:
        """All rows, shape (n, n_columns)."""
        return np.concatenate(self._parts)


def read_rows(path: Path, sink: Sink, *, like: tuple[Path, int] | None = None) -> TableRows:
    """Reads one file, `.csv`, `.csv.gz` or `.zip`; the flux goes to the sink, in turn.

    Args:
        path: The file.
        sink: What takes the flux; its errors pass through.
        like: Another file and the number of flux columns it has, which this one must have too.

    Raises:
        InputError: The file is missing, badly packed, not UTF-8 text, has another header, or
            holds a row that is too short or too long, a cell that is no finite number, or a label
            that is not 0, 1 or 2. Empty flux is no error.
    """
    reader = _Reader(path, sink, like)
    with open_content(path) as content:
        for raw, stop in reader.blocks(content):
            reader.read_block(raw, stop)
    return reader.rows()


class _Reader:
    """One pass over one file."""

    def __init__(self, path: Path, sink: Sink, like: tuple[Path, int] | None) -> None:
        self._path, self._sink, self._like = path, sink, like
        self._digest, self._n_bytes = hashlib.sha256(), 0
        self._columns: list[str] = []
        self._labels: list[NDArray[np.int8]] = []
        self._lines: list[NDArray[np.int64]] = []
        self._n_rows, self._line = 0, 1  # rows read so far; the line that comes next
        self._flux_room = np.empty((0, 0), np.float32)

    def blocks(self, content: ContentReader) -> Iterator[tuple[bytearray, int]]:
        """Gives a buffer and where its last whole line ends; the buffer is used again."""
        raw, held = bytearray(BLOCK + PADDING), 0
        while True:
            room = len(raw) - PADDING
            n = content.readinto(memoryview(raw)[held:room])
            self._digest.update(memoryview(raw)[held : held + n])
            self._n_bytes += n
            end = held + n
            if n == 0:
                if end:  # the last line has no line feed
                    raw[end] = ord("\n")
                    yield raw, end + 1
                return
            stop = raw.rfind(b"\n", held, end) + 1
            if stop:
                yield raw, stop
                raw[: end - stop] = raw[stop:end]
                held = end - stop
            else:
                held = end
            if held == room:
                raw = self._wider(raw)

    def _wider(self, raw: bytearray) -> bytearray:
        if len(raw) > LONGEST_LINE:
            raise InputError(
                f"{self._path}: line {self._line} is longer than {LONGEST_LINE} bytes: no table"
            )
        return raw[:-PADDING] + bytearray(len(raw))

    def read_block(self, raw: bytearray, stop: int) -> None:
        """Reads all lines up to `stop`."""
        at = 0
        if not self._columns:
            at = raw.index(b"\n", 0, stop) + 1
            self._columns = read_header(bytes(raw[:at]), str(self._path))
            self._check_columns()
            self._line = 2
        text = np.frombuffer(raw, np.uint8)
        flux, labels = self._room(stop)
        while at < stop:
            at, n = parse_lines(text, at, stop, flux, labels)
            if n:
                self._add(flux[:n], labels[:n].copy())
            elif blank := BLANK_LINES.match(raw, at, stop):
                self._line += raw.count(b"\n", at, blank.end())
                at = blank.end()
            elif at < stop:
                end = raw.index(b"\n", at, stop) + 1
                self._read_odd_line(bytes(raw[at:end]))
                at = end

    def _check_columns(self) -> None:
        n = len(self._columns) - 1
        if self._like is not None and n != self._like[1]:
            raise InputError(
                f"{self._path}: the test file must have the flux columns of {self._like[0]}, "
                f"FLUX.1 to FLUX.{self._like[1]}, got FLUX.1 to FLUX.{n}"
            )

    def _room(self, stop: int) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
        """Arrays for as many rows as the text can hold: a label, commas and a line feed each."""
        n_columns = len(self._columns) - 1
        most = stop // (n_columns + 2) + 1
        if len(self._flux_room) < most:
            self._flux_room = np.empty((most, n_columns), np.float32)
        return self._flux_room, np.empty(len(self._flux_room), np.int8)

    def _read_odd_line(self, line: bytes) -> None:
        """Reads a line that the parser left alone."""
        place = _place(self._path, self._n_rows, self._line)
        label, flux = read_line(line, place, len(self._columns) - 1)
        self._add(flux[None], np.array([label], np.int8))

    def _add(self, flux: NDArray[np.float32], labels: NDArray[np.int8]) -> None:
        n = len(flux)
        self._sink.add(flux)
        self._labels.append(labels)
        self._lines.append(np.arange(self._line, self._line + n))
        self._n_rows, self._line = self._n_rows + n, self._line + n

    def rows(self) -> TableRows:
        """What was read, once all of it is."""
        if not self._columns:
            raise InputError(
                f"{self._path}: the file is empty; a header LABEL,FLUX.1,FLUX.2,... must come"
            )
        if not self._n_rows:
            raise InputError(f"{self._path}: there is no row of flux below the header")
        return TableRows(
            sha256=self._digest.hexdigest(),
            n_bytes=self._n_bytes,
            n_columns=len(self._columns) - 1,
            labels=np.concatenate(self._labels),
            lines=np.concatenate(self._lines).astype(np.int64),
        )


def _place(path: Path, row: int, line: int) -> str:
    return f"{path}: row {row + 1} (line {line})"
