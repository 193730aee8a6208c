"""What else a user may point to: tables of signals, the record of a comparison."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from kepler_keras.data.catalog_file import read_catalog_file
from kepler_keras.data.file_start import Start
from kepler_keras.data.info_curves import Info
from kepler_keras.errors import InputError

LEAST_MEDIAN_HOURS = 1.0  # transits shorter than this are rare; a median below it is in days
# Names of star, number, period, mid-transit, duration and judgement.
KOI_COLUMNS = (
    "kepid",
    "kepoi_name",
    "koi_period",
    "koi_time0bk",
    "koi_duration",
    "koi_disposition",
)
TCE_COLUMNS = (
    "kepid",
    "tce_plnt_num",
    "tce_period",
    "tce_time0bk",
    "tce_duration",
    "av_training_set",
)


def examine_table(start: Start) -> Info:
    """Describes a KOI or TCE table of the Exoplanet Archive.

    Raises:
        InputError: It cannot be read, or a column is missing.
    """
    is_koi = "koi_disposition" in start.header or "kepoi_name" in start.header
    columns = KOI_COLUMNS if is_koi else TCE_COLUMNS
    frame = _read_table(start.path, columns)
    star, _, period, _, duration, judgement = columns
    counts = Counter(frame[judgement].fillna("no disposition").astype(str))
    several = int((frame[star].value_counts() > 1).sum())
    days = f"{frame[period].min():.3g} to {frame[period].max():.4g} d"
    hours = f"{frame[duration].min():.3g} to {frame[duration].max():.3g} h"
    return Info(
        path=start.path,
        what=f"table of {'KOIs' if is_koi else 'TCEs'}, one signal a row",
        facts=(
            ("rows", f"{len(frame)}, of {frame[star].nunique()} stars"),
            ("stars", f"{several} have more than one signal: split by star"),
            ("classes", ", ".join(f"{n} {name}" for name, n in counts.most_common())),
            ("periods", days),
            ("durations", hours),
        ),
        problems=tuple(_table_problems(frame, columns)),
        classes=dict(counts.most_common()),
        signals=pd.DataFrame(
            {
                "period": frame[period],
                "duration": frame[duration],
                "disposition": frame[judgement].fillna("no disposition"),
            }
        ),
    )


def _read_table(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    read_catalog_file(path)  # refuses a table cut short, which pandas would fill with NaN
    try:
        frame = pd.read_csv(path, comment="#", usecols=lambda name: name in columns)
    except (OSError, ValueError) as error:  # pandas' own errors are ValueErrors
        reason = " ".join(str(error).split())
        raise InputError(f"{path}: cannot read the table: {reason}") from error
    for name in columns:
        if name not in frame.columns:
            raise InputError(f"{path}: the column {name!r} is missing")
    for name in columns[2:5]:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            raise InputError(f"{path}: column {name}: must hold numbers, got text")
    return frame


def _table_problems(frame: pd.DataFrame, columns: tuple[str, ...]) -> Iterator[str]:
    star, number, period, t0, duration, _ = columns
    for name in (period, t0, duration):
        missing = int(frame[name].isna().sum())
        if missing:
            yield f"{missing} of {len(frame)} rows have no {name}."
    for name in (period, duration):
        wrong = int((frame[name] <= 0).sum())
        if wrong:
            yield f"{wrong} of {len(frame)} rows have a {name} that is not positive."
    again = int(frame.duplicated([star, number]).sum())
    if again:
        yield f"{again} rows repeat the {star} and {number} of an earlier one."
    if frame[duration].median() < LEAST_MEDIAN_HOURS:
        median = frame[duration].median()
        yield f"The median of {duration} is {median:.3g}: hours are due, not days."


def examine_record(start: Start) -> Info:
    """Describes what `kepler-keras compare` left in a report folder.

    Raises:
        InputError: record.json is none.
    """
    path = start.path / "record.json"
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        data, experiment = record["data"], record["experiment"]
        entries = ", ".join(entry["name"] for entry in experiment["entries"])
        facts = (
            ("experiment", f"{experiment['name']}: {experiment['question']}"),
            ("entries", entries),
            ("data", f"{data['n_examples']} examples of {data['n_stars']} stars"),
            ("classes", f"{data['n_positive']} planet ({data['n_positive_stars']} stars)"),
            ("fits", f"{len(record['fits'])}"),
            ("made by", str(record["command"])),
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(f"{path}: is no record of a comparison: {error}") from error
    quick = ("A quick run: its figures mean nothing.",) if record.get("quick") else ()
    problems = tuple(data["warnings"]) + quick
    if "predictions.parquet" not in start.names:
        problems += ("predictions.parquet is missing: no report can be made from it.",)
    n_other = data["n_examples"] - data["n_positive"]
    return Info(
        path=start.path,
        what="record of a comparison",
        facts=facts,
        problems=problems,
        notes=tuple(data["notes"]),
        classes={"planet": data["n_positive"], "no planet": n_other},
    )
