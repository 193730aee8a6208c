"""The careful look at one line of a flux table: what is wrong with it, in one sentence."""

import csv
import re

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.csv_parser import PADDING, parse_lines
from kepler_keras.data.nearest_float32 import nearest_float32
from kepler_keras.errors import InputError

EMPTY_CELLS = ("", "nan", "NaN", "NAN")
BLANKS = " \t"
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
INFINITY = re.compile(r"[+-]?inf(inity)?", re.IGNORECASE)
FLOAT32_MAX = float(np.finfo(np.float32).max)
LONGEST_QUOTE = 40


def read_header(line: bytes, path: str) -> list[str]:
    """The names of the columns, LABEL,FLUX.1,FLUX.2,...

    Raises:
        InputError: A column is missing or has another name.
    """
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


def read_line(line: bytes, place: str, n_columns: int) -> tuple[int, NDArray[np.float32]]:
    """Reads one line with quotes, blanks or numbers that the parser leaves alone.

    Args:
        line: The line with its end.
        place: How an error begins.
        n_columns: Columns of flux, without the label.

    Returns:
        The label and the flux, shape (n_columns,).

    Raises:
        InputError: It has too few or too many cells, or one that is no finite number.
    """
    cells = [cell.strip(BLANKS) for cell in _cells(line, place)]
    _check_length(cells, place, n_columns)
    text = np.frombuffer(",".join(cells).encode() + b"\n" + bytes(PADDING), np.uint8)
    flux, labels = np.empty((1, n_columns), np.float32), np.empty(1, np.int8)
    _, read = parse_lines(text, 0, len(text) - PADDING, flux, labels)
    if read:
        return int(labels[0]), flux[0]
    _check_cells(cells, place)
    numbers = [np.float32(np.nan) if c in EMPTY_CELLS else nearest_float32(c) for c in cells[1:]]
    return int(float(cells[0])), np.array(numbers, np.float32)


def _check_length(cells: list[str], place: str, n_columns: int) -> None:
    if len(cells) != n_columns + 1:
        how = "few" if len(cells) <= n_columns else "many"
        raise InputError(
            f"{place}: too {how} values: the header has {n_columns + 1} columns, "
            f"the row has {len(cells)}"
        )


def _check_cells(cells: list[str], place: str) -> None:
    for index, cell in enumerate(cells):
        column = f"FLUX.{index}" if index else "LABEL"
        rule = _broken_rule(column, cell)
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


def _quote(cell: str) -> str:
    short = cell if len(cell) <= LONGEST_QUOTE else cell[: LONGEST_QUOTE - 3] + "..."
    return repr(short) if short else "an empty cell"
