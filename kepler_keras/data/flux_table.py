"""Reads a table of flux as text: `LABEL, FLUX.1, ... FLUX.n`, one light curve a row.

The file is read once, in blocks of lines, so that memory stays near the size of the result. Each
block is parsed by pandas; only a block that pandas refuses, or whose values cannot be, is read
again cell by cell, to say exactly where the damage lies.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NoReturn

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kepler_keras.errors import InputError

BLOCK_BYTES = 8 << 20  # larger blocks parse no faster, smaller ones do not pay pandas' overhead
EMPTY_CELLS = ("", "nan", "NaN", "NAN")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
INFINITY = re.compile(r"[+-]?inf(inity)?", re.IGNORECASE)
LONGEST_QUOTE = 40


@dataclass(frozen=True)
class FluxTable:
    """One file as it stands.

    Attributes:
        path: The file.
        labels: Shape (n,), int8: 0, 1 or 2 as written.
        flux: Shape (n, n_cadences), float32; NaN where a cell is empty or says nan.
        lines: Shape (n,), int64: the line of the file each row stands on, counted from 1.
    """

    path: Path
    labels: NDArray[np.int8]
    flux: NDArray[np.float32]
    lines: NDArray[np.int64]

    def place(self, row: int) -> str:
        """Names a row (counted from 0 here, from 1 in the sentence) as errors do."""
        return f"{self.path}: row {row + 1} (line {self.lines[row]})"


@dataclass(frozen=True)
class _Block:
    """Some lines of a file that hold rows; `first_row` counts data rows from 0."""

    path: Path
    columns: list[str]
    first_row: int
    lines: list[bytes]
    numbers: list[int]

    def place(self, index: int) -> str:
        return f"{self.path}: row {self.first_row + index + 1} (line {self.numbers[index]})"


def read_flux_table(path: Path) -> FluxTable:
    """Reads one file.

    Raises:
        InputError: The file is missing, not UTF-8 text, has another header, or holds a row that
            is too short or too long, a cell that is no finite number, or a label that is not
            0, 1 or 2. Empty flux is no error.
    """
    try:
        with path.open("rb") as file:
            columns = _read_header(path, file)
            blocks = [(block, _parse(block)) for block in _blocks(path, file, columns)]
    except OSError as error:
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror
        raise InputError(f"{path}: cannot read the flux table: {reason}") from error
    if not blocks:
        raise InputError(f"{path}: there is no row of flux below the header")
    return FluxTable(
        path=path,
        labels=np.concatenate([values[:, 0] for _, values in blocks]).astype(np.int8),
        flux=np.concatenate([values[:, 1:] for _, values in blocks]),
        lines=np.concatenate([block.numbers for block, _ in blocks]).astype(np.int64),
    )


def _read_header(path: Path, file: BinaryIO) -> list[str]:
    """Reads the first line and checks every column's name."""
    line = file.readline(BLOCK_BYTES)
    if not line:
        raise InputError(f"{path}: the file is empty; a header LABEL,FLUX.1,FLUX.2,... must come")
    columns = _cells(line.removeprefix(b"\xef\xbb\xbf"), f"{path}: the header (line 1)")
    for index, name in enumerate(columns):
        expected = f"FLUX.{index}" if index else "LABEL"
        if name != expected:
            raise InputError(
                f"{path}: column {index + 1} of the header must be {expected}, got {_quote(name)}"
            )
    if len(columns) < 2:
        raise InputError(f"{path}: the header must go on with FLUX.1 after LABEL, got LABEL alone")
    return columns


def _blocks(path: Path, file: BinaryIO, columns: list[str]) -> Iterator[_Block]:
    """Cuts the rest of the file into blocks of whole lines without the blank ones."""
    row, number = 0, 2
    while lines := file.readlines(BLOCK_BYTES):
        numbers = [number + index for index, line in enumerate(lines) if line.strip()]
        kept = [line for line in lines if line.strip()]
        if kept:
            yield _Block(path, columns, row, kept, numbers)
        row, number = row + len(kept), number + len(lines)


def _parse(block: _Block) -> NDArray[np.float32]:
    """Turns a block into numbers, shape (rows, 1 + n_cadences)."""
    commas = len(block.columns) - 1
    for index, line in enumerate(block.lines):
        if line.count(b",") != commas:
            _check_length(block, index)
    text = b"".join(block.lines)
    # pandas ends a cell at a NUL byte and takes a column of true and false for numbers.
    if any(letter in text for letter in b"\0tTfF"):
        _refuse(block)
    try:
        with np.errstate(over="ignore"):
            values = pd.read_csv(
                BytesIO(text),
                header=None,
                dtype=np.float32,
                na_values=EMPTY_CELLS,
                keep_default_na=False,
                low_memory=False,
            ).to_numpy()
    except ValueError:  # pandas' ParserError and UnicodeDecodeError are ValueErrors
        _refuse(block)
    right_shape = values.shape == (len(block.lines), len(block.columns))
    if not right_shape or np.isinf(values).any() or not np.isin(values[:, 0], (0, 1, 2)).all():
        _refuse(block)
    return np.ascontiguousarray(values)  # pandas keeps columns together, models want rows


def _check_length(block: _Block, index: int) -> None:
    n_cells = len(_cells(block.lines[index], block.place(index)))
    expected = len(block.columns)
    if n_cells != expected:
        how = "few" if n_cells < expected else "many"
        raise InputError(
            f"{block.place(index)}: too {how} values: the header has {expected} columns, "
            f"the row has {n_cells}"
        )


def _refuse(block: _Block) -> NoReturn:
    """Finds the first damaged cell of a block and says what is wrong with it."""
    for index, line in enumerate(block.lines):
        place = block.place(index)
        cells = _cells(line, place)
        _check_length(block, index)
        for column, cell in zip(block.columns, cells, strict=True):
            rule = _broken_rule(column, cell.strip())
            if rule:
                raise InputError(f"{place}, column {column}: {rule}, got {_quote(cell)}")
    rows = f"rows {block.first_row + 1} to {block.first_row + len(block.lines)}"
    raise InputError(f"{block.path}: {rows} cannot be read as a table of numbers")


def _broken_rule(column: str, cell: str) -> str | None:
    """The rule that a cell breaks, or None."""
    if column == "LABEL":
        good = NUMBER.fullmatch(cell) is not None and float(cell) in (0, 1, 2)
        return None if good else "a label must be 0, 1 or 2"
    if cell in EMPTY_CELLS:
        return None
    if INFINITY.fullmatch(cell):
        return "flux must be finite"
    if not NUMBER.fullmatch(cell):
        return "flux must be a number"
    too_large = abs(float(cell)) > np.finfo(np.float32).max
    return "flux must lie within the range of float32" if too_large else None


def _cells(line: bytes, place: str) -> list[str]:
    """The cells of one line of text."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{place}: not UTF-8 text (byte {line[error.start]:#04x})") from error
    if "\0" in text:
        raise InputError(f"{place}: not text: a NUL byte at position {text.index(chr(0)) + 1}")
    try:
        return next(csv.reader([text.rstrip("\r\n")], strict=True), [])
    except csv.Error as error:
        raise InputError(f"{place}: not a line of comma-separated values: {error}") from error


def _quote(cell: str) -> str:
    short = cell if len(cell) <= LONGEST_QUOTE else cell[: LONGEST_QUOTE - 3] + "..."
    return repr(short) if short else "an empty cell"
