"""All measures of every entry, from the predictions table alone.

Ranking measures are the mean over folds of the fold's own value: scores of two fitted models are
never ranked together. Counts, precision, recall and F1 come from counts summed over the folds of a
repeat, averaged over repeats, so that a fold with one planet is no fold of 0 or 100 %.

At a stated prevalence all of them are weighted to it; the confusion stays in whole rows.

Scores may be decision values of any size, which rank and can be cut at a threshold. The measures
that take a score for a probability are not computed of them, wherever the values happen to lie.
"""

from collections.abc import Collection, Mapping
from functools import partial

import numpy as np
import pandas as pd

from kepler_keras.evaluation.estimates import Confusion, EntrySummary
from kepler_keras.evaluation.folds import FoldScores, folds_of
from kepler_keras.evaluation.intervals import estimates
from kepler_keras.evaluation.measures import CALIBRATION, COUNTED, METRICS, RANKING, statistics
from kepler_keras.evaluation.processes import by_entry
from kepler_keras.evaluation.threshold_rules import BEST_F1, ThresholdRule
from kepler_keras.evaluation.uncertainty import DRAWS, Drawing, StarWeights, drawing_for

__all__ = ["CALIBRATION", "COUNTED", "METRICS", "RANKING", "FoldScores", "folds_of", "statistics"]


def summarise(
    predictions: pd.DataFrame,
    *,
    prevalence: float | None = None,
    decision: Collection[str] = (),
    rules: Mapping[str, ThresholdRule] | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> dict[str, EntrySummary]:
    """Summarises every entry of a predictions table, in the table's order.

    Args:
        predictions: As `evaluation.predictions` describes it.
        prevalence: The share of planets at which everything but the confusion is computed; None
            takes each fold's own.
        decision: Entries whose scores are decision values; their summaries lack `CALIBRATION`.
        rules: Of entries whose threshold is not that of the best F1.
        draws: Bootstrap draws of each interval.
        seed: Seed of the star weights, which all entries share.
    """
    work = partial(
        _summaries,
        prevalence=prevalence,
        decision=frozenset(decision),
        rules=dict(rules or {}),
        drawing=drawing_for(predictions, draws=draws, seed=seed),
    )
    return by_entry(work, predictions)


def _summaries(
    predictions: pd.DataFrame,
    *,
    prevalence: float | None,
    decision: frozenset[str],
    rules: Mapping[str, ThresholdRule],
    drawing: Drawing,
) -> dict[str, EntrySummary]:
    """Of some entries, each with the star weights that all share."""
    weights = drawing.weights()
    found = {}
    for name, rows in predictions.groupby("entry", sort=False):
        key = str(name)
        folds = folds_of(
            rows,
            prevalence=prevalence,
            probabilities=key not in decision,
            rule=rules.get(key, BEST_F1),
        )
        found[key] = _summarise_entry(key, folds, weights, seed=drawing.seed)
    return found


def _summarise_entry(
    name: str, folds: list[FoldScores], weights: StarWeights, *, seed: int
) -> EntrySummary:
    cells = np.sum([fold.cells() for fold in folds], axis=0)
    tp, fp, fn, tn = (cells / len({fold.repeat for fold in folds})).tolist()
    prevalence = folds[0].prevalence
    return EntrySummary(
        name=name,
        metrics=estimates(folds, weights, seed=seed),
        thresholds=tuple(fold.threshold for fold in folds),
        confusion=Confusion(tp, fp, fn, tn),
        planet_stars=_stars(folds, 1),
        other_stars=_stars(folds, 0),
        always_no=(fp + tn) / (tp + fp + fn + tn) if prevalence is None else 1 - prevalence,
    )


def _stars(folds: list[FoldScores], label: int) -> int:
    """How many stars have a test row of a label; some may have rows of both."""
    return len(np.unique(np.concatenate([fold.stars[fold.labels == label] for fold in folds])))
