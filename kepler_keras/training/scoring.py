"""Scores of a fold's rows that were not fitted, held to what a score must be."""

from dataclasses import dataclass

import numpy as np

from kepler_keras.errors import InputError
from kepler_keras.experiment import Entry
from kepler_keras.record import ScoreKind
from kepler_keras.training.building import named_faults
from kepler_keras.training.fit import Examples, Rows
from kepler_keras.training.fitted import Fitted, FittedEnsemble, Scores
from kepler_keras.training.mirroring import mirror_of


@dataclass(frozen=True)
class PartScores:
    """Scores of rows that were not fitted, shape (n,) each.

    Attributes:
        alone: As this fit scores them.
        shared: What it gives to its ensemble: with `reversal` the mean of both ways round.
    """

    alone: Scores
    shared: Scores


def part_scores(fitted: Fitted, entry: Entry, examples: Examples, rows: Rows) -> PartScores:
    """Scores rows that were not fitted.

    Raises:
        InputError: The model fails, or gives something else than a usable score a row.
    """
    views, both_ways = examples.views[rows], entry.ensemble is not None and entry.ensemble.reversal
    with named_faults(entry, "scoring with"):
        alone = shared = fitted.score(views)
        if both_ways:
            mirror = mirror_of(entry.views, cadence=examples.cadence)
            shared = FittedEnsemble((fitted,), mirror).score(views)
    for scores in (alone, shared):
        _check_scores(scores, len(rows), entry, fitted.score_kind)
    return PartScores(alone, shared)


def _check_scores(scores: Scores, n_rows: int, entry: Entry, kind: ScoreKind) -> None:
    """One score a row, finite, and a probability where it is said to be one."""
    what = f"entry {entry.name!r}: model {entry.model.name!r}"
    if scores.shape != (n_rows,):
        raise InputError(f"{what} must give a score a row, ({n_rows},), got shape {scores.shape}")
    if not np.isfinite(scores).all():
        n = int((~np.isfinite(scores)).sum())
        raise InputError(f"{what} gave {n} of {n_rows} scores that are not finite")
    rounding = 1e-6
    if kind == "probability" and not (-rounding <= scores.min() <= scores.max() <= 1 + rounding):
        raise InputError(
            f"{what} must give probabilities, got {scores.min():g} to {scores.max():g}"
        )
