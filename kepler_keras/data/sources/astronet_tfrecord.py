"""AstroNet's layout: TFRecord files of tf.Example with ready views, a label and a star each.

Shallue & Vanderburg 2018 (AJ 155:94) wrote `global_view`, `local_view`, `av_training_set` and
`kepid` beside the columns of the archive's table; Yu et al. 2019 (AJ 158:25) have `Disposition` and
`tic_id` instead. Views are scaled already (median 0, minimum -1) and are taken as they stand.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.example_record import ExampleRecord, read_examples
from kepler_keras.data.label_like import check_scalar_names, check_scalar_values
from kepler_keras.data.light_curves import UNKNOWN, LightCurves, Scalars
from kepler_keras.data.tfrecord_shards import AUTO, Shards, find_shards
from kepler_keras.errors import InputError, suggestion
from kepler_keras.experiment import TrainTestPaths
from kepler_keras.lightcurve.ephemeris import Ephemerides

# Period, mid-transit time and duration, as AstroNet and as Yu et al. 2019 name them; both give all
# three in days (the writers have divided the archive's hours by 24).
EPHEMERIS_COLUMNS = (
    ("tce_period", "tce_time0bk", "tce_duration"),
    ("Period", "Epoc", "Duration"),
    ("Period", "Epoch", "Duration"),
)
HOURS_A_DAY = 24.0


@dataclass(frozen=True)
class _Layout:
    """Which features are read, and what the labels mean."""

    label: str | None
    star: str
    views: tuple[str, ...]
    scalars: tuple[str, ...]
    logarithms: tuple[str, ...]
    ephemeris: tuple[str, ...]
    positive: tuple[str, ...]
    negative: tuple[str, ...] | None
    left_out: tuple[str, ...]


@dataclass
class _Rows:
    """What the records gave so far; lists have one element for each record that is kept."""

    views: dict[str, list[NDArray[np.float32]]]
    labels: list[str] = field(default_factory=list)
    stars: list[str] = field(default_factory=list)
    numbers: list[list[float]] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    known: set[str] = field(default_factory=set)
    n_train: int = 0


def load(
    path: str | TrainTestPaths | None,
    *,
    label_column: str | None = "av_training_set",
    positive: Sequence[str] = ("PC",),
    negative: Sequence[str] | None = None,
    left_out: Sequence[str] = ("UNK",),
    star_column: str = "kepid",
    views: Sequence[str] = ("global_view", "local_view"),
    scalars: Sequence[str] = (),
    logarithms: Sequence[str] = (),
    ephemeris: Sequence[str] | None = None,
    duration_unit: Literal["days", "hours"] = "days",
    test_split: str = AUTO,
) -> LightCurves:
    """Reads the records of one or many files.

    Args:
        path: A file, a folder, a pattern such as `data/train-*`, or a pair of such whose second one
            becomes `given_test`. Numbered files are read in order of their names.
        label_column: The feature that holds the label, a text or a whole number; None reads none,
            every label is unknown and no record is left out.
        positive: Labels of planets: the positive class.
        negative: Labels of the other class; None takes all others, and says which in a note.
        left_out: Labels whose records are left out.
        star_column: The feature that holds the star, a text or a whole number.
        views: Features that are views; the first is also the flux that a report shows.
        scalars: Features with one number each; missing ones become NaN. Label-like ones and ids are
            refused.
        logarithms: Those of `scalars` that become their logarithm to base 10, as what spans
            decades should; values that are not positive have none and become NaN.
        ephemeris: Features of period, mid-transit time and duration; None looks for those of
            AstroNet, an empty list reads none. The mid-transit time stays on the record's own axis
            (BKJD, BTJD), since phase bins have no first cadence.
        duration_unit: Unit of the duration; period and time are in days.
        test_split: Which of the published splits in a folder is `given_test`: `auto` is `test`, or
            `val` where there is no `test`; `none` is none; else the name its files begin with.

    Raises:
        InputError: One sentence with file, record, feature, rule and what came.
    """
    shards = find_shards(path, test_split=test_split)
    layout = _Layout(
        label=label_column,
        star=star_column,
        views=tuple(views),
        scalars=tuple(scalars),
        logarithms=tuple(logarithms),
        ephemeris=_ephemeris_columns(shards, ephemeris),
        positive=tuple(positive),
        negative=None if negative is None else tuple(negative),
        left_out=tuple(left_out),
    )
    _check_options(layout)
    rows = _read(shards, layout)
    return _light_curves(shards, layout, rows, duration_unit)


def _ephemeris_columns(shards: Shards, asked: Sequence[str] | None) -> tuple[str, ...]:
    """The features of the ephemeris; where nothing is asked for, those of the first record."""
    if asked is None:
        features = next(read_examples(shards.train[0])).features
        complete = (names for names in EPHEMERIS_COLUMNS if features.keys() >= set(names))
        return next(complete, ())
    if len(asked) not in (0, 3):
        raise InputError(
            "data.options.ephemeris: three features are needed, for period, mid-transit time and "
            f"duration, or none, got {len(asked)}"
        )
    return tuple(asked)


def _check_options(layout: _Layout) -> None:
    """Refuses options that contradict each other, before anything long is read."""
    if not layout.views or len(set(layout.views)) < len(layout.views):
        raise InputError(
            f"data.options.views: one or more different views are needed, got {[*layout.views]}"
        )
    if not layout.positive:
        raise InputError("data.options.positive: a label of planets is needed, got none")
    meanings = Counter([*layout.positive, *(layout.negative or ()), *layout.left_out])
    for label, n in meanings.items():
        if n > 1:
            raise InputError(
                f"data.options: the label {label!r} must stand once in positive, negative or "
                f"left_out, got it {n} times"
            )
    check_scalar_names(layout.scalars, place="data.options.scalars")
    for name in layout.logarithms:
        if name not in layout.scalars:
            hint = suggestion(name, layout.scalars)
            raise InputError(f"data.options.logarithms: {name!r} is not in scalars; {hint}")


def _read(shards: Shards, layout: _Layout) -> _Rows:
    """Reads all files, those of the test set last."""
    rows = _Rows(views={name: [] for name in layout.views})
    for file in shards.train:
        _read_file(file, layout, rows)
    rows.n_train = len(rows.labels)
    for file in shards.test:
        _read_file(file, layout, rows)
    return rows


def _read_file(file: Path, layout: _Layout, rows: _Rows) -> None:
    for record in read_examples(file):
        label = "" if layout.label is None else record.text(layout.label)
        if layout.label is not None:
            if label in layout.left_out:
                rows.left_out[label] += 1
                continue
            _check_label(record, label, layout)
        for name, curves in rows.views.items():
            curves.append(_equally_long(record, name, curves))
        rows.labels.append(label)
        rows.stars.append(record.text(layout.star))
        rows.numbers.append([record.number(name) for name in (*layout.scalars, *layout.ephemeris)])
        rows.known |= record.features.keys()


def _check_label(record: ExampleRecord, label: str, layout: _Layout) -> None:
    if layout.negative is not None and label not in (*layout.positive, *layout.negative):
        known = ", ".join(sorted((*layout.positive, *layout.negative, *layout.left_out)))
        raise InputError(
            f"{record.place}: feature {layout.label!r} must be one of {known}, got {label!r}"
        )


def _equally_long(
    record: ExampleRecord, name: str, earlier: Sequence[NDArray[np.float32]]
) -> NDArray[np.float32]:
    curve = record.curve(name)
    if earlier and len(curve) != len(earlier[0]):
        raise InputError(
            f"{record.place}: feature {name!r} must have {len(earlier[0])} bins like the records "
            f"before it, got {len(curve)}"
        )
    return curve


def _light_curves(shards: Shards, layout: _Layout, rows: _Rows, duration_unit: str) -> LightCurves:
    """Puts the records together, and checks what only all of them together can show."""
    labels, label_note = _judged(rows, layout)
    numbers = np.array(rows.numbers, dtype=np.float64).reshape(len(labels), -1)
    _check_present((*layout.scalars, *layout.ephemeris), numbers, rows.known)
    n_scalars = len(layout.scalars)
    scalars = Scalars(layout.scalars, _with_logarithms(numbers[:, :n_scalars], layout))
    if layout.label is not None:
        check_scalar_values(layout.scalars, scalars.values, labels, place="data.options.scalars")
    ephemerides, notes = _ephemerides(numbers[:, n_scalars:], duration_unit)
    views = {name: np.stack(curves) for name, curves in rows.views.items()}
    return LightCurves(
        source="astronet_tfrecord",
        flux=views[layout.views[0]],
        labels=labels,
        stars=np.array(rows.stars),
        cadence=None,
        folded=True,
        ephemerides=ephemerides,
        given_test=np.arange(len(labels)) >= rows.n_train if shards.test else None,
        views=views,
        scalars=scalars if layout.scalars else None,
        notes=(*shards.notes, label_note, *notes),
    )


def _with_logarithms(numbers: NDArray[np.float64], layout: _Layout) -> NDArray[np.float32]:
    """Scalars (n, k), some of them as logarithms to base 10."""
    result = numbers.copy()
    for column in (layout.scalars.index(name) for name in layout.logarithms):
        values = np.where(numbers[:, column] > 0, numbers[:, column], np.nan)
        result[:, column] = np.log10(values)
    return result.astype(np.float32)


def _judged(rows: _Rows, layout: _Layout) -> tuple[NDArray[np.int8], str]:
    """Labels as 0 and 1, or all unknown, and a note on what became what."""
    if layout.label is None:
        return np.full(len(rows.labels), UNKNOWN, np.int8), "No labels were read."
    counts = Counter(rows.labels)
    if not counts:
        raise InputError(
            f"data.options.left_out: every record was left out: {_counted(rows.left_out)}"
        )
    for label in layout.positive:
        # A misspelt planet label would make its planets negatives, unless these are named too.
        if label not in counts and layout.negative is None:
            raise InputError(
                f"data.options.positive: no record has the {layout.label} {label!r}; "
                f"{suggestion(label, counts)}"
            )
    planets = Counter({label: counts[label] for label in layout.positive})
    others = Counter({label: n for label, n in counts.items() if label not in planets})
    left_out = f"; left out are {_counted(rows.left_out)}" if rows.left_out else ""
    note = (
        f"By {layout.label}, the positive class is {_counted(planets)}; the negative class is "
        f"{_counted(others)}{left_out}."
    )
    return np.array([label in planets for label in rows.labels], dtype=np.int8), note


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{label} ({n})" for label, n in sorted(counts.items())) or "empty"


def _check_present(names: Sequence[str], numbers: NDArray[np.float64], known: set[str]) -> None:
    for name, column in zip(names, numbers.T, strict=True):
        if np.isnan(column).all():
            hint = "it is NaN in all of them" if name in known else suggestion(name, known)
            raise InputError(f"data.options: no record has a number {name!r}; {hint}")


def _ephemerides(
    columns: NDArray[np.float64], duration_unit: str
) -> tuple[Ephemerides | None, tuple[str, ...]]:
    """Ephemerides in days from columns (n, 3), or None from (n, 0); NaN where they cannot be."""
    if not columns.shape[1]:
        return None, ()
    period, t0, duration = columns.T.copy()
    if duration_unit == "hours":
        duration /= HOURS_A_DAY
    usable = np.isfinite(period + t0 + duration) & (period > 0) & (duration > 0)
    longer = usable & (duration >= period)
    if longer.sum() > usable.sum() / 2:
        raise InputError(
            f"data.options.duration_unit: read in {duration_unit}, the duration is longer than the "
            f"period in {longer.sum()} of {usable.sum()} records; durations may be in hours"
        )
    unknown = ~usable | longer
    for column in (period, t0, duration):
        column[unknown] = np.nan
    note = (
        f"{unknown.sum()} of {len(unknown)} ephemerides count as unknown: a number is missing or "
        "not positive, or the duration is longer than the period."
    )
    return Ephemerides(period, t0, duration), (note,) if unknown.any() else ()
