"""Rows thinned to a stated share of planets, for training and for choosing thresholds.

A model that is fitted where every third row is a planet believes in planets. Catalogues of
dispositions hold so many, surveys do not: a comparison at a stated prevalence trains and validates
near it. Test rows stay whole, because evaluation can weight them where training would have to
throw them away.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.light_curves import LightCurves
from kepler_keras.errors import InputError
from kepler_keras.experiment import Protocol

if TYPE_CHECKING:  # `splits` thins the folds that it makes
    from kepler_keras.data.splits import Fold, Split

Rows = NDArray[np.int64]
THINNED = ("train", "validation")


def thin_folds(split: "Split", curves: LightCurves, protocol: Protocol) -> "Split":
    """Thins training and validation rows of every fold to the prevalence of the protocol.

    Of the class that is too frequent a random share is dropped, all rows of the other class stay;
    dropped rows stand in no part of the fold, test rows stay as they are. The choice depends on
    the seed, repeat, fold and part, and on the order of the rows within a star only.

    Args:
        split: Folds by star.
        curves: The data that were split.
        protocol: Its `prevalence`; None leaves the split as it is.

    Raises:
        InputError: A part would be left without a planet or without another row.
    """
    if protocol.prevalence is None:
        return split
    folds = tuple(_thin_fold(fold, curves, protocol) for fold in split.folds)
    note = _note(split.folds, folds, curves, protocol.prevalence)
    return replace(split, folds=folds, notes=(*split.notes, note))


def refit_rows(curves: LightCurves, protocol: Protocol) -> Rows:
    """The rows of the model that is handed out: all that may train, thinned as the folds are.

    Raises:
        InputError: No planet or no other row would be left.
    """
    rows = np.flatnonzero(curves.may_train)
    # Folds have no 0 in the third place, and a trailing 0 would not count.
    return _thin(rows, curves, protocol, stream=(0, 0, 1), what="the rows of the last fit")


def _thin_fold(fold: "Fold", curves: LightCurves, protocol: Protocol) -> "Fold":
    train, validation = (
        _thin(
            getattr(fold, part),
            curves,
            protocol,
            stream=(fold.repeat, fold.fold + 1, number),
            what=f"the {part} part of repeat {fold.repeat} fold {fold.fold}",
        )
        for number, part in enumerate(THINNED, start=1)
    )
    return replace(fold, train=train, validation=validation)


def _thin(
    rows: Rows, curves: LightCurves, protocol: Protocol, *, stream: Sequence[int], what: str
) -> Rows:
    """The rows that are kept, ascending; `stream` sets the random numbers apart."""
    if protocol.prevalence is None:
        return rows
    rows = rows[np.argsort(curves.stars[rows], kind="stable")]
    planet = curves.labels[rows] == 1
    n_planets, n_others = int(planet.sum()), int((~planet).sum())
    planets_to_others = protocol.prevalence / (1 - protocol.prevalence)
    keep_planets = min(n_planets, round(n_others * planets_to_others))
    keep_others = min(n_others, round(n_planets / planets_to_others))
    for kept, kind in ((keep_planets, "planet"), (keep_others, "other row")):
        if kept == 0:
            raise InputError(
                f"protocol.prevalence: {protocol.prevalence:g} must leave at least one planet and "
                f"one other row in every part, but leaves no {kind} in {what}, which holds "
                f"{n_planets} planets and {n_others} other rows"
            )
    generator = np.random.default_rng([protocol.seed, *stream])
    kept_rows = [
        generator.permutation(rows[of_class])[:kept]
        for of_class, kept in ((planet, keep_planets), (~planet, keep_others))
    ]
    return np.sort(np.concatenate(kept_rows))


def _note(
    before: Sequence["Fold"], after: Sequence["Fold"], curves: LightCurves, prevalence: float
) -> str:
    """What was done, with its counts."""
    counts = [
        f"{_kept(before, after, part, curves, label=1)} planets and "
        f"{_kept(before, after, part, curves, label=0)} other rows for {words}"
        for part, words in zip(THINNED, ("training", "validation"), strict=True)
    ]
    together = "" if len(after) == 1 else f", added up over {len(after)} folds"
    return (
        f"Rows were thinned at random to a share of planets of {prevalence:g}: {counts[0]} and "
        f"{counts[1]} were kept{together}. Test rows are whole, and weighted to that share."
    )


def _kept(
    before: Sequence["Fold"], after: Sequence["Fold"], part: str, curves: LightCurves, *, label: int
) -> str:
    kept, all_ = (
        sum(int(((curves.labels[getattr(fold, part)] == 1) == label).sum()) for fold in folds)
        for folds in (after, before)
    )
    return f"{kept} of {all_}"
