"""Properties of the stars, from a table, beside their curves."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.catalog import read_kepids
from kepler_keras.data.catalog_file import CatalogFile, read_catalog_file
from kepler_keras.data.light_curves import UNKNOWN, LightCurves, Scalars
from kepler_keras.errors import InputError, suggestion

# Properties of the star itself: as the KOI table names them, and as the Kepler stellar table does.
STELLAR = (
    "koi_steff",
    "koi_slogg",
    "koi_smet",
    "koi_srad",
    "koi_smass",
    "koi_kepmag",
    "teff",
    "logg",
    "feh",
    "radius",
    "mass",
    "kepmag",
)
# Columns that were written by whoever judged the signal, or only for the signals that passed.
JUDGED = ("score", "fpflag", "disp", "name", "vet", "comment", "deliv", "training", "av_pred")


def join_scalars(
    curves: LightCurves, path: Path, columns: Sequence[str], *, leave_out: bool = False
) -> LightCurves:
    """Puts properties of the stars beside the curves, joined by kepid.

    A star with several rows in the table gets the median of the values they give. NaN stands where
    the table has no value; a note counts how often, by class. Where the classes differ in that, a
    model can read the label from the gaps; then the rows had better be left out.

    Args:
        curves: Of any source whose star ids are kepids.
        path: CSV of the archive with `kepid` and the columns; comment lines as in the KOI table.
        columns: Names from `STELLAR`; everything else is refused, for it says how the signal was
            judged or describes the signal instead of the star.
        leave_out: Whether rows that lack a value are left out.

    Raises:
        InputError: A column that is refused or missing, a damaged table, no star that stands in
            the table, or values that are missing in one class only.
    """
    _check_columns(columns)
    if curves.scalars is not None:
        raise InputError(
            f"data.scalars: the source {curves.source} brings scalars of its own, "
            f"{', '.join(curves.scalars.names)}"
        )
    file = read_catalog_file(path)
    by_kepid, disagreeing = _by_kepid(file, columns)
    stars = [_kepid(star) for star in curves.stars.tolist()]
    _check_known(file, stars, set(by_kepid))
    nothing = np.full(len(columns), np.nan)
    values = np.array([by_kepid.get(star, nothing) for star in stars], dtype=np.float32)
    missing: NDArray[np.bool_] = np.asarray(np.isnan(values).any(axis=1))
    if leave_out:
        notes = [_left_out_note(file, curves, missing)]
    else:
        notes = [_missing_note(file, curves, missing)]
    if disagreeing:
        notes.append(
            f"{disagreeing} stars have rows with differing values in {path.name}: each got the "
            "median."
        )
    scalars = Scalars(tuple(columns), values)
    joined = replace(curves, scalars=scalars, notes=(*curves.notes, *notes))
    return joined.rows(np.flatnonzero(~missing)) if leave_out else joined


def _check_columns(columns: Sequence[str]) -> None:
    for place, column in enumerate(columns):
        if column in columns[:place]:
            raise InputError(f"data.scalars.columns: {column!r} stands twice")
        if column in STELLAR:
            continue
        if any(word in column.lower() for word in JUDGED):
            raise InputError(
                f"data.scalars.columns: {column!r} comes from the judgement that the labels come "
                "from: a model would read the answer"
            )
        if column.lower().startswith(("koi_", "tce_")):
            raise InputError(
                f"data.scalars.columns: {column!r} is no property of the star, and only such "
                f"properties can be joined by star; {suggestion(column, STELLAR)}"
            )
        raise InputError(
            f"data.scalars.columns: unknown column {column!r}; {suggestion(column, STELLAR)}"
        )


def _by_kepid(
    file: CatalogFile, columns: Sequence[str]
) -> tuple[dict[str, NDArray[np.float64]], int]:
    """The median values of each star, and how many stars have rows that disagree."""
    values = np.column_stack([file.numbers(column) for column in columns])
    kepids, index = np.unique(read_kepids(file), return_inverse=True)
    order = np.argsort(index, kind="stable")
    starts = np.searchsorted(index[order], np.arange(len(kepids)))
    result, disagreeing = {}, 0
    for kepid, rows in zip(kepids.tolist(), np.split(order, starts[1:]), strict=True):
        medians, differ = _medians(values[rows])
        result[kepid] = medians
        disagreeing += differ
    return result, disagreeing


def _medians(rows: NDArray[np.float64]) -> tuple[NDArray[np.float64], bool]:
    """The median of each column's known values, and whether they differ in any column."""
    known = [column[np.isfinite(column)] for column in rows.T]
    medians = np.array([np.median(column) if len(column) else np.nan for column in known])
    return medians, any(len(column) > 1 and np.ptp(column) > 0 for column in known)


def _kepid(star: str) -> str:
    """A star id without leading zeros, as tables write it."""
    return (star.lstrip("0") or "0") if star.isascii() and star.isdigit() else star


def _check_known(file: CatalogFile, stars: Sequence[str], kepids: set[str]) -> None:
    if not kepids.intersection(stars):
        raise InputError(
            f"{file.path}: none of the {len(set(stars))} stars stands in the column kepid "
            f"(the first star is {stars[0]!r})"
        )


def _left_out_note(file: CatalogFile, curves: LightCurves, missing: NDArray[np.bool_]) -> str:
    """Says whose rows are left out; refuses to leave a class without any."""
    counts = _counted(curves, missing)
    for label, kind in ((1, "planet"), (0, "row of the other class")):
        if (curves.labels == label).any() and missing[curves.labels == label].all():
            raise InputError(f"{file.path}: every {kind} lacks a value and would be left out")
    return (
        f"Rows that lack a value in {file.path.name} are left out, so that no gap tells the label: "
        f"{counts}."
    )


def _missing_note(file: CatalogFile, curves: LightCurves, missing: NDArray[np.bool_]) -> str:
    """Says where values are missing; refuses a gap that gives the class away."""
    planet, other = curves.labels == 1, curves.labels == 0
    if planet.any() and other.any():
        shares = missing[planet].mean(), missing[other].mean()
        if sorted(shares) == [0.0, 1.0]:
            without = "planet" if shares[0] else "other row"
            raise InputError(
                f"{file.path}: every {without} lacks a value and no row of the other class does, "
                "so that a gap alone would tell the label"
            )
    return (
        f"Scalars from {file.path.name}; a value is missing for {_counted(curves, missing)}: where "
        "the shares differ, a gap itself tells something of the class, and data.scalars.missing: "
        "leave_out leaves these rows out."
    )


def _counted(curves: LightCurves, missing: NDArray[np.bool_]) -> str:
    """How many rows of each class lack a value, in words."""
    kinds = (("planets", 1), ("others", 0), ("unlabelled rows", UNKNOWN))
    counts = []
    for name, label in kinds:
        of = curves.labels == label
        if of.any():
            counts.append(f"{int(missing[of].sum())} of {int(of.sum())} {name}")
    return ", ".join(counts)
