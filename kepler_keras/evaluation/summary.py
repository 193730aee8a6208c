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

from kepler_keras.evaluation import metrics
from kepler_keras.evaluation.estimates import Confusion, EntrySummary
from kepler_keras.evaluation.prevalence import at_prevalence
from kepler_keras.evaluation.thresholds import best_f1_threshold
from kepler_keras.evaluation.uncertainty import DRAWS, StarWeights, draw_star_weights, estimate

Floats = NDArray[np.float64]

RANKING: dict[str, Callable[..., Any]] = {
    "average_precision": metrics.average_precision,
    "roc_auc": metrics.roc_auc,
    "recall_at_precision": metrics.recall_at_precision,
    "mean_score": metrics.mean_score,
    "calibration_error": metrics.calibration_error,
    "log_loss": metrics.log_loss,
}
COUNTED: dict[str, Callable[[Floats], Any]] = {
    "precision": metrics.precision,
    "recall": metrics.recall,
    "f1": metrics.f1,
}
METRICS = (*RANKING, *COUNTED)
CALIBRATION = ("mean_score", "calibration_error", "log_loss")  # of probabilities only


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

    @property
    def measures(self) -> dict[str, Callable[..., Any]]:
        """The ranking measures that scores of this kind have."""
        if self.probabilities:
            return RANKING
        return {key: RANKING[key] for key in RANKING if key not in CALIBRATION}

    def weighed(self, weights: Floats | None = None) -> Floats | None:
        """Weights of the rows, shape (n,) or (draws, n), turned into those at the prevalence."""
        return at_prevalence(self.labels, self.prevalence, weights)

    def ranking(self, measure: Callable[..., Any]) -> Any:
        """A ranking measure of this fold."""
        return measure(self.labels, self.scores, self.weighed())

    def cells(self, weights: Floats | None = None) -> Floats:
        """Counts tp, fp, fn, tn of this fold, shape (..., 4); whole rows without weights."""
        return metrics.confusion(self.labels, self.scores >= self.threshold, weights)


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
    measures = folds[0].measures
    ranked: dict[str, list[Any]] = {key: [] for key in measures}
    planets, cells = [], []
    for fold in folds:
        stars = None if weights is None else weights.of(fold.stars)
        planets.append(1.0 if stars is None else stars[:, fold.labels == 1].mean(axis=1))
        weight = fold.weighed(stars)
        for key, measure in measures.items():
            ranked[key].append(measure(fold.labels, fold.scores, weight))
        cells.append(fold.cells(weight))
    repeats = np.array([fold.repeat for fold in folds])
    by_fold = np.stack(cells, axis=-2)
    return {key: np.average(values, axis=0, weights=planets) for key, values in ranked.items()} | {
        key: _over_repeats(share, by_fold, repeats) for key, share in COUNTED.items()
    }


def _over_repeats(share: Callable[[Floats], Any], cells: Floats, repeats: NDArray[np.int64]) -> Any:
    """A counted measure: counts of shape (..., folds, 4) summed by repeat, averaged over repeats.

    Undefined in any repeat means undefined.
    """
    values = [share(cells[..., repeats == repeat, :].sum(axis=-2)) for repeat in np.unique(repeats)]
    return np.mean(values, axis=0)
