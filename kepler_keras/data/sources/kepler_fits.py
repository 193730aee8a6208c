"""Light-curve files of Kepler, K2 and TESS as the archive gives them: one a star and quarter.

Labels and ephemerides come from a table of the NASA Exoplanet Archive, if there is one. Without it
every label is unknown, which is enough to search and to predict.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from kepler_keras.data.catalog import read_catalog
from kepler_keras.data.light_curve_file import (
    FluxColumn,
    Quarter,
    ShortCadenceError,
    read_quarter,
)
from kepler_keras.data.light_curves import UNKNOWN, LightCurves
from kepler_keras.data.missions import KEPLER, Quality
from kepler_keras.data.quarter_list import QuarterList
from kepler_keras.data.quarters import JoinedCurves, Layout, Normalise, join_quarters, lay_out
from kepler_keras.data.signals import LabelledRows, Rows, judge, label_rows
from kepler_keras.errors import InputError
from kepler_keras.experiment import DataPath, TrainTestPaths
from kepler_keras.lightcurve.ephemeris import Ephemerides

ENDINGS = (".fits", ".fits.gz")
NO_FLUX = "no flux at all"


def load(
    path: str | TrainTestPaths | None,
    *,
    flux_column: FluxColumn = "PDCSAP",
    quality: Quality = "default",
    quarters: Sequence[int] | None = None,
    normalise: Normalise = "quarter",
    table: DataPath | None = None,
    rows: Rows = "star",
    positive: Sequence[str] | None = None,
    negative: Sequence[str] | None = None,
) -> LightCurves:
    """Reads one file, or all `.fits` and `.fits.gz` files in a folder and the folders below it.

    Every quarter is normalised by itself; all stars share one grid of cadences, from the smallest
    to the largest cadence number of all files, with NaN where a star has no flux. `start` is the
    time of the first column (BKJD; TESS: BTJD), and ephemerides count from there.

    Args:
        path: The file or folder. Other files in a folder are ignored, short-cadence ones noted.
        flux_column: ``PDCSAP`` or ``SAP``.
        quality: Quality bits whose cadences become gaps: a number, ``default``, ``hard`` or
            ``none``. See `missions` for what the presets hold.
        quarters: Only these quarters (K2: campaigns, TESS: sectors). Stars with different
            quarters have different gaps, which a network may learn instead of transits.
        normalise: ``quarter``: ppm about the median of each quarter; ``none``: e-/s.
        table: CSV of the KOI or the DR24 TCE table; only Kepler's own stars stand in them.
        rows: One row a ``star`` or a ``signal``; see `label_rows`.
        positive: Dispositions that mean planet; by default CONFIRMED, or PC in a TCE table.
        negative: Dispositions that mean none; by default FALSE POSITIVE and NO KOI (a star without
            any), or AFP, NTP and NO TCE.

    Raises:
        InputError: One sentence with file, place, rule and what came.
    """
    if isinstance(quality, int) and (isinstance(quality, bool) or quality < 0):
        raise InputError(f"data.options.quality: must not be negative, got {quality}")
    if table is None and (rows != "star" or positive is not None or negative is not None):
        raise InputError("data.options: rows, positive and negative need a table")
    files = _files(path)
    read, short = _read(files, flux_column, quality, alone=len(files) == 1)
    read, empty = _selected(read, quarters, place=str(path))
    layout = lay_out(read)
    labelled = None
    if table is not None:
        catalog = read_catalog(Path(table))
        _check_kepler(read[0], table)
        judgement = judge(catalog.kind, positive, negative)
        labelled = label_rows(layout.stars, catalog, judgement, rows=rows)
    joined = join_quarters(
        read, normalise=normalise, layout=layout, rows=labelled.star if labelled else None
    )
    notes = [
        *_notes(read, layout, normalise),
        *_counted("file", short, "no long cadence, left out"),
        *_counted("file", [item.path.name for item in empty], "no flux at all, left out"),
    ]
    dark = {item.star for item in empty} - {item.star for item in read}
    left_out = dict.fromkeys(short, "no long cadence") | dict.fromkeys(sorted(dark), NO_FLUX)
    curves = _curves(joined, labelled, tuple(notes))
    return replace(curves, level=1e6 if normalise == "quarter" else 0.0, left_out=left_out)


def _curves(
    joined: JoinedCurves, labelled: LabelledRows | None, notes: tuple[str, ...]
) -> LightCurves:
    labels, ephemerides = np.full(len(joined.stars), UNKNOWN, np.int8), None
    if labelled is not None:
        labels = labelled.labels
        ephemerides = _from_first_column(labelled.ephemerides, joined.grid.start)
        notes = (*labelled.notes, *notes)
    return LightCurves(
        source="kepler_fits",
        flux=joined.flux,
        labels=labels,
        stars=joined.stars,
        cadence=joined.grid.cadence,
        ephemerides=ephemerides,
        start=joined.grid.start,
        notes=notes,
        digest=joined.digest,
    )


def _from_first_column(ephemerides: Ephemerides, start: float) -> Ephemerides:
    """The same transits, by the first mid-transit at or after the first column."""
    t0 = np.mod(ephemerides.t0 - start, ephemerides.period)
    return Ephemerides(ephemerides.period, t0, ephemerides.duration)


def _files(path: str | TrainTestPaths | None) -> list[Path]:
    if not isinstance(path, str):
        came = "nothing" if path is None else "a train and test pair"
        raise InputError(f"data.path: source kepler_fits reads a file or a folder, got {came}")
    if not Path(path).is_dir():
        return [Path(path)]
    found = sorted(
        file
        for file in Path(path).rglob("*")
        if file.name.endswith(ENDINGS) and not file.name.startswith(".") and file.is_file()
    )
    if not found:
        raise InputError(f"{path}: the folder must hold .fits or .fits.gz files, got none")
    return found


def _read(
    files: Sequence[Path], flux_column: FluxColumn, quality: Quality, *, alone: bool
) -> tuple[list[Quarter], list[str]]:
    quarters, short = QuarterList(), []
    for file in files:
        try:
            quarters.add(read_quarter(file, flux_column=flux_column, quality=quality))
        except ShortCadenceError:
            if alone:
                raise
            short.append(file.name)
    if not len(quarters):
        raise InputError(f"{files[0].parent}: all {len(short)} files are short-cadence ones")
    return quarters.quarters(), short


def _selected(
    quarters: Sequence[Quarter], numbers: Sequence[int] | None, *, place: str
) -> tuple[list[Quarter], list[Quarter]]:
    """The quarters that were asked for and have any flux, and those that have none."""
    key = quarters[0].mission.part_key.lower()
    chosen = [item for item in quarters if numbers is None or item.number in numbers]
    if not chosen:
        found = ", ".join(map(str, sorted({item.number for item in quarters})))
        raise InputError(f"{place}: no file is of {key} {numbers}, got {key} {found}")
    bright = [item for item in chosen if np.isfinite(item.flux).any()]
    if not bright:
        raise InputError(f"{chosen[0].path}: no cadence has any flux that the quality bits leave")
    return bright, [item for item in chosen if not np.isfinite(item.flux).any()]


def _check_kepler(quarter: Quarter, table: str) -> None:
    if quarter.mission != KEPLER:
        raise InputError(
            f"{table}: this table lists Kepler's stars by kepid, but {quarter.path} is of "
            f"{quarter.mission.name}, whose numbers mean other stars"
        )


def _notes(quarters: Sequence[Quarter], layout: Layout, normalise: Normalise) -> list[str]:
    grid, mission = layout.grid, quarters[0].mission
    measured = Counter[str]()
    for item in quarters:
        measured[item.star] += int(np.isfinite(item.flux).sum())
    known = [count / grid.n_columns for count in measured.values()]
    unit = "ppm about each median" if normalise == "quarter" else "e-/s"
    counts = Counter(item.star for item in quarters)
    return [
        f"{len(quarters)} files of {len(counts)} stars ({mission.name}, "
        f"{min(counts.values())} to {max(counts.values())} files a star), flux in {unit}.",
        f"{grid.n_columns} columns of {grid.cadence * 1440:.4f} min from {mission.axis} "
        f"{grid.start:.4f}; the files' own times lie within {grid.deviation * 1440:.1f} min of "
        "their columns'.",
        f"The stars have flux in {min(known):.1%} to {max(known):.1%} of the columns.",
        *_repairs(quarters),
    ]


def _repairs(quarters: Sequence[Quarter]) -> list[str]:
    masked = sum(item.n_masked for item in quarters)
    zero = sum(item.n_zero for item in quarters)
    negative = sum(item.n_negative for item in quarters)
    said = [
        (masked, f"{masked} values were taken out by their quality bits."),
        (zero, f"{zero} values of exactly 0 e-/s were taken out: they are fillings."),
        (negative, f"{negative} values are negative electron rates; they were kept."),
    ]
    unsorted = [item.path.name for item in quarters if not item.was_sorted]
    sentences = [sentence for count, sentence in said if count]
    return sentences + _counted("file", unsorted, "rows out of order, sorted by CADENCENO")


def _counted(what: str, names: Sequence[str], problem: str) -> list[str]:
    if not names:
        return []
    return [f"{len(names)} {what}{'s' * (len(names) > 1)} ({names[0]} first): {problem}."]
