"""All measures of every entry, from the predictions table alone.

Ranking measures are the mean over folds of the fold's own value: scores of two fitted models are
never ranked together. Counts, precision, recall and F1 come from counts summed over the folds of a
repeat, averaged over repeats, so that a fold with one planet is no fold of 0 or 100 %.

At a stated prevalence all of them are weighted to it; the confusion stays in whole rows.

Scores may be decision values of any size, which rank and can be cut at a threshold. The measures
that take a score for a probability are not computed of them, wherever the values happen to lie.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kepler_keras.evaluation import counted, ranking
from kepler_keras.evaluation.counts import Counts, confusion
from kepler_keras.evaluation.estimates import Confusion, EntrySummary
from kepler_keras.evaluation.tallies import PROBABILITY, Tallies, tally
from kepler_keras.evaluation.thresholds import best_f1_threshold
from kepler_keras.evaluation.uncertainty import DRAWS, StarWeights, draw_star_weights, estimate

Floats = NDArray[np.float64]

RANKING: dict[str, Callable[[Counts], Any]] = {
    "average_precision": ranking.average_precision,
    "roc_auc": ranking.roc_auc,
    "partial_auc": ranking.partial_auc,
    "recall_at_precision": ranking.recall_at_precision,
    "recall_at_high_precision": ranking.recall_at_high_precision,
    "precision_at_recall": ranking.precision_at_recall,
    "precision_at_k": ranking.precision_at_k,
}
CALIBRATION = tuple(PROBABILITY)  # of probabilities only
COUNTED: dict[str, Callable[[Floats], Any]] = {
    "precision": counted.precision,
    "recall": counted.recall,
    "specificity": counted.specificity,
    "f1": counted.f1,
    "f_beta": counted.f_beta,
    "balanced_accuracy": counted.balanced_accuracy,
    "matthews": counted.matthews,
    "candidates_per_planet": counted.candidates_per_planet,
    "accuracy": counted.accuracy,
}
METRICS = (*RANKING, *CALIBRATION, *COUNTED)


@dataclass(frozen=True)
class FoldScores:
    """The test rows of one fold of one entry, and the threshold from its validation rows.

    Attributes:
        prevalence: The share of planets that the rows are weighted to; None takes their own.
        probabilities: Whether the scores are probabilities; else they are decision values.
    """

    repeat: int
    labels: NDArray[np.int8]
    scores: Floats
    stars: NDArray[np.str_]
    threshold: float
    prevalence: float | None = None
    probabilities: bool = True

    def tallies(self, weights: StarWeights | None = None) -> Tallies:
        """Sums over the rows, not yet weighted to the prevalence; whole rows without weights."""
        return tally(
            self.labels,
            self.scores,
            self.threshold,
            None if weights is None else weights.of(self.stars),
            probabilities=self.probabilities,
        )

    def cells(self) -> Floats:
        """Counts tp, fp, fn, tn of whole rows."""
        return confusion(self.labels, self.scores >= self.threshold)

    def counts(self) -> Counts:
        """Counts at every threshold, at the prevalence."""
        return self.tallies().at_prevalence(self.prevalence).counts


def folds_of(
    rows: pd.DataFrame, *, prevalence: float | None = None, probabilities: bool = True
) -> list[FoldScores]:
    """The folds of one entry, repeat by repeat, weighted to a share of planets if one is stated."""
    folds = []
    for _, part in rows.groupby(["repeat", "fold"], sort=True):
        validation, test = (part[part["split"] == name] for name in ("validation", "test"))
        folds.append(
            FoldScores(
                repeat=int(part["repeat"].iloc[0]),
                labels=test["label"].to_numpy(),
                scores=test["score"].to_numpy(),
                stars=test["star"].to_numpy(dtype=str),
                threshold=best_f1_threshold(
                    validation["label"].to_numpy(),
                    validation["score"].to_numpy(),
                    prevalence=prevalence,
                ),
                prevalence=prevalence,
                probabilities=probabilities,
            )
        )
    return folds


def summarise(
    predictions: pd.DataFrame,
    *,
    prevalence: float | None = None,
    decision: Collection[str] = (),
    draws: int = DRAWS,
    seed: int = 0,
) -> dict[str, EntrySummary]:
    """Summarises every entry of a predictions table, in the table's order.

    Args:
        predictions: As `evaluation.predictions` describes it.
        prevalence: The share of planets at which everything but the confusion is computed; None
            takes each fold's own.
        decision: Entries whose scores are decision values; their summaries lack `CALIBRATION`.
        draws: Bootstrap draws of each interval.
        seed: Seed of the star weights, which all entries share.
    """
    weights = draw_star_weights(predictions, draws=draws, seed=seed)
    summaries = {}
    for key, rows in predictions.groupby("entry", sort=False):
        name = str(key)
        folds = folds_of(rows, prevalence=prevalence, probabilities=name not in decision)
        summaries[name] = _summarise_entry(name, folds, weights)
    return summaries


def _summarise_entry(name: str, folds: list[FoldScores], weights: StarWeights) -> EntrySummary:
    values, drawn = statistics(folds), statistics(folds, weights)
    by_fold = [statistics([fold]) for fold in folds]
    cells = np.sum([fold.cells() for fold in folds], axis=0)
    tp, fp, fn, tn = (cells / len({fold.repeat for fold in folds})).tolist()
    return EntrySummary(
        name=name,
        metrics={
            key: estimate(values[key], drawn[key], [fold[key] for fold in by_fold])
            for key in values
        },
        thresholds=tuple(fold.threshold for fold in folds),
        confusion=Confusion(tp, fp, fn, tn),
    )


def statistics(folds: Sequence[FoldScores], weights: StarWeights | None = None) -> dict[str, Any]:
    """All measures over the folds of one entry: single values, or one for each draw of `weights`.

    Only those that its scores have: none of `CALIBRATION` for decision values.

    In a draw each fold counts as much as its planets weigh on average, so that weights of one give
    the plain mean over folds. Otherwise the only planet of a fold could not matter: its weight
    cancels from the fold's own value, and with one planet in each of five folds the interval would
    hold the truth 43 times in 100 where this one does 90 times (simulated normal scores). Planets
    keep the weight of their star at a stated prevalence, so that there, too, it alone counts.

    Args:
        folds: From `folds_of`.
        weights: Weights of all stars; None counts every row once.

    Returns:
        A scalar or an array of shape (draws,) for each measure; NaN where undefined.
    """
    return measures(folds, [fold.tallies(weights) for fold in folds])


def measures(folds: Sequence[FoldScores], tallies: Sequence[Tallies]) -> dict[str, Any]:
    """All measures over the folds of one entry, of sums over their rows; as `statistics`."""
    stated = [
        part.at_prevalence(fold.prevalence) for fold, part in zip(folds, tallies, strict=True)
    ]
    by_fold = {key: [of(part.counts) for part in stated] for key, of in RANKING.items()} | {
        key: [part.mean_value(key) for part in stated] for key in stated[0].sums
    }
    planets = [
        part.cells[..., [0, 2]].sum(axis=-1) / np.count_nonzero(fold.labels == 1)
        for fold, part in zip(folds, tallies, strict=True)
    ]
    cells = np.stack([part.cells for part in stated], axis=-2)
    repeats = np.array([fold.repeat for fold in folds])
    return {key: np.average(values, axis=0, weights=planets) for key, values in by_fold.items()} | {
        key: _over_repeats(share, cells, repeats) for key, share in COUNTED.items()
    }


def _over_repeats(share: Callable[[Floats], Any], cells: Floats, repeats: NDArray[np.int64]) -> Any:
    """A counted measure: counts of shape (..., folds, 4) summed by repeat, averaged over repeats.

    Undefined in any repeat means undefined.
    """
    values = [share(cells[..., repeats == repeat, :].sum(axis=-2)) for repeat in np.unique(repeats)]
    return np.mean(values, axis=0)
