"""The table of candidates that a transit search ends in: one signal a row, plain CSV."""

import csv
import io
import math
import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal

from kepler_keras.errors import InputError

DepthUnit = Literal["ppm", "scatter"]

# A period's error is about a duration over the number of cadences and transits: 1e-7 d is below it.
FORMATS = {
    "period": ".7f",
    "t0": ".5f",
    "duration": ".5f",
    "depth": ".6g",
    "snr": ".3f",
    "sde": ".3f",
    "odd_even": ".3f",
    "secondary": ".3f",
}


@dataclass(frozen=True)
class Candidate:
    """One signal of one curve; the fields are the table's columns, in their order.

    Attributes:
        star: The curve's name as `curve_names` gives it.
        rank: 1 for the signal found first in the curve.
        period: Days.
        t0: First mid-transit at or after the first cadence, days from the first cadence.
        duration: Width of the best box, days.
        depth: Mean out of transit minus mean inside, in `depth_unit`.
        depth_unit: ``ppm`` of the star's light, or ``scatter``, 1.4826 times the median absolute
            deviation of the detrended curve, where the flux has no level.
        snr: Depth over its error.
        sde: Height of the peak above the star's whole spectrum, in its standard deviations.
        odd_even: Difference between the depths of odd and even transits, in sigma.
        secondary: Depth of the deepest other box at that period, in sigma.
        n_transits: Transits that were seen.
    """

    star: str
    rank: int
    period: float
    t0: float
    duration: float
    depth: float
    depth_unit: DepthUnit
    snr: float
    sde: float
    odd_even: float
    secondary: float
    n_transits: int


COLUMNS = tuple(item.name for item in fields(Candidate))


def curve_names(stars: Sequence[str]) -> tuple[str, ...]:
    """Names each curve: its star, and the row of the data where the star has several curves.

    ``6541920`` alone; ``6541920:row-12`` for the curve in row 12, counted from 1, of a star that
    other rows are of, too.
    """
    counts = Counter(stars)
    return tuple(
        star if counts[star] == 1 else f"{star}:row-{row}" for row, star in enumerate(stars, 1)
    )


def picture_name(names: Sequence[str], row: int) -> str:
    """The file name of a curve's picture; with its row where other curves' names give the same.

    ``a/b`` gives ``a_b.png``; beside a curve ``a_b`` they give ``a_b.row-1.png`` and
    ``a_b.row-2.png``, rows counted from 1 as in the table.
    """
    plain = [re.sub(r"[^\w.-]", "_", name) for name in names]
    beside = f".row-{row + 1}" if plain.count(plain[row]) > 1 else ""
    return f"{plain[row]}{beside}.png"


def table_text(candidates: Iterable[Candidate]) -> str:
    """The table as CSV with a header; an undefined number, as NaN, is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for candidate in candidates:
        writer.writerow(_cell(name, getattr(candidate, name)) for name in COLUMNS)
    return text.getvalue()


def _cell(name: str, value: str | float) -> str:
    if isinstance(value, str) or name not in FORMATS:
        return str(value)
    return format(value, FORMATS[name]) if math.isfinite(value) else ""


def write_candidates(candidates: Iterable[Candidate], path: Path) -> None:
    """Writes the table whole or not at all.

    Raises:
        InputError: It cannot be written.
    """
    write_whole(table_text(candidates), path)


def write_whole(text: str, path: Path) -> None:
    """Writes a table whole or not at all: a file beside it takes its name when it is complete.

    Raises:
        InputError: It cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        try:
            beside.write_text(text, encoding="utf-8")
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"{path}: cannot write the table: {error.strerror}") from error
