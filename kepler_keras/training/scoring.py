"""Scores of a fold's rows, held to what a score must be."""

from dataclasses import dataclass

import numpy as np

from kepler_keras.errors import InputError
from kepler_keras.evaluation.metrics import average_precision
from kepler_keras.experiment import Entry
from kepler_keras.record import ScoreKind
from kepler_keras.training.building import named_faults
from kepler_keras.training.fit import Examples, Rows
from kepler_keras.training.fitted import Fitted, FittedEnsemble, Scores
from kepler_keras.training.mirroring import mirror_of

MOST_TRAINING_ROWS = 5000  # are scored to see how closely they were followed


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
    views, both_ways = (
        examples.views.at(rows),
        entry.ensemble is not None and entry.ensemble.reversal,
    )
    with named_faults(entry, "scoring with"):
        alone = shared = fitted.score(views)
        if both_ways:
            mirror = mirror_of(entry.views, cadence=examples.cadence)
            shared = FittedEnsemble((fitted,), mirror).score(views)
    for scores in (alone, shared):
        _check_scores(scores, len(rows), entry, fitted.score_kind)
    return PartScores(alone, shared)


def train_average_precision(
    fitted: Fitted, entry: Entry, examples: Examples, rows: Rows, *, seed: int
) -> float:
    """How well a model ranks the very rows that it was fitted on, under their own labels.

    The real rows before any remedy; of many rows `MOST_TRAINING_ROWS` are drawn, each class by its
    share. As this fit alone scores them, without `reversal`.

    Args:
        fitted: The model.
        entry: Its entry.
        examples: All views and labels.
        rows: The training rows.
        seed: Of the draw.
    """
    if len(rows) > MOST_TRAINING_ROWS:
        rng, share = np.random.default_rng(seed), MOST_TRAINING_ROWS / len(rows)
        classes = [rows[examples.labels[rows] == label] for label in (0, 1)]
        drawn = [rng.permutation(part)[: max(round(share * len(part)), 1)] for part in classes]
        rows = np.sort(np.concatenate(drawn))
    with named_faults(entry, "scoring with"):
        scores = fitted.score(examples.views.at(rows))
    _check_scores(scores, len(rows), entry, fitted.score_kind)
    return float(average_precision(examples.labels[rows], scores))


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
