"""What light curves hold, in words: counts, cadence, gaps, duplicates, classes, problems."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kepler_keras.data.describe import data_warnings
from kepler_keras.data.duplicates import unite_identical_curves
from kepler_keras.data.light_curves import UNKNOWN, LightCurves
from kepler_keras.data.row_parts import row_parts

CLASS_NAMES = {1: "planet", 0: "no planet", UNKNOWN: "not judged"}


@dataclass(frozen=True)
class Info:
    """What was found out about a file.

    Attributes:
        path: The file or folder.
        what: What it is.
        facts: Name and value, in the order to be shown.
        problems: Sentences about what is wrong or may mislead.
        notes: Sentences of the source that read it.
        classes: Rows of each class by its name.
        curves: What a picture may show of light curves.
        signals: What a picture may show of a table: columns `period` (days), `duration` (hours)
            and `disposition`.
    """

    path: Path
    what: str
    facts: tuple[tuple[str, str], ...]
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    classes: Mapping[str, int] = field(default_factory=dict)
    curves: LightCurves | None = None
    signals: pd.DataFrame | None = None

    def text(self) -> str:
        """Some lines for a terminal."""
        width = max(len(name) for name, _ in self.facts)
        lines = [f"{self.path}: {self.what}"]
        lines += [f"  {name:{width}}  {value}" for name, value in self.facts]
        for title, sentences in (("Problems", self.problems), ("Notes", self.notes)):
            if sentences:
                lines += [f"{title}:", *(f"  - {sentence}" for sentence in sentences)]
        return "\n".join(lines)


def describe_curves(path: Path, what: str, curves: LightCurves) -> Info:
    """Describes what a source read."""
    united = unite_identical_curves(curves)
    duplicates = united.notes[len(curves.notes) :]
    return Info(
        path=path,
        what=f"{what} (source {curves.source})",
        facts=tuple(_facts(curves, n_duplicate_notes=len(duplicates))),
        problems=(*_problems(curves), *duplicates),
        notes=curves.notes,
        classes={
            name: int((curves.labels == label).sum())
            for label, name in CLASS_NAMES.items()
            if (curves.labels == label).any()
        },
        curves=curves,
    )


def _facts(curves: LightCurves, *, n_duplicate_notes: int) -> Iterator[tuple[str, str]]:
    n, n_columns = curves.flux.shape
    yield "rows", f"{n}, of {len(np.unique(curves.stars))} stars"
    yield "classes", _classes(curves)
    if curves.cadence is None:
        yield "columns", f"{n_columns} phase bins"
    else:
        yield "columns", f"{n_columns} cadences"
        yield (
            "cadence",
            f"{curves.cadence * 1440:.4f} min, {n_columns * curves.cadence:.1f} d in all",
        )
    if curves.start is not None:
        yield "first time", f"{curves.start:.4f} d"
    yield "gaps", _gaps(curves.flux, curves.cadence)
    yield "duplicates", "see below" if n_duplicate_notes else "none"
    if curves.given_test is not None:
        n_test = int(curves.given_test.sum())
        n_hosts = int((curves.labels[curves.given_test] == 1).sum())
        yield "given split", f"{n - n_test} rows to train, {n_test} to test ({n_hosts} planets)"
    if curves.views:
        shapes = (f"{name} {view.shape[1:]}" for name, view in curves.views.items())
        yield "views", ", ".join(shapes)
    if curves.scalars is not None:
        yield "scalars", ", ".join(curves.scalars.names)


def _classes(curves: LightCurves) -> str:
    parts = []
    for label, name in CLASS_NAMES.items():
        rows = curves.labels == label
        if rows.any():
            n_stars = len(np.unique(curves.stars[rows]))
            parts.append(f"{rows.sum()} {name} ({rows.mean():.1%}, {n_stars} stars)")
    return ", ".join(parts)


def _gaps(flux: NDArray[np.float32], cadence: float | None) -> str:
    n_missing = n_rows = longest = 0
    for part in row_parts(flux):
        missing = np.isnan(flux[part])
        n_missing += int(missing.sum())
        n_rows += int(missing.any(axis=1).sum())
        longest = max(longest, longest_run(missing))
    if not n_missing:
        return "none"
    days = "" if cadence is None else f" ({longest * cadence:.2f} d)"
    return (
        f"{n_missing} of {flux.size} values ({n_missing / flux.size:.2%}), in "
        f"{n_rows} of {len(flux)} rows; "
        f"the longest has {longest} columns{days}"
    )


def longest_run(missing: NDArray[np.bool_]) -> int:
    """Length of the longest run of True in any row, shape (n, columns)."""
    closed = np.pad(missing, ((0, 0), (1, 1))).ravel().astype(np.int8)  # no run crosses rows
    steps = np.diff(closed)
    runs = np.flatnonzero(steps == -1) - np.flatnonzero(steps == 1)
    return int(runs.max(initial=0))


def _problems(curves: LightCurves) -> Iterator[str]:
    judged = curves.labels[curves.labels != UNKNOWN]
    if len(judged) == 0:
        yield "No row has a label: it can be searched and predicted, but nothing can be trained."
    elif len(np.unique(judged)) == 1:
        yield f"Every row with a label is of one class, {CLASS_NAMES[int(judged[0])]}."
    else:
        yield from data_warnings(curves)
        if (np.diff(judged) != 0).sum() == 1:
            yield "Rows are sorted by label: whatever mixes neighbouring rows sees the answer."
    # fmin and fmax pass NaN over, and have no need of a copy.
    low, high = np.fmin.reduce(curves.flux, axis=1), np.fmax.reduce(curves.flux, axis=1)
    if np.isnan(low).any():
        yield f"{_rows(np.flatnonzero(np.isnan(low)))} no flux at all."
    if (low == high).any():
        yield f"{_rows(np.flatnonzero(low == high))} the same flux in every column."


def _rows(rows: NDArray[np.intp]) -> str:
    """Begins a sentence about some rows: ``3 rows (the first is row 7) have``."""
    n, first = len(rows), int(rows[0]) + 1
    return f"Row {first} has" if n == 1 else f"{n} rows (the first is row {first}) have"
