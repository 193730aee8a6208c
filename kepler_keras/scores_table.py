"""The table that a prediction ends in: one curve a row, plain CSV."""

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kepler_keras.candidates import FORMATS, DepthUnit, write_whole
from kepler_keras.record import ScoreKind

Called = Literal["planet", "no planet", ""]
NAN = float("nan")
COLUMNS = ("star", "score", "score_kind", "decision", "threshold")
SEARCHED_COLUMNS = ("period", "t0", "duration", "depth", "depth_unit", "snr")


@dataclass(frozen=True)
class Dip:
    """What was found in a curve and scored; NaN where nothing was.

    Attributes:
        period: Days.
        t0: First mid-transit, days from the first cadence.
        duration: Days.
        depth: In `depth_unit`, see `candidates.Candidate`.
        depth_unit: Empty where nothing was found.
        snr: Depth over its error.
    """

    period: float = NAN
    t0: float = NAN
    duration: float = NAN
    depth: float = NAN
    depth_unit: DepthUnit | Literal[""] = ""
    snr: float = NAN


@dataclass(frozen=True)
class Scored:
    """One curve of the input.

    Attributes:
        star: The curve's name as `candidates.curve_names` gives it.
        score: NaN where it cannot be scored.
        score_kind: ``probability``, or ``decision`` for values that only rank.
        threshold: From which score on it is called a planet; NaN where the model knows none.
        dip: What was found in it, for models that need a search.
        reason: Why it has no score; else empty.
    """

    star: str
    score: float
    score_kind: ScoreKind
    threshold: float
    dip: Dip = Dip()
    reason: str = ""

    @property
    def decision(self) -> Called:
        """What it is called; nothing without a score or without a threshold."""
        if math.isnan(self.score) or math.isnan(self.threshold):
            return ""
        return "planet" if self.score >= self.threshold else "no planet"


def table_text(rows: Iterable[Scored], *, searched: bool) -> str:
    """The table as CSV with a header; scores with all their digits, NaN as an empty cell.

    Args:
        rows: The curves.
        searched: Whether there are columns for what a search found.
    """
    own = SEARCHED_COLUMNS if searched else ()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*COLUMNS, *own, "reason"))
    for row in rows:
        about = [_cell(name, getattr(row, name)) for name in COLUMNS]
        found = [_cell(name, getattr(row.dip, name)) for name in own]
        writer.writerow([*about, *found, row.reason])
    return text.getvalue()


def _cell(name: str, value: str | float) -> str:
    if isinstance(value, str):
        return value
    if not math.isfinite(value):
        return ""
    return format(value, FORMATS[name]) if name in FORMATS else repr(float(value))


def write_scores(rows: Iterable[Scored], path: Path, *, searched: bool) -> None:
    """Writes the table whole or not at all.

    Raises:
        InputError: It cannot be written.
    """
    write_whole(table_text(rows, searched=searched), path)


def counted(rows: Sequence[Scored]) -> str:
    """How many were scored, called planets, and not scored; every curve counts once."""
    scored = [row for row in rows if not row.reason]
    planets = sum(row.decision == "planet" for row in scored)
    known = any(row.decision for row in scored)
    called = f"{planets} called planets" if known or not scored else "no threshold is known"
    return f"{len(scored)} scored, {called}, {len(rows) - len(scored)} not scored"
