"""Folded curves in one npz file: `X` (n, bins), `kepid` and, where known, `y` and `kepid_unique`.

The transit lies in the middle bin. Rows in which many bins are exactly 1.0 carry filled empty
bins; in the Kepler file that this layout comes from, 48 of 49 such rows are negatives, so that
a model can read the label from the filling instead of the transit.
"""

from pathlib import Path
from tokenize import TokenError
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.light_curves import UNKNOWN, LightCurves
from kepler_keras.data.packed_file import BAD_ZIP, check_content, open_zip
from kepler_keras.errors import InputError
from kepler_keras.experiment import TrainTestPaths

FILL_VALUE = 1.0
FEWEST_FILLED = 11  # more than 10: min-max scaling alone puts up to a few bins at exactly 1.0
NEIGHBOURS = 5  # on each side of a filled bin
REQUIRED = ("X", "kepid")
LABELS = "y"
AMBIGUITY = "kepid_unique"
# Beside zipfile's errors those of numpy, which reads an array's header as a Python literal.
UNREADABLE = (*BAD_ZIP, TypeError, KeyError, MemoryError, SyntaxError, TokenError, RecursionError)
ZIP_MAGIC = b"PK\x03\x04"


def load(path: str | TrainTestPaths | None, *, replace_filled: bool = True) -> LightCurves:
    """Reads folded curves.

    Args:
        path: The npz file: `X` real numbers (n, bins), `kepid` (n,) whole numbers or text; where
            known, `y` (n,) of 0 and 1, without which every label is unknown, and `kepid_unique`
            (n,) bool, False where the star is ambiguous; such rows are tested but never train.
        replace_filled: In rows with more than 10 bins of exactly 1.0, whether each of those bins
            is replaced by the median of the 5 nearest other bins on each side. Phase is a
            circle, so neighbours are counted across the ends of the row.

    Raises:
        InputError: One sentence with file, array, row, rule and what came.
    """
    file = _file(path)
    arrays = _read_arrays(file)
    flux = _checked_flux(file, arrays["X"])
    labels = np.full(len(flux), UNKNOWN, np.int8)
    if LABELS in arrays:
        labels = _checked_labels(file, arrays[LABELS], len(flux))
    stars = _checked_stars(file, arrays["kepid"], len(flux))
    notes, trainable = [], None
    if AMBIGUITY in arrays:
        trainable = _checked_column(file, AMBIGUITY, arrays[AMBIGUITY], len(flux), kinds="b")
        n_ambiguous = int((~trainable).sum())
        notes.append(f"{n_ambiguous} rows have an ambiguous star id: they are tested, never train.")
    filled = _filled_rows(flux)
    notes.append(_filling_note(filled, labels, replaced=replace_filled))
    if replace_filled:
        _check_replaceable(file, flux, filled)
        flux = _without_filling(flux, filled)
    return LightCurves(
        source="folded",
        flux=flux,
        labels=labels,
        stars=stars,
        cadence=None,
        folded=True,
        trainable=trainable,
        notes=tuple(notes),
        one_class="" if LABELS in arrays else f"the array {LABELS!r} of labels is missing",
    )


def _file(path: str | TrainTestPaths | None) -> Path:
    if not isinstance(path, str):
        came = "nothing" if path is None else "a train and test pair"
        raise InputError(f"data.path: source folded reads one npz file, got {came}")
    return Path(path)


def _read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Reads the arrays of the layout; nothing pickled is ever opened."""
    try:
        with path.open("rb") as file:
            if file.read(len(ZIP_MAGIC)) == ZIP_MAGIC:
                _check_archive(path, file)
            file.seek(0)
            content = np.load(file, allow_pickle=False)
            if not isinstance(content, np.lib.npyio.NpzFile):
                raise InputError(f"{path}: must be an npz file with X, y and kepid, got one array")
            _check_keys(path, content.files)
            wanted = [key for key in (*REQUIRED, LABELS, AMBIGUITY) if key in content.files]
            arrays = {key: content[key] for key in wanted}
    except InputError:
        raise
    except UNREADABLE as error:
        raise InputError(f"{path}: cannot read it as an npz file: {_reason(error)}") from error
    for key, array in arrays.items():
        if not isinstance(array, np.ndarray):  # numpy hands out members of another kind as bytes
            raise InputError(f"{path}: {key} is no numpy array")
    return arrays


def _check_archive(path: Path, file: BinaryIO) -> None:
    """Refuses an archive that is damaged or unpacks to far more than it is."""
    try:
        with open_zip(path, file) as archive:
            check_content(path, archive)
    except InputError as error:
        reason = str(error).removeprefix(f"{path}: ")
        raise InputError(f"{path}: cannot read it as an npz file: {reason}") from error


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if "allow_pickle" in str(error) or "Object arrays" in str(error):
        return "it is no npz file, or holds pickled objects, which are not opened"
    strerror = getattr(error, "strerror", None)
    return strerror or f"it is damaged or cut short ({' '.join(str(error).split()) or 'no data'})"


def _check_keys(path: Path, found: list[str]) -> None:
    for key in REQUIRED:
        if key not in found:
            came = ", ".join(sorted(found)[:9]) or "none"
            raise InputError(f"{path}: the array {key!r} is missing, got the arrays {came}")


def _checked_flux(path: Path, flux: NDArray[Any]) -> NDArray[np.float32]:
    if flux.ndim != 2 or 0 in flux.shape or flux.dtype.kind not in "fiu":
        raise InputError(
            f"{path}: X must be real numbers of shape (n, bins), "
            f"got {flux.dtype} of shape {flux.shape}"
        )
    with np.errstate(over="ignore"):
        values = np.ascontiguousarray(flux, dtype=np.float32)
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        row, column = bad[0]
        raise InputError(
            f"{path}: X, row {row + 1}, bin {column}: folded flux must be finite, "
            f"got {flux[row, column]} ({len(bad)} such bins in all)"
        )
    return values


def _checked_labels(path: Path, labels: NDArray[Any], n: int) -> NDArray[np.int8]:
    column = _checked_column(path, "y", labels, n, kinds="biuf")
    wrong = np.flatnonzero(~np.isin(column, (0, 1)))
    if len(wrong):
        row = int(wrong[0])
        raise InputError(f"{path}: y, row {row + 1}: a label must be 0 or 1, got {column[row]}")
    return column.astype(np.int8)


def _checked_stars(path: Path, stars: NDArray[Any], n: int) -> NDArray[np.str_]:
    return _checked_column(path, "kepid", stars, n, kinds="iuU").astype(np.str_)


def _checked_column(
    path: Path, key: str, column: NDArray[Any], n: int, *, kinds: str
) -> NDArray[Any]:
    """Checks kind and length of an array that has one value a row."""
    names = {"b": "bool", "biuf": "numbers", "iuU": "whole numbers or text"}
    if column.dtype.kind not in kinds:
        raise InputError(f"{path}: {key} must be {names[kinds]}, got {column.dtype}")
    if column.shape != (n,):
        raise InputError(
            f"{path}: {key} must have one value for each of the {n} rows of X, "
            f"got shape {column.shape}"
        )
    return column


def _filled_rows(flux: NDArray[np.float32]) -> NDArray[np.intp]:
    return np.flatnonzero((flux == FILL_VALUE).sum(axis=1) >= FEWEST_FILLED)


def _filling_note(filled: NDArray[np.intp], labels: NDArray[np.int8], *, replaced: bool) -> str:
    n_negative = int((labels[filled] == 0).sum())
    what = (
        f"those bins were replaced by a median of the {NEIGHBOURS} nearest other bins on each side"
        if replaced
        else "they were left as they are"
    )
    return (
        f"{len(filled)} of {len(labels)} rows have more than {FEWEST_FILLED - 1} bins of exactly "
        f"{FILL_VALUE} (filled empty bins; {n_negative} of these rows are no planets): {what}."
    )


def _check_replaceable(path: Path, flux: NDArray[np.float32], filled: NDArray[np.intp]) -> None:
    for row in filled:
        if (flux[row] == FILL_VALUE).all():
            raise InputError(
                f"{path}: X, row {row + 1}: every bin is exactly {FILL_VALUE}, so that no "
                "neighbour is left to replace it by"
            )


def _without_filling(flux: NDArray[np.float32], filled: NDArray[np.intp]) -> NDArray[np.float32]:
    """Replaces the filled bins of the given rows; other rows stay bit for bit."""
    result = flux.copy()
    for row in filled:
        gaps = np.flatnonzero(flux[row] == FILL_VALUE)
        known = np.flatnonzero(flux[row] != FILL_VALUE)
        after = np.searchsorted(known, gaps)
        around = (after[:, None] + np.arange(-NEIGHBOURS, NEIGHBOURS)) % len(known)
        result[row, gaps] = np.median(flux[row, known[around]], axis=1)
    return result
