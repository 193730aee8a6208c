"""All measures of every entry, from the predictions table alone.

Ranking measures are the mean over folds of the fold's own value: scores of two fitted models are
never ranked together. Counts, precision, recall and F1 come from counts summed over the folds of a
repeat, averaged over repeats, so that a fold with one planet is no fold of 0 or 100 %.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kepler_keras.evaluation import metrics
from kepler_keras.evaluation.estimates import Confusion, EntrySummary, Estimate
from kepler_keras.evaluation.thresholds import best_f1_threshold
from kepler_keras.evaluation.uncertainty import DRAWS, StarWeights, draw_star_weights, estimate

Floats = NDArray[np.float64]

RANKING: dict[str, Callable[..., Any]] = {
    "average_precision": metrics.average_precision,
    "roc_auc": metrics.roc_auc,
}
COUNTED: dict[str, Callable[[Floats], Any]] = {
    "precision": metrics.precision,
    "recall": metrics.recall,
    "f1": metrics.f1,
}
METRICS = (*RANKING, *COUNTED)


@dataclass(frozen=True)
class FoldScores:
    """The test rows of one fold of one entry, and the threshold from its validation rows."""

    repeat: int
    labels: NDArray[np.int8]
    scores: Floats
    stars: NDArray[np.str_]
    threshold: float

    def ranking(self, measure: Callable[..., Any], weights: Floats | None = None) -> Any:
        """A ranking measure of this fold, for one or many weightings."""
        return measure(self.labels, self.scores, weights)

    def cells(self, weights: Floats | None = None) -> Floats:
        """Counts tp, fp, fn, tn of this fold, shape (..., 4)."""
        return metrics.confusion(self.labels, self.scores >= self.threshold, weights)


def folds_of(rows: pd.DataFrame) -> list[FoldScores]:
    """The folds of one entry, repeat by repeat."""
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
                    validation["label"].to_numpy(), validation["score"].to_numpy()
                ),
            )
        )
    return folds


def summarise(
    predictions: pd.DataFrame, *, draws: int = DRAWS, seed: int = 0
) -> dict[str, EntrySummary]:
    """Summarises every entry of a predictions table, in the table's order.

    Args:
        predictions: As `evaluation.predictions` describes it.
        draws: Bootstrap draws of each interval.
        seed: Seed of the star weights, which all entries share.
    """
    weights = draw_star_weights(predictions, draws=draws, seed=seed)
    return {
        str(name): _summarise_entry(str(name), folds_of(rows), weights)
        for name, rows in predictions.groupby("entry", sort=False)
    }


def _summarise_entry(name: str, folds: list[FoldScores], weights: StarWeights) -> EntrySummary:
    drawn = [weights.of(fold.stars) for fold in folds]
    measured = {key: ranking_estimate(folds, measure, drawn) for key, measure in RANKING.items()}
    repeats = np.array([fold.repeat for fold in folds])
    cells = np.stack([fold.cells() for fold in folds])
    drawn_cells = np.stack([fold.cells(w) for fold, w in zip(folds, drawn, strict=True)], axis=1)
    for key, share in COUNTED.items():
        measured[key] = estimate(
            _over_repeats(share, cells, repeats),
            np.atleast_1d(_over_repeats(share, drawn_cells, repeats)),
            share(cells),
        )
    tp, fp, fn, tn = (cells.sum(axis=0) / len(np.unique(repeats))).tolist()
    return EntrySummary(
        name=name,
        metrics=measured,
        thresholds=tuple(fold.threshold for fold in folds),
        confusion=Confusion(tp, fp, fn, tn),
    )


def ranking_estimate(
    folds: list[FoldScores], measure: Callable[..., Any], weights: list[Floats]
) -> Estimate:
    """Mean over folds of a ranking measure, with its interval over stars."""
    values = np.array([fold.ranking(measure) for fold in folds])
    draws = np.stack([fold.ranking(measure, w) for fold, w in zip(folds, weights, strict=True)])
    return estimate(float(values.mean()), draws.mean(axis=0), values)


def _over_repeats(share: Callable[[Floats], Any], cells: Floats, repeats: NDArray[np.int64]) -> Any:
    """A counted measure: counts of shape (..., folds, 4) summed by repeat, averaged over repeats.

    Undefined in any repeat means undefined.
    """
    values = [share(cells[..., repeats == repeat, :].sum(axis=-2)) for repeat in np.unique(repeats)]
    return np.mean(values, axis=0)
