"""The predictions table: the border between models and numbers.

One row an example, scored by an entry in one part of one fold. Whatever writes such a table can be
evaluated; nothing that reads it ever loads a model.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api.types import is_string_dtype

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
        InputError: Columns, values, folds, stars or the entries' rows break a rule.
    """
    if tuple(table.columns) != PREDICTION_COLUMNS:
        raise InputError(
            f"{what}: columns must be {', '.join(PREDICTION_COLUMNS)}, "
            f"got {', '.join(map(str, table.columns))}"
        )
    if table.empty:
        raise InputError(f"{what}: the table must hold predictions, got no row")
    _check_values(table, what)
    _check_folds(table, what)
    _check_stars(table, what)
    _check_same_rows(table, what)


def _check_values(table: pd.DataFrame, what: str) -> None:
    """Every value is there and allowed."""
    rules = {name: (table[name].notna(), "given") for name in PREDICTION_COLUMNS} | {
        "score": (np.isfinite(table["score"]), "finite"),
        "label": (table["label"].isin((0, 1)), "0 or 1"),
        "split": (table["split"].isin(SPLITS), " or ".join(SPLITS)),
    }
    for name, (good, rule) in rules.items():
        if not good.all():
            row = int(np.flatnonzero(~good)[0])
            raise InputError(
                f"{what}: row {row}, column {name}: must be {rule}, got {table[name].iloc[row]}"
            )


def _check_folds(table: pd.DataFrame, what: str) -> None:
    """Every fold has a planet to choose its threshold by and a planet to find."""
    counts = table.groupby(["entry", "repeat", "fold", "split"])["label"].sum()
    planets = counts.unstack("split").reindex(columns=list(SPLITS)).fillna(0)
    for name in SPLITS:
        if (planets[name] == 0).any():
            entry, repeat, fold = planets.index[planets[name] == 0][0]
            raise InputError(
                f"{what}: {entry}, repeat {repeat}, fold {fold}: the {name} rows must hold at "
                "least one planet, got none"
            )
    folds = {
        repeat: sorted(set(numbers.tolist())) for repeat, numbers in table.groupby("repeat")["fold"]
    }
    first = next(iter(folds.values()))
    if len(folds) > 1 and (len(first) == 1 or any(numbers != first for numbers in folds.values())):
        raise InputError(
            f"{what}: all of several repeats must have the same folds, two or more; "
            f"got {'; '.join(f'repeat {repeat!s}: {numbers}' for repeat, numbers in folds.items())}"
        )


def _check_stars(table: pd.DataFrame, what: str) -> None:
    """A star stands in one part of a fold and in one test fold of a repeat."""
    examples = table.groupby("example_id", sort=False)[["star", "label"]].nunique()
    if (examples > 1).any(axis=None):
        example = examples.index[(examples > 1).any(axis=1)][0]
        raise InputError(f"{what}: example {example} must have one star and one label, got several")
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
    """All entries were scored on the same rows, each once."""
    row = ["repeat", "fold", "split", "example_id"]
    twice = table.duplicated(["entry", *row])
    if twice.any():
        raise InputError(f"{what}: {_place(table[twice])} was scored twice")
    scored = table.groupby(row, sort=False)["entry"].transform("size")
    lonely = scored < table["entry"].nunique()
    if lonely.any():
        raise InputError(f"{what}: {_place(table[lonely])} was not scored by all other entries")


def _place(rows: pd.DataFrame) -> str:
    """The first of some rows, in words."""
    first = rows.iloc[0]
    return (
        f"entry {first['entry']}, repeat {first['repeat']}, fold {first['fold']}: "
        f"{first['split']} example {first['example_id']}"
    )


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
    except (OSError, ValueError, pa.ArrowException) as error:
        reason = getattr(error, "strerror", None) or " ".join(str(error).split())
        raise InputError(f"{path}: cannot read the predictions: {reason}") from error
    if set(table.columns) != set(PREDICTION_COLUMNS):
        check_predictions(table, what=str(path))
    _check_types(table, what=str(path))
    table = sort_predictions(table)
    check_predictions(table, what=str(path))
    return table


def _check_types(table: pd.DataFrame, *, what: str) -> None:
    """No value changes when the columns are typed: neither 257 nor 0.5 becomes a label."""
    for name, kind in COLUMN_TYPES.items():
        column = table[name]
        given = column if "int" in kind else column.dropna()  # integers have no way to be missing
        try:
            same = bool((given.to_frame().astype({name: kind})[name] == given).all())
        except (ValueError, TypeError, OverflowError):
            same = False
        if not same or (kind == "str" and not is_string_dtype(column)):
            raise InputError(f"{what}: column {name} must hold {kind} values, got {column.dtype}")
