"""One long-cadence light-curve file of Kepler or K2, or one of TESS, checked."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.clock import Clock, read_clock
from kepler_keras.data.fits_table import FitsTable, read_fits_table
from kepler_keras.data.missions import KEPLER, TESS, Mission, Quality, mission_of
from kepler_keras.errors import InputError

FluxColumn = Literal["PDCSAP", "SAP"]
TIME_UNITS = ("d", "day", "days")  # beside "BJD - 2454833"
FLUX_UNITS = ("e-/s", "electron/s", "electrons/s", "electron / s", "e/s", "electron s-1")
LATEST_TIME = 20_000.0  # days; a Julian day, whole or modified, is far above it
SPARSE = 100  # cadence numbers a row, beyond which they cannot be a light curve's


class ShortCadenceError(InputError):
    """A sound file that is no long-cadence light curve."""


@dataclass(frozen=True)
class Quarter:
    """What one file holds, on its own cadences without a gap.

    Attributes:
        path: The file.
        mission: Whose file it is.
        star: Star id.
        number: Quarter, campaign or sector.
        first: Cadence number of the first column.
        flux: One value a cadence, e-/s, NaN in gaps and where the quality bits say so, float32.
        clock: When its cadences were.
        n_masked: Finite values that the quality bits took out.
        n_zero: Values of exactly 0 that were taken out: no star gives none, a filling does.
        n_negative: Negative values; they stay.
        was_sorted: Whether the rows were in the order of their cadences.
    """

    path: Path
    mission: Mission
    star: str
    number: int
    first: int
    flux: NDArray[np.float32]
    clock: Clock
    n_masked: int
    n_zero: int
    n_negative: int
    was_sorted: bool


def read_quarter(path: Path, *, flux_column: FluxColumn, quality: Quality) -> Quarter:
    """Reads one file.

    Rows in another order are sorted by their cadence number.

    Args:
        path: FITS, plain or gzipped.
        flux_column: Corrected for the instrument's trends (PDCSAP), or not.
        quality: Bits of cadences that become gaps, or a preset.

    Raises:
        ShortCadenceError: It is a short-cadence file.
        InputError: One sentence with file, keyword or column, rule and what came.
    """
    flux_name = f"{flux_column}_FLUX"
    qualities = (KEPLER.quality_column, TESS.quality_column)
    table = read_fits_table(path, ("TIME", "CADENCENO", flux_name, *qualities))
    mission = mission_of(table.primary, place=str(path))
    _check_observing_mode(table)
    _check_time_axis(table, mission)
    _check_unit(table, flux_name, FLUX_UNITS, "electrons per second (e-/s)")
    time = _column(table, "TIME", "f")
    cadences = _column(table, "CADENCENO", "iu").astype(np.int64)
    with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite: refused below
        flux = _column(table, flux_name, "f").astype(np.float32)
    bad = _column(table, mission.quality_column, "iu") & mission.mask(quality)
    order = _cadence_order(path, cadences)
    cadences, was_sorted = cadences[order], bool((order == np.arange(len(order))).all())
    _check_finite(path, flux_name, flux)
    _check_span(path, cadences)
    clock = read_clock(path, cadences, _checked_times(path, time[order], mission))
    _check_cadence(clock, mission)
    flux, n_masked, n_zero = _usable(flux, bad != 0)
    whole = np.full(int(cadences[-1] - cadences[0]) + 1, np.nan, np.float32)
    whole[cadences - cadences[0]] = flux[order]
    return Quarter(
        path=path,
        mission=mission,
        star=f"{mission.star_prefix}{_whole_number(table, mission.star_key)}",
        number=_whole_number(table, mission.part_key),
        first=int(cadences[0]),
        flux=whole,
        clock=clock,
        n_masked=n_masked,
        n_zero=n_zero,
        n_negative=int((flux < 0).sum()),
        was_sorted=was_sorted,
    )


def _check_observing_mode(table: FitsTable) -> None:
    mode = str(table.primary.get("OBSMODE", "long cadence")).strip()
    if "TICID" not in table.primary and mode != "long cadence":
        raise ShortCadenceError(f"{table.path}: OBSMODE must be 'long cadence', got {mode!r}")


def _check_time_axis(table: FitsTable, mission: Mission) -> None:
    zero = table.header.get("BJDREFI", mission.time_zero)
    if zero != mission.time_zero or table.header.get("BJDREFF", 0) != 0:
        raise InputError(
            f"{table.path}: TIME must count from {mission.time_zero} ({mission.axis}), "
            f"got BJDREFI {zero} and BJDREFF {table.header.get('BJDREFF', 0)}"
        )
    unit = table.units.get("TIME", "d").split(",")[0]
    parts = [part.strip() for part in unit.split("-")]
    if parts != ["BJD", str(mission.time_zero)] and unit.strip() not in TIME_UNITS:
        raise InputError(
            f"{table.path}: TIME must be in days (BJD - {mission.time_zero}), "
            f"got the unit {table.units['TIME']!r}"
        )


def _check_unit(table: FitsTable, name: str, allowed: tuple[str, ...], what: str) -> None:
    unit = table.units.get(name, allowed[0])
    if unit not in allowed:
        raise InputError(f"{table.path}: {name} must be in {what}, got the unit {unit!r}")


def _column(table: FitsTable, name: str, kinds: str) -> NDArray[Any]:
    """One column of plain numbers in this machine's byte order."""
    if name not in table.columns:
        found = ", ".join(table.names)
        raise InputError(
            f"{table.path}: the column {name} is missing, got the columns {found or 'none'}"
        )
    values = table.columns[name]
    if values.ndim != 1 or values.dtype.kind not in kinds:
        what = "whole numbers" if kinds == "iu" else "real numbers"
        raise InputError(
            f"{table.path}: {name} must hold one of {what} a row, "
            f"got {values.dtype.name} of shape {values.shape}"
        )
    if len(values) == 0:
        raise InputError(f"{table.path}: the table LIGHTCURVE has no rows")
    return values.astype(values.dtype.newbyteorder("="))


def _cadence_order(path: Path, cadences: NDArray[np.int64]) -> NDArray[np.intp]:
    """The order that sorts the cadences, which must be unique and not negative."""
    order = np.argsort(cadences, kind="stable")
    repeats = np.flatnonzero(np.diff(cadences[order]) == 0)
    if len(repeats):
        one, two = order[repeats[0]], order[repeats[0] + 1]
        raise InputError(
            f"{path}: CADENCENO must differ from row to row, got {cadences[one]} in the rows "
            f"{one + 1} and {two + 1} ({len(repeats)} repeats in all)"
        )
    if cadences[order[0]] < 0:
        raise InputError(
            f"{path}: CADENCENO must not be negative, got {cadences[order[0]]} in row "
            f"{order[0] + 1}"
        )
    return order


def _check_finite(path: Path, name: str, flux: NDArray[np.float32]) -> None:
    infinite = np.flatnonzero(np.isinf(flux))
    if len(infinite):
        row = int(infinite[0])
        raise InputError(
            f"{path}: {name} must be finite or NaN, got {flux[row]} in row {row + 1} "
            f"({len(infinite)} such values in all)"
        )


def _check_span(path: Path, cadences: NDArray[np.int64]) -> None:
    """A damaged number must not ask for an endless array."""
    span = int(cadences[-1] - cadences[0])
    if span > SPARSE * len(cadences):
        raise InputError(
            f"{path}: CADENCENO runs from {cadences[0]} to {cadences[-1]}, too far for "
            f"{len(cadences)} rows"
        )


def _checked_times(path: Path, time: NDArray[Any], mission: Mission) -> NDArray[np.float64]:
    times = time.astype(np.float64)
    far = np.flatnonzero(np.isfinite(times) & (np.abs(times) > LATEST_TIME))
    if len(far) or np.isinf(times).any():
        came = times[far[0]] if len(far) else np.inf
        raise InputError(
            f"{path}: TIME must be {mission.axis}, days from {mission.time_zero} on, got {came:g}"
        )
    return times


def _check_cadence(clock: Clock, mission: Mission) -> None:
    if mission.cadence is None:
        return
    ratio = clock.step / mission.cadence
    if abs(ratio - 1) <= 0.01:
        return
    problem = (
        f"{clock.path}: a long cadence of {mission.name} takes {mission.cadence * 1440:.2f} min, "
        f"got {clock.step * 1440:.4g} min"
    )
    if abs(ratio * 30 - 1) <= 0.01:  # 30 short cadences make a long one
        raise ShortCadenceError(f"{problem}: this is a short-cadence file")
    raise InputError(f"{problem}; TIME must be in days")


def _usable(
    flux: NDArray[np.float32], bad: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], int, int]:
    """Flux with NaN where it is flagged or filled with 0, and how many values that took."""
    masked = bad & np.isfinite(flux)
    zero = (flux == 0) & ~masked
    kept = np.where(masked | zero, np.float32(np.nan), flux)
    return kept, int(masked.sum()), int(zero.sum())


def _whole_number(table: FitsTable, key: str) -> int:
    value = table.primary.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        came = "none" if value is None else repr(value)
        raise InputError(
            f"{table.path}: the primary header must have {key} with a whole number, got {came}"
        )
    return value
