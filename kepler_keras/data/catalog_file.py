"""Tables as the NASA Exoplanet Archive writes them: CSV under comment lines that give the units."""

import csv
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kepler_keras.errors import InputError

COMMENT = "#"
UNIT = re.compile(r"^#\s*COLUMN\s+(\w+):.*\[([^\]]*)\]\s*$")


@dataclass(frozen=True)
class CatalogFile:
    """The cells of a table as text.

    Attributes:
        path: The file.
        header: Names of the columns.
        rows: Cells of each row.
        lines: Line of the file that each row stands in, from 1.
        units: Unit of each column whose comment line gives one.
    """

    path: Path
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    units: dict[str, str]

    def text(self, column: str) -> list[str]:
        """Cells of a column.

        Raises:
            InputError: There is no such column.
        """
        if column not in self.header:
            found = ", ".join(self.header[:12]) + (", ..." if len(self.header) > 12 else "")
            raise InputError(
                f"{self.path}: the column {column!r} is missing, got the columns {found}"
            )
        place = self.header.index(column)
        return [row[place].strip() for row in self.rows]

    def numbers(self, column: str) -> NDArray[np.float64]:
        """Cells of a column as numbers, NaN where a cell is empty.

        Raises:
            InputError: There is no such column, or a cell is no finite number.
        """
        cells = self.text(column)
        result = np.full(len(cells), np.nan)
        for row, cell in enumerate(cells):
            if cell:
                result[row] = self._number(row, column, cell)
        return result

    def place(self, row: int, column: str) -> str:
        """How an error begins that is about one cell."""
        return f"{self.path}: line {self.lines[row]}, column {column}"

    def check_unit(self, column: str, allowed: Sequence[str]) -> None:
        """Refuses a column whose comment line gives another unit.

        Raises:
            InputError: The unit is none of the allowed ones.
        """
        unit = self.units.get(column, allowed[0])
        if unit not in allowed:
            raise InputError(
                f"{self.path}: {column} must be in {allowed[0]}, its comment line says [{unit}]"
            )

    def _number(self, row: int, column: str, cell: str) -> float:
        try:
            value = float(cell)
        except ValueError:
            value = np.nan
        if not np.isfinite(value):
            raise InputError(f"{self.place(row, column)}: must be a number or empty, got {cell!r}")
        return value


def read_catalog_file(path: Path) -> CatalogFile:
    """Reads header and rows; lines that begin with ``#`` are comments, empty lines nothing.

    Raises:
        InputError: It is missing, no UTF-8 text, has no header or no row, a column twice, or a
            row with more or fewer cells than the header.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InputError(f"{path}: cannot read the table: {reason}") from error
    numbered = list(enumerate(text.splitlines(), start=1))
    comments = [line for _, line in numbered if line.startswith(COMMENT)]
    full = [(n, line) for n, line in numbered if line.strip() and not line.startswith(COMMENT)]
    if len(full) < 2:
        came = "a header only" if full else "neither"
        raise InputError(f"{path}: a table must have a header and at least one row, got {came}")
    cells = [(number, _cells(path, number, line)) for number, line in full]
    header = tuple(name.strip() for name in cells[0][1])
    _check_shape(path, header, cells[1:])
    units = [match for line in comments if (match := UNIT.match(line))]
    return CatalogFile(
        path=path,
        header=header,
        rows=tuple(row for _, row in cells[1:]),
        lines=tuple(number for number, _ in cells[1:]),
        units={match.group(1): match.group(2).strip() for match in units},
    )


def _cells(path: Path, number: int, line: str) -> tuple[str, ...]:
    if '"' not in line:
        return tuple(line.split(","))
    try:
        return tuple(next(csv.reader([line], strict=True)))
    except csv.Error as error:
        problem = "a quoted cell must end in its line"
        raise InputError(f"{path}: line {number}: {problem}, got {line!r}") from error


def _check_shape(
    path: Path, header: tuple[str, ...], rows: Collection[tuple[int, tuple[str, ...]]]
) -> None:
    for name, times in Counter(header).items():
        if times > 1:
            raise InputError(f"{path}: the column {name!r} stands {times} times")
    for number, row in rows:
        if len(row) != len(header):
            raise InputError(
                f"{path}: line {number}: a row must have the {len(header)} cells of the header, "
                f"got {len(row)}"
            )
