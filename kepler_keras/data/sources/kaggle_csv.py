"""The layout of the Kaggle 'Kepler labelled time series' files: `LABEL, FLUX.1, ... FLUX.n`.

Flux is centred and may be negative: nothing here divides by it. Rows carry no star ids; where a
`rows.csv` lies beside the file it names the star of each row.
"""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kepler_keras.data.flux_table import FluxTable
from kepler_keras.data.light_curves import UNKNOWN, LightCurves
from kepler_keras.data.prepared_flux import prepare_flux
from kepler_keras.data.sources._kaggle_files import KNOWN_FILES, differences
from kepler_keras.errors import InputError
from kepler_keras.experiment import TrainTestPaths

LONG_CADENCE = 29.4244 / 1440  # days; Kepler and K2 long cadence
ROWS_FILE = "rows.csv"


def load(
    path: str | TrainTestPaths | None, *, cadence: float = LONG_CADENCE, star_ids: bool = True
) -> LightCurves:
    """Reads one file, or a train and a test file.

    Labels are 1 and 2 (2 = planet, as Kaggle has it) or 0 and 1 (1 = planet); all files of one
    call share a convention, which is decided on them together. Curves of one class can be searched:
    0 alone is no planet, 2 alone a planet, and 1 alone, which may be either, counts as no label.

    A `rows.csv` beside a file has columns `kepid` and `label` (others are ignored), one line a
    row of the file, labels as in the file. For a pair in one folder it lists the rows of the
    train file, then those of the test file. Without it every row counts as a star of its own.

    Args:
        path: A CSV file, plain, `.gz` or `.zip`, or a pair whose second file becomes `given_test`.
        cadence: Days between two columns.
        star_ids: Whether `rows.csv` is read; switch it off where that file is something else.

    Raises:
        InputError: One sentence with file, row, column, rule and what came.
    """
    if not (math.isfinite(cadence) and cadence > 0):
        raise InputError(f"data.options.cadence: must be a positive number of days, got {cadence}")
    prepared = prepare_flux(_files(path))
    tables = prepared.tables
    labels, about_labels, one_class = _judged(tables)
    stars, notes = _stars(tables, star_ids=star_ids)
    known = (sentence for table in tables for sentence in differences(table))
    return LightCurves(
        source="kaggle_csv",
        flux=prepared.flux,
        labels=labels,
        stars=stars,
        cadence=cadence,
        given_test=_given_test(tables) if isinstance(path, TrainTestPaths) else None,
        notes=(about_labels, *notes, *known, *prepared.notes),
        one_class=one_class,
        digest=prepared.digest,
    )


def _files(path: str | TrainTestPaths | None) -> list[Path]:
    if path is None:
        raise InputError("data.path: source kaggle_csv reads a CSV file or a train and test pair")
    names = (path.train, path.test) if isinstance(path, TrainTestPaths) else (path,)
    files = [Path(name) for name in names]
    for file in files:
        if not file.exists() and file.name.partition(".")[0] in KNOWN_FILES:
            raise InputError(
                f"{file}: there is no such file; it is part of Kaggle's 'Kepler labelled time "
                "series data', which you get with your own account, or with: "
                "kepler-keras data fetch kaggle"
            )
    return files


def _given_test(tables: Sequence[FluxTable]) -> NDArray[np.bool_]:
    return np.repeat([False, True], [len(table.labels) for table in tables])


def _judged(tables: Sequence[FluxTable]) -> tuple[NDArray[np.int8], str, str]:
    """The labels of all rows, a note on them, and `LightCurves.one_class`."""
    written = np.concatenate([table.labels for table in tables])
    found = _labels_found(tables)
    planet = 1 if 0 in found else 2
    labels = (written == planet).astype(np.int8)
    if len(found) > 1:
        return labels, f"In the file a planet has the label {planet}.", ""
    if 1 not in found:
        one_class = f"every label is {found[0]}"
        return labels, f"In the file {one_class}: one class only.", one_class
    one_class = "every label is 1, which means planet beside 0 and no planet beside 2"
    note = f"In the file {one_class}: no row counts as judged."
    return np.full(len(written), UNKNOWN, np.int8), note, one_class


def _labels_found(tables: Sequence[FluxTable]) -> list[int]:
    """The labels that occur, ascending: 0 and 1, 1 and 2, or one alone."""
    first_places = {}
    for label in (0, 1, 2):
        for table in tables:
            rows = np.flatnonzero(table.labels == label)
            if len(rows) and label not in first_places:
                first_places[label] = table.place(int(rows[0]))
    if 0 in first_places and 2 in first_places:
        raise InputError(
            f"{first_places[2]}, column LABEL: a file must keep to the labels 0 and 1 or to the "
            f"labels 1 and 2, got 2 beside the 0 of {first_places[0]}"
        )
    return list(first_places)


def _stars(
    tables: Sequence[FluxTable], *, star_ids: bool
) -> tuple[NDArray[np.str_], tuple[str, ...]]:
    """The star of every row, and what a reader should know about it."""
    stars, notes = [], []
    for ids_path, group in _row_files(tables):
        if star_ids and ids_path.is_file():
            stars.append(_read_stars(ids_path, group))
            continue
        stars += [_numbered_stars(table, tables) for table in group]
        notes.append(
            f"{' and '.join(table.path.name for table in group)}: no star ids came with the file; "
            "every row counts as a star of its own."
        )
    return np.concatenate(stars), tuple(notes)


def _numbered_stars(table: FluxTable, tables: Sequence[FluxTable]) -> NDArray[np.str_]:
    """Makes up star ids; the second file of a pair must not repeat those of the first."""
    prefix = "" if len(tables) == 1 else "train-" if table is tables[0] else "test-"
    return np.array([f"{prefix}row-{row + 1:06d}" for row in range(len(table.labels))])


def _row_files(tables: Sequence[FluxTable]) -> list[tuple[Path, Sequence[FluxTable]]]:
    """Each `rows.csv` that may lie there, with the tables whose rows it lists in turn."""
    folders = [table.path.parent for table in tables]
    if len(set(folders)) == 1:
        return [(folders[0] / ROWS_FILE, tables)]
    return [(folder / ROWS_FILE, [table]) for folder, table in zip(folders, tables, strict=True)]


def _read_stars(path: Path, tables: Sequence[FluxTable]) -> NDArray[np.str_]:
    """Reads the star ids and checks them against the rows and labels of the tables."""
    frame = _read_rows_file(path)
    n_rows = sum(len(table.labels) for table in tables)
    if len(frame) != n_rows:
        files = " and ".join(table.path.name for table in tables)
        raise InputError(
            f"{path}: must list the {n_rows} rows of {files}, got {len(frame)} rows "
            "(the option star_ids: false leaves this file out)"
        )
    labels = np.concatenate([table.labels for table in tables])
    for row, (star, label) in enumerate(zip(frame["kepid"], frame["label"], strict=True)):
        if not star.strip():
            raise InputError(f"{path}: row {row + 1}, column kepid: a star id must not be empty")
        if label.strip() != str(labels[row]):
            raise InputError(
                f"{path}: row {row + 1}, column label: must agree with the flux file, "
                f"which has {labels[row]}, got {label!r}"
            )
    return np.array([star.strip() for star in frame["kepid"]])


def _read_rows_file(path: Path) -> pd.DataFrame:
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, index_col=False)
    except (OSError, ValueError) as error:  # pandas' own errors are ValueErrors
        problem = " ".join(str(error).split())
        raise InputError(f"{path}: cannot read the star ids: {problem}") from error
    for column in ("kepid", "label"):
        if column not in frame.columns:
            found = ", ".join(map(str, frame.columns))
            raise InputError(f"{path}: the column {column!r} is missing, got the columns {found}")
    return frame
