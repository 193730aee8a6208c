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


def join_scalars(curves: LightCurves, path: Path, columns: Sequence[str]) -> LightCurves:
    """Puts properties of the stars beside the curves, joined by kepid.

    A star with several rows in the table gets the median of the values they give. NaN stands where
    the table has no value; a note counts how often, by class.

    Args:
        curves: Of any source whose star ids are kepids.
        path: CSV of the archive with `kepid` and the columns; comment lines as in the KOI table.
        columns: Names from `STELLAR`; everything else is refused, for it says how the signal was
            judged or describes the signal instead of the star.

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
    notes = [_missing_note(file, curves, values)]
    if disagreeing:
        notes.append(
            f"{disagreeing} stars have rows with differing values in {path.name}: each got the "
            "median."
        )
    scalars = Scalars(tuple(columns), values)
    return replace(curves, scalars=scalars, notes=(*curves.notes, *notes))


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
    return str(int(star)) if star.isascii() and star.isdigit() else star


def _check_known(file: CatalogFile, stars: Sequence[str], kepids: set[str]) -> None:
    if not kepids.intersection(stars):
        raise InputError(
            f"{file.path}: none of the {len(set(stars))} stars stands in the column kepid "
            f"(the first star is {stars[0]!r})"
        )


def _missing_note(file: CatalogFile, curves: LightCurves, values: NDArray[np.float32]) -> str:
    """Says where values are missing; refuses a gap that gives the class away."""
    missing: NDArray[np.bool_] = np.asarray(np.isnan(values).any(axis=1))
    planet, other = curves.labels == 1, curves.labels == 0
    if planet.any() and other.any():
        shares = missing[planet].mean(), missing[other].mean()
        if sorted(shares) == [0.0, 1.0]:
            without = "planet" if shares[0] else "other row"
            raise InputError(
                f"{file.path}: every {without} lacks a value and no row of the other class does, "
                "so that a gap alone would tell the label"
            )
    counts = [
        f"{int(missing[of].sum())} of {int(of.sum())} {name}"
        for name, of in (
            ("planets", planet),
            ("others", other),
            ("unlabelled rows", curves.labels == UNKNOWN),
        )
        if of.any()
    ]
    return (
        f"Scalars from {file.path.name}; a value is missing for {', '.join(counts)}: where the "
        "shares differ, a gap itself tells something of the class."
    )
