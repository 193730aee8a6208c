"""Which rows a table of signals makes of stars with flux, with labels and ephemerides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kepler_keras.data.catalog import Catalog, TableKind
from kepler_keras.errors import InputError, suggestion
from kepler_keras.lightcurve.ephemeris import Ephemerides

Rows = Literal["star", "signal"]
EPHEMERIS = ("period", "t0", "duration")


@dataclass(frozen=True)
class LabelledRows:
    """Rows of a data set, made of stars.

    Attributes:
        star: Position of each row's star in the stars that came, shape (n,).
        labels: Shape (n,), int8, 1 = planet.
        ephemerides: In days, t0 on the table's axis (BKJD); NaN where there is none.
        notes: What was left out.
    """

    star: NDArray[np.intp]
    labels: NDArray[np.int8]
    ephemerides: Ephemerides
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Judgement:
    """Which dispositions mean planet, and which mean none."""

    positive: tuple[str, ...]
    negative: tuple[str, ...]

    def label(self, disposition: str) -> int | None:
        """1, 0, or None where the disposition decides nothing."""
        if disposition in self.positive:
            return 1
        return 0 if disposition in self.negative else None


def judge(
    kind: TableKind, positive: Sequence[str] | None, negative: Sequence[str] | None
) -> Judgement:
    """Checks the user's choice of dispositions; None stands for the table's usual ones.

    Raises:
        InputError: A word that the table does not know, none at all, or one in both lists.
    """
    lists = {
        "positive": tuple(kind.positive if positive is None else positive),
        "negative": tuple(kind.negative if negative is None else negative),
    }
    known = (*kind.dispositions, kind.absent)
    for option, words in lists.items():
        if not words:
            raise InputError(f"data.options.{option}: must name at least one disposition")
        for word in words:
            if word not in known:
                raise InputError(
                    f"data.options.{option}: the {kind.signal} table has no disposition "
                    f"{word!r}; {suggestion(word, known)}"
                )
    both = set(lists["positive"]) & set(lists["negative"])
    if both:
        raise InputError(f"data.options.negative: {min(both)!r} is also among the positive ones")
    if kind.absent in lists["positive"]:
        raise InputError(f"data.options.positive: a star with {kind.absent} is no planet's")
    return Judgement(**lists)


def label_rows(
    stars: NDArray[np.str_], catalog: Catalog, judgement: Judgement, *, rows: Rows
) -> LabelledRows:
    """Makes the rows of the given stars.

    ``star``: one row a star. A star with any positive signal is a planet host; otherwise a star
    with any signal that is neither positive nor negative, as a candidate, is left out, for nobody
    knows; the rest are negative. The ephemeris is that of the strongest signal that gave the label
    and has one.

    ``signal``: one row a signal with its own label and ephemeris, so that a star stands in several
    rows with the same flux; signals that are neither are left out. Use it with folded views only:
    unfolded copies of one curve would carry contradicting labels.

    A star without a signal is one row without an ephemeris, if the judgement says that it counts.

    Raises:
        InputError: No row is left.
    """
    table = catalog.frame[catalog.frame["kepid"].isin(stars.tolist())]
    by_star = {str(kepid): signals for kepid, signals in table.groupby("kepid", sort=False)}
    picked: list[tuple[int, int, Sequence[float]]] = []
    for position, star in enumerate(stars.tolist()):
        picked += [
            (position, label, ephemeris)
            for label, ephemeris in _rows_of_star(by_star, star, catalog.kind, judgement, rows)
        ]
    if not picked:
        raise InputError(
            f"{catalog.path}: none of the {len(stars)} stars has a disposition among "
            f"{', '.join((*judgement.positive, *judgement.negative))}"
        )
    columns = np.array([ephemeris for _, _, ephemeris in picked], dtype=np.float64).T
    index = np.array([position for position, _, _ in picked], dtype=np.intp)
    labels = np.array([label for _, label, _ in picked], dtype=np.int8)
    notes = _notes(catalog, judgement, n_stars=len(stars), index=index, labels=labels, rows=rows)
    return LabelledRows(index, labels, Ephemerides(*columns), notes)


def _rows_of_star(
    by_star: Mapping[str, pd.DataFrame],
    star: str,
    kind: TableKind,
    judgement: Judgement,
    rows: Rows,
) -> list[tuple[int, Sequence[float]]]:
    """Label and ephemeris of every row that one star makes."""
    if star not in by_star:
        label = judgement.label(kind.absent)
        return [] if label is None else [(label, (np.nan, np.nan, np.nan))]
    signals = by_star[star]
    labels = [judgement.label(word) for word in signals["disposition"]]
    ephemerides = signals[list(EPHEMERIS)].to_numpy(np.float64).tolist()
    if rows == "signal":
        pairs = zip(labels, ephemerides, strict=True)
        return [(label, ephemeris) for label, ephemeris in pairs if label is not None]
    label = 1 if 1 in labels else None if None in labels else 0
    if label is None:
        return []
    those = [item for item, of in zip(ephemerides, labels, strict=True) if of == label]
    return [(label, next((item for item in those if np.isfinite(item[0])), those[0]))]


def _notes(
    catalog: Catalog,
    judgement: Judgement,
    *,
    n_stars: int,
    index: NDArray[np.intp],
    labels: NDArray[np.int8],
    rows: Rows,
) -> tuple[str, ...]:
    kept = len(np.unique(index))
    left_out = n_stars - kept
    what = "a star" if rows == "star" else f"a {catalog.kind.signal}"
    return (
        f"Labels from {catalog.path.name}: one row {what}; planet: "
        f"{', '.join(judgement.positive)}; none: {', '.join(judgement.negative)}; "
        f"{int(labels.sum())} of {len(labels)} rows are planets.",
        *(
            [f"{left_out} of {n_stars} stars were left out: the table does not decide them."]
            if left_out
            else []
        ),
    )
