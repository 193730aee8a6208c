"""NASA's tables of signals, in our names and units: the KOI table and the DR24 TCE table.

The archive gives durations in hours; they become days here, once, and nowhere else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from kepler_keras.data.catalog_file import CatalogFile, read_catalog_file
from kepler_keras.errors import InputError

HOURS_A_DAY = 24.0
DAYS = ("days", "day", "d")
HOURS = ("hrs", "hours", "hour", "hr", "h")
BKJD = ("BKJD", "days", "day", "d", "BJD - 2454833")
# Medians that no table of transits has; a table in other units has them. The medians of the KOI
# table are 3.8 h and 9.8 d.
PLAUSIBLE_DURATION = (0.5, 48.0)  # hours
PLAUSIBLE_PERIOD = (0.1, 5000.0)  # days
LATEST_EPOCH = 20_000.0  # days; a Julian day, whole or modified, is far above it
MOST_DIGITS = 18  # of a number in the catalogues, whose longest have ten
MOST_TOO_LONG = 0.05  # share of rows whose transit may outlast its period


@dataclass(frozen=True)
class TableKind:
    """One of the archive's layouts.

    Attributes:
        signal: What a row is.
        label: Column of the disposition.
        dispositions: The words that stand there.
        positive: Those that mean planet unless the user says otherwise.
        negative: Those that mean no planet; the last is for stars that have no row at all.
        period, t0, duration: Columns of the ephemeris.
    """

    signal: str
    label: str
    dispositions: tuple[str, ...]
    positive: tuple[str, ...]
    negative: tuple[str, ...]
    period: str
    t0: str
    duration: str

    @property
    def absent(self) -> str:
        """The word for a star without a row."""
        return f"NO {self.signal}"


KOI = TableKind(
    signal="KOI",
    label="koi_disposition",
    dispositions=("CONFIRMED", "CANDIDATE", "FALSE POSITIVE", "NOT DISPOSITIONED"),
    positive=("CONFIRMED",),
    negative=("FALSE POSITIVE", "NO KOI"),
    period="koi_period",
    t0="koi_time0bk",
    duration="koi_duration",
)
TCE = TableKind(
    signal="TCE",
    label="av_training_set",
    dispositions=("PC", "AFP", "NTP", "UNK"),
    positive=("PC",),
    negative=("AFP", "NTP", "NO TCE"),
    period="tce_period",
    t0="tce_time0bk",
    duration="tce_duration",
)


@dataclass(frozen=True)
class Catalog:
    """A table that was recognised, and where it came from."""

    path: Path
    kind: TableKind
    frame: pd.DataFrame


def read_catalog(path: Path) -> Catalog:
    """Reads a KOI or a TCE table, whichever its columns say.

    Raises:
        InputError: It is neither, or damaged.
    """
    file = read_catalog_file(path)
    for kind in (KOI, TCE):
        if kind.label in file.header:
            return Catalog(path, kind, _koi_frame(file) if kind is KOI else _tce_frame(file))
    found = ", ".join(file.header[:12])
    raise InputError(
        f"{path}: must be a KOI table, with koi_disposition, or a TCE table, with "
        f"av_training_set, got the columns {found}"
    )


def read_koi_table(path: Path) -> pd.DataFrame:
    """Reads the archive's KOI table.

    Returns:
        A row a KOI, by star and within a star the strongest signal first: `kepid` (text, as
        `LightCurves.stars`), `name`, `disposition`, `period` (days), `t0` (BKJD), `duration`
        (days), `depth` (ppm), `snr`. The ephemeris is NaN where any of its parts is unknown and
        where the transit would outlast its period; depth and snr where the table has none.

    Raises:
        InputError: One sentence with file, line, column, rule and what came.
    """
    return _koi_frame(read_catalog_file(path))


def read_tce_table(path: Path) -> pd.DataFrame:
    """Reads the archive's table of threshold-crossing events with Autovetter labels (DR24).

    Returns:
        A row a TCE, by star and within a star in the order of detection, strongest first: the
        columns of `read_koi_table` without depth and snr; `name` is the kepid and the number.

    Raises:
        InputError: As for `read_koi_table`.
    """
    return _tce_frame(read_catalog_file(path))


def read_kepids(file: CatalogFile) -> list[str]:
    """The column `kepid` as text without leading zeros.

    Raises:
        InputError: A cell is no whole number.
    """
    kepids = file.text("kepid")
    for row, kepid in enumerate(kepids):
        if not _is_number(kepid):
            raise InputError(f"{file.place(row, 'kepid')}: must be a whole number, got {kepid!r}")
    return [str(int(kepid)) for kepid in kepids]


def _is_number(cell: str) -> bool:
    """Whether a cell is a whole number that can be one of a star or a signal."""
    return cell.isascii() and cell.isdigit() and len(cell) <= MOST_DIGITS


def _koi_frame(file: CatalogFile) -> pd.DataFrame:
    frame = _common_frame(file, KOI, names=file.text("kepoi_name"))
    for name, column in (("depth", "koi_depth"), ("snr", "koi_model_snr")):
        known = column in file.header
        frame[name] = file.numbers(column) if known else np.full(len(frame), np.nan)
    return _sorted(frame, ["kepid", "snr", "name"], ascending=[True, False, True])


def _tce_frame(file: CatalogFile) -> pd.DataFrame:
    numbers = file.text("tce_plnt_num")
    for row, number in enumerate(numbers):
        if not _is_number(number):
            raise InputError(
                f"{file.place(row, 'tce_plnt_num')}: must be a whole number, got {number!r}"
            )
    names = [f"{kepid}-{int(n):02d}" for kepid, n in zip(read_kepids(file), numbers, strict=True)]
    return _sorted(_common_frame(file, TCE, names=names), ["kepid", "name"], [True, True])


def _sorted(frame: pd.DataFrame, by: list[str], ascending: list[bool]) -> pd.DataFrame:
    return frame.sort_values(by, ascending=ascending, ignore_index=True, kind="stable")


def _common_frame(file: CatalogFile, kind: TableKind, *, names: Sequence[str]) -> pd.DataFrame:
    kepids, dispositions = read_kepids(file), file.text(kind.label)
    _check_words(file, kind, dispositions)
    _check_names(file, kind, names)
    period, t0, duration = _ephemeris(file, kind)
    return pd.DataFrame(
        {
            "kepid": pd.Series(kepids, dtype=object),
            "name": pd.Series(list(names), dtype=object),
            "disposition": pd.Series(dispositions, dtype=object),
            "period": period,
            "t0": t0,
            "duration": duration,
        }
    )


def _check_words(file: CatalogFile, kind: TableKind, dispositions: Sequence[str]) -> None:
    for row, word in enumerate(dispositions):
        if word not in kind.dispositions:
            known = ", ".join(kind.dispositions)
            raise InputError(f"{file.place(row, kind.label)}: must be one of {known}, got {word!r}")


def _check_names(file: CatalogFile, kind: TableKind, names: Sequence[str]) -> None:
    seen: dict[str, int] = {}
    for row, name in enumerate(names):
        if not name or name in seen:
            came = f"{name!r} also in line {file.lines[seen[name]]}" if name else "none"
            raise InputError(
                f"{file.path}: line {file.lines[row]}: every {kind.signal} must have a name of "
                f"its own, got {came}"
            )
        seen[name] = row


def _ephemeris(file: CatalogFile, kind: TableKind) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Period, t0 and duration in days, all NaN where one is unknown or they contradict."""
    for column, units in ((kind.period, DAYS), (kind.t0, BKJD), (kind.duration, HOURS)):
        file.check_unit(column, units)
    period, t0, hours = (file.numbers(name) for name in (kind.period, kind.t0, kind.duration))
    for column, values in ((kind.period, period), (kind.duration, hours)):
        _check_each(file, column, values, values <= 0, "must be positive")
    rule = "must be BKJD, days from BJD 2454833 on"
    _check_each(file, kind.t0, t0, np.abs(t0) > LATEST_EPOCH, rule)
    _check_median(file, kind.period, period, PLAUSIBLE_PERIOD, "days")
    _check_median(file, kind.duration, hours, PLAUSIBLE_DURATION, "hours")
    duration = hours / HOURS_A_DAY
    too_long = duration >= period
    if too_long.sum() > MOST_TOO_LONG * len(period):
        row = int(np.argmax(too_long))
        raise InputError(
            f"{file.place(row, kind.duration)}: a transit must be shorter than its period "
            f"({period[row]:g} d), got {hours[row]:g} h ({int(too_long.sum())} such rows of "
            f"{len(period)}: are durations in hours and periods in days?)"
        )
    unknown = too_long | ~np.isfinite(period + t0 + duration)
    period, t0, duration = (np.where(unknown, np.nan, part) for part in (period, t0, duration))
    return period, t0, duration


def _check_each(
    file: CatalogFile, column: str, values: np.ndarray, wrong: np.ndarray, rule: str
) -> None:
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InputError(f"{file.place(row, column)}: {rule}, got {values[row]:g}")


def _check_median(
    file: CatalogFile, column: str, values: np.ndarray, plausible: tuple[float, float], unit: str
) -> None:
    known = values[np.isfinite(values)]
    if not len(known):
        return
    median, (low, high) = float(np.median(known)), plausible
    if not low <= median <= high:
        raise InputError(
            f"{file.path}: {column} must be in {unit}, but its median is {median:g}, where "
            f"transits have {low:g} to {high:g}"
        )
