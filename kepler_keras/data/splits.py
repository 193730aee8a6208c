"""Folds by star: who trains, who validates, who is tested, the same for every entry.

Positives are counted in stars. A star with any planet among its rows is a positive star, and all
rows of a star stand on one side of a fold.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.prevalence import thin_folds
from kepler_keras.errors import InputError
from kepler_keras.experiment import Protocol

Rows = NDArray[np.int64]
PARTS = ("train", "validation", "test")


@dataclass(frozen=True)
class Fold:
    """Row indices of the three parts of one fold, each ascending."""

    repeat: int
    fold: int
    train: Rows
    validation: Rows
    test: Rows


@dataclass(frozen=True)
class Split:
    """All folds, repeat by repeat, and sentences that a reader of the report should know."""

    folds: tuple[Fold, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PartCounts:
    """How many rows, stars and positive stars one part of one fold holds."""

    repeat: int
    fold: int
    part: str
    n_examples: int
    n_stars: int
    n_positive_stars: int


def make_folds(curves: LightCurves, protocol: Protocol) -> Split:
    """Draws the folds that a protocol asks for.

    ``kfold``: stratified folds over stars, drawn anew in each repeat. ``given``: one fold whose
    test part came with the data or is named by `protocol.test_stars`; training rows whose star
    stands in the test set are dropped. In both, a share of the training stars of each class
    becomes the validation part, and rows that may not train stand in tests only. Where the protocol
    states a prevalence, both parts are thinned to it by `data.prevalence`.

    The folds depend on the set of stars, their classes, the protocol's seed, repeat and fold, and
    not on the order of the rows.

    Raises:
        InputError: Too few positive or negative stars for the folds, for validation or for the
            prevalence, or no test set where one should be given.
    """
    if protocol.split == "given":
        split = _given_split(curves, protocol)
    else:
        split = Split(tuple(_drawn_folds(curves, protocol)))
    for fold in split.folds:
        _check_both_classes(fold, curves)
    split = thin_folds(split, curves, protocol)
    check_split(split, curves)
    return split


def _drawn_folds(curves: LightCurves, protocol: Protocol) -> Iterator[Fold]:
    stars, positive = stars_by_class(curves.stars, curves.labels)
    for n, kind in ((positive.sum(), "positive"), ((~positive).sum(), "negative")):
        if n < protocol.folds:
            raise InputError(
                f"protocol.folds: {protocol.folds} folds need at least {protocol.folds} {kind} "
                f"stars, the data hold {n} {kind} stars among {len(stars)}"
            )
    for repeat in range(protocol.repeats):
        fold_of_star = _deal(curves, protocol.folds, np.random.default_rng([protocol.seed, repeat]))
        fold_of_row = fold_of_star[np.searchsorted(stars, curves.stars)]
        for fold in range(protocol.folds):
            yield _fold(curves, protocol, repeat=repeat, fold=fold, is_test=fold_of_row == fold)


def _deal(curves: LightCurves, folds: int, generator: np.random.Generator) -> Rows:
    """Deals the unique stars out to the folds like cards, positive stars first.

    So the folds' counts of positive and of negative stars differ by one at most, and so do those
    of the stars that may also train: no fold's test takes more of these than it must.
    """
    stars, positive = stars_by_class(curves.stars, curves.labels)
    trains, trains_positive = stars_by_class(
        curves.stars[curves.may_train], curves.labels[curves.may_train]
    )
    useful = np.isin(stars, trains[trains_positive]) | (~positive & np.isin(stars, trains))
    shuffled = generator.permutation(len(stars))
    dealt = shuffled[np.lexsort((~useful[shuffled], ~positive[shuffled]))]
    fold_of_star = np.empty(len(stars), np.int64)
    fold_of_star[dealt] = np.arange(len(stars)) % folds
    return fold_of_star


def _given_split(curves: LightCurves, protocol: Protocol) -> Split:
    is_test = _given_test(curves, protocol)
    overlap = ~is_test & np.isin(curves.stars, curves.stars[is_test])
    fold = _fold(curves, protocol, repeat=0, fold=0, is_test=is_test)
    if not overlap.any():
        return Split((fold,))
    n_stars = len(np.unique(curves.stars[overlap]))
    n_positive = int((curves.labels[overlap] == 1).sum())
    note = (
        f"{int(overlap.sum())} training rows ({n_positive} of them planets) of {n_stars} stars "
        "were dropped, because the same stars stand in the given test set."
    )
    return Split((fold,), (note,))


def _given_test(curves: LightCurves, protocol: Protocol) -> NDArray[np.bool_]:
    """The test rows of a given split."""
    if curves.given_test is not None:
        if protocol.test_stars:
            raise InputError(
                f"protocol.test_stars: the source {curves.source} already brings a test set; "
                "leave the stars out, or give one file only"
            )
        return curves.given_test
    if not protocol.test_stars:
        raise InputError(
            f"protocol.split: given needs a test set, but the source {curves.source} brings none "
            "and protocol.test_stars names no stars"
        )
    known = np.unique(curves.stars).tolist()
    for star in protocol.test_stars:
        if star not in known:
            near = get_close_matches(star, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"its first star is {known[0]!r}"
            raise InputError(f"protocol.test_stars: the data hold no star {star!r}; {hint}")
    result: NDArray[np.bool_] = np.isin(curves.stars, protocol.test_stars)
    return result


def _fold(
    curves: LightCurves,
    protocol: Protocol,
    *,
    repeat: int,
    fold: int,
    is_test: NDArray[np.bool_],
) -> Fold:
    """One fold around its test rows: of the other stars, some validate and the rest train."""
    usable = curves.may_train & ~np.isin(curves.stars, curves.stars[is_test])
    stars, positive = stars_by_class(curves.stars[usable], curves.labels[usable])
    # From 1: a trailing 0 would give the stream that dealt the stars out.
    generator = np.random.default_rng([protocol.seed, repeat, fold + 1])
    chosen = [
        draw_stars(stars[positive == kind], protocol.validation_share, generator)
        for kind in (True, False)
    ]
    validates = np.isin(curves.stars, np.concatenate(chosen))
    return Fold(
        repeat=repeat,
        fold=fold,
        train=np.flatnonzero(usable & ~validates),
        validation=np.flatnonzero(usable & validates),
        test=np.flatnonzero(is_test),
    )


def draw_stars(
    stars: NDArray[np.str_], share: float, generator: np.random.Generator
) -> NDArray[np.str_]:
    """A random share of stars, below a half; of two or more stars at least one is drawn."""
    if len(stars) < 2:
        return stars[:0]
    return generator.permutation(stars)[: max(round(share * len(stars)), 1)]


def stars_by_class(
    stars: NDArray[np.str_], labels: NDArray[np.int8]
) -> tuple[NDArray[np.str_], NDArray[np.bool_]]:
    """Unique stars, sorted, and which of them are positive."""
    names = np.unique(stars)
    return names, np.isin(names, stars[labels == 1])


def _check_both_classes(fold: Fold, curves: LightCurves) -> None:
    """Refuses a fold in which a part lacks one class."""
    counts = {part: _count(fold, part, curves) for part in PARTS}
    for part, count in counts.items():
        n_negative = count.n_stars - count.n_positive_stars
        for n, kind in ((count.n_positive_stars, "positive"), (n_negative, "negative")):
            if n == 0:
                came = ", ".join(
                    f"{name} {item.n_positive_stars} of {item.n_stars}"
                    for name, item in counts.items()
                )
                raise InputError(
                    f"protocol: the {part} part of repeat {fold.repeat} fold {fold.fold} must "
                    f"hold at least one {kind} star, got none; positive stars are: {came}"
                )


def _count(fold: Fold, part: str, curves: LightCurves) -> PartCounts:
    rows = getattr(fold, part)
    stars, positive = stars_by_class(curves.stars[rows], curves.labels[rows])
    return PartCounts(fold.repeat, fold.fold, part, len(rows), len(stars), int(positive.sum()))


def summarise_parts(split: Split, curves: LightCurves) -> list[PartCounts]:
    """Counts of every part of every fold: train, validation and test in turn."""
    return [_count(fold, part, curves) for fold in split.folds for part in PARTS]


def folds_table(split: Split, curves: LightCurves) -> pd.DataFrame:
    """The folds as ids: repeat, fold, example_id, star, part; sorted by these.

    `example_id` is the row of `curves`.
    """
    frames = [
        pd.DataFrame(
            {
                "repeat": fold.repeat,
                "fold": fold.fold,
                "example_id": getattr(fold, part),
                "star": curves.stars[getattr(fold, part)],
                "part": part,
            }
        )
        for fold in split.folds
        for part in PARTS
    ]
    table = pd.concat(frames, ignore_index=True)
    return table.sort_values(["repeat", "fold", "example_id"], ignore_index=True)


def check_split(split: Split, curves: LightCurves) -> None:
    """Makes sure that no star leaks; a failure is a fault of this package, not of the user.

    Raises:
        ValueError: A star stands in two parts of a fold or in two test folds of a repeat, a row
            stands twice in a part, or a row that may not train stands outside a test.
    """
    tested: dict[tuple[int, str], int] = {}
    for fold in split.folds:
        place = f"repeat {fold.repeat} fold {fold.fold}"
        part_of: dict[str, str] = {}
        for part in PARTS:
            rows = getattr(fold, part)
            if len(np.unique(rows)) != len(rows):
                raise ValueError(f"{place}: a row stands twice in {part}")
            if part != "test" and not curves.may_train[rows].all():
                raise ValueError(f"{place}: a row that may not train stands in {part}")
            for star in np.unique(curves.stars[rows]).tolist():
                if part_of.setdefault(star, part) != part:
                    raise ValueError(f"{place}: star {star} stands in {part_of[star]} and {part}")
        for star in np.unique(curves.stars[fold.test]).tolist():
            other = tested.setdefault((fold.repeat, star), fold.fold)
            if other != fold.fold:
                raise ValueError(f"{place}: star {star} is tested in fold {other} too")
