"""Reads a table of flux as text: `LABEL, FLUX.1, ... FLUX.n`, one light curve a row.

The lines are counted and checked first, since pandas fills a short row up in silence; then pandas
reads the numbers. Only a file whose values cannot be is read a third time, cell by cell, to say
exactly where the damage lies.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kepler_keras.errors import InputError

EMPTY_CELLS = ("", "nan", "NaN", "NAN")
# pandas ends a cell at a NUL byte, and reads a column of true and false as ones and zeros.
NO_NUMBER = b"\0tTfF"
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
INFINITY = re.compile(r"[+-]?inf(inity)?", re.IGNORECASE)
FLOAT32_MAX = float(np.finfo(np.float32).max)
LONGEST_HEADER = 1 << 24  # bytes; a file of one endless line is no table
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
        return _place(self.path, row, int(self.lines[row]))


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
            lines = _check_lines(path, file, columns)
    except OSError as error:
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror
        raise InputError(f"{path}: cannot read the flux table: {reason}") from error
    if not len(lines):
        raise InputError(f"{path}: there is no row of flux below the header")
    values = _parse(path, columns, len(lines))
    # pandas keeps columns together in memory; whoever works star by star wants rows.
    flux = np.ascontiguousarray(values[:, 1:])
    return FluxTable(path=path, labels=values[:, 0].astype(np.int8), flux=flux, lines=lines)


def _read_header(path: Path, file: BinaryIO) -> list[str]:
    """Reads the first line and checks every column's name."""
    line = file.readline(LONGEST_HEADER)
    if not line:
        raise InputError(f"{path}: the file is empty; a header LABEL,FLUX.1,FLUX.2,... must come")
    columns = _cells(line.removeprefix(b"\xef\xbb\xbf"), f"{path}: the header (line 1)") or [""]
    for index, name in enumerate(columns):
        expected = f"FLUX.{index}" if index else "LABEL"
        if name != expected:
            raise InputError(
                f"{path}: column {index + 1} of the header must be {expected}, got {_quote(name)}"
            )
    if len(columns) < 2:
        raise InputError(f"{path}: the header must go on with FLUX.1 after LABEL, got LABEL alone")
    return columns


def _check_lines(path: Path, file: BinaryIO, columns: list[str]) -> NDArray[np.int64]:
    """Checks the length of every row; returns the numbers of the lines that are not blank."""
    commas = len(columns) - 1
    numbers: list[int] = []
    for number, line in enumerate(file, start=2):
        if line.isspace():
            continue
        if line.count(b",") != commas or any(byte in line for byte in NO_NUMBER):
            _check_row(_place(path, len(numbers), number), line, columns)
        numbers.append(number)
    return np.array(numbers, dtype=np.int64)


def _parse(path: Path, columns: list[str], n_rows: int) -> NDArray[np.float32]:
    """Reads the numbers, shape (n_rows, 1 + n_cadences)."""
    try:
        with np.errstate(over="ignore"):
            values = pd.read_csv(
                path,
                header=None,
                skiprows=1,
                dtype=np.float32,
                na_values=EMPTY_CELLS,
                keep_default_na=False,
                compression=None,
            ).to_numpy()
    except ValueError:  # pandas' ParserError and UnicodeDecodeError are ValueErrors
        _refuse(path, columns)
    right_shape = values.shape == (n_rows, len(columns))
    if not right_shape or np.isinf(values).any() or not np.isin(values[:, 0], (0, 1, 2)).all():
        _refuse(path, columns)
    return values


def _refuse(path: Path, columns: list[str]) -> NoReturn:
    """Finds the first damaged cell and says what is wrong with it."""
    row = 0
    with path.open("rb") as file:
        file.readline()
        for number, line in enumerate(file, start=2):
            if not line.isspace():
                _check_row(_place(path, row, number), line, columns)
                row += 1
    raise InputError(f"{path}: the rows below the header cannot be read as a table of numbers")


def _check_row(place: str, line: bytes, columns: list[str]) -> None:
    """Checks one row cell by cell."""
    cells = _cells(line, place)
    if len(cells) != len(columns):
        how = "few" if len(cells) < len(columns) else "many"
        raise InputError(
            f"{place}: too {how} values: the header has {len(columns)} columns, "
            f"the row has {len(cells)}"
        )
    for column, cell in zip(columns, cells, strict=True):
        rule = _broken_rule(column, cell.strip())
        if rule:
            raise InputError(f"{place}, column {column}: {rule}, got {_quote(cell)}")


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
    too_large = abs(float(cell)) > FLOAT32_MAX
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


def _place(path: Path, row: int, line: int) -> str:
    return f"{path}: row {row + 1} (line {line})"


def _quote(cell: str) -> str:
    short = cell if len(cell) <= LONGEST_QUOTE else cell[: LONGEST_QUOTE - 3] + "..."
    return repr(short) if short else "an empty cell"
