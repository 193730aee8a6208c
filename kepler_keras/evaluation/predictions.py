"""The predictions table: the border between models and numbers.

One row an example, scored by an entry in one part of one fold. Whatever writes such a table can be
evaluated; nothing that reads it ever loads a model.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from kepler_keras.errors import InputError

COLUMN_TYPES = {
    "entry": "str",
    "repeat": "int64",
    "fold": "int64",
    "example_id": "int64",
    "star": "str",
    "split": "str",
    "label": "int8",
    "score": "float64",
}
PREDICTION_COLUMNS = tuple(COLUMN_TYPES)
SPLITS = ("validation", "test")


def sort_predictions(table: pd.DataFrame) -> pd.DataFrame:
    """The table with its columns in order, typed, and sorted by all of them."""
    typed = table[list(PREDICTION_COLUMNS)].astype(COLUMN_TYPES)
    return typed.sort_values(list(PREDICTION_COLUMNS), ignore_index=True)


def check_predictions(table: pd.DataFrame, *, what: str = "predictions") -> None:
    """Makes sure that a table can be evaluated and that no star leaks.

    Args:
        table: As `sort_predictions` gives it.
        what: How the error names the table.

    Raises:
        InputError: Columns, values, stars or the entries' rows break a rule.
    """
    if tuple(table.columns) != PREDICTION_COLUMNS:
        raise InputError(
            f"{what}: columns must be {', '.join(PREDICTION_COLUMNS)}, "
            f"got {', '.join(map(str, table.columns))}"
        )
    if not np.isfinite(table["score"]).all():
        row = int(np.flatnonzero(~np.isfinite(table["score"]))[0])
        raise InputError(f"{what}: row {row}: score must be finite, got {table['score'][row]}")
    for name, allowed in (("label", (0, 1)), ("split", SPLITS)):
        wrong = ~table[name].isin(allowed)
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise InputError(
                f"{what}: row {row}: {name} must be one of {allowed}, got {table[name][row]!r}"
            )
    _check_stars(table, what)
    _check_same_rows(table, what)


def _check_stars(table: pd.DataFrame, what: str) -> None:
    """A star stands in one part of a fold and in one test fold of a repeat."""
    fold = ["entry", "repeat", "fold"]
    parts = table.groupby([*fold, "star"], sort=False)["split"].nunique()
    if (parts > 1).any():
        entry, repeat, number, star = parts.index[parts > 1][0]
        raise InputError(
            f"{what}: {entry}, repeat {repeat}, fold {number}: star {star} stands in "
            "validation and in test"
        )
    tests = table[table["split"] == "test"]
    folds = tests.groupby(["entry", "repeat", "star"], sort=False)["fold"].nunique()
    if (folds > 1).any():
        entry, repeat, star = folds.index[folds > 1][0]
        raise InputError(
            f"{what}: {entry}, repeat {repeat}: star {star} stands in {folds.max()} test folds"
        )


def _check_same_rows(table: pd.DataFrame, what: str) -> None:
    """All entries were scored on the same rows."""
    columns = [name for name in PREDICTION_COLUMNS if name not in ("entry", "score")]
    first: pd.DataFrame | None = None
    for name, rows in table.groupby("entry", sort=True):
        keys = rows[columns].reset_index(drop=True)
        if keys.duplicated(["repeat", "fold", "example_id", "split"]).any():
            raise InputError(f"{what}: entry {name} scores an example twice in one part of a fold")
        if first is None:
            first = keys
        elif not keys.equals(first):
            raise InputError(f"{what}: entry {name} was scored on other rows than the others")


def write_predictions(table: pd.DataFrame, path: Path) -> None:
    """Writes the table as parquet; equal tables give equal bytes."""
    table.to_parquet(path, index=False, compression="zstd")


def read_predictions(path: Path) -> pd.DataFrame:
    """Reads and checks a table.

    Raises:
        InputError: The file is missing, damaged, or not a predictions table.
    """
    try:
        table = pd.read_parquet(path)
    except OSError as error:  # pyarrow's errors on damaged files are OSErrors and ValueErrors
        raise InputError(f"{path}: cannot read the predictions: {error}") from error
    except ValueError as error:
        raise InputError(f"{path}: not a parquet file: {error}") from error
    missing = [name for name in PREDICTION_COLUMNS if name not in table]
    if missing or len(table.columns) != len(PREDICTION_COLUMNS):
        check_predictions(table, what=str(path))
    table = sort_predictions(table)
    check_predictions(table, what=str(path))
    return table
