"""All measures over the folds of one entry, by name; `summary` says how folds are put together."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.evaluation import counted, ranking
from kepler_keras.evaluation.counts import Counts
from kepler_keras.evaluation.folds import FoldScores
from kepler_keras.evaluation.tallies import PROBABILITY, Tallies, Weighing
from kepler_keras.evaluation.uncertainty import StarWeights

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
    if weights is None:
        return measures(folds, [fold.tallies() for fold in folds])
    prepared = [fold.weighing(weights) for fold in folds]
    return drawn(folds, prepared, weights, METRICS)


def drawn(
    folds: Sequence[FoldScores],
    prepared: Sequence[Weighing],
    weights: StarWeights,
    keys: Collection[str],
) -> dict[str, Floats]:
    """Those of `keys` that scores have in every draw, shape (draws,); `prepared` as the folds."""
    places = max(len(one.planets) for one in prepared)
    parts = [
        measures(folds, [one.tallies(batch) for one in prepared], keys)
        for _, batch in weights.batches(places=places)
    ]
    return joined(parts)


def joined(batches: Sequence[Mapping[str, Floats]]) -> dict[str, Floats]:
    """Measures in all draws, from those of one batch after the other."""
    return {key: np.concatenate([batch[key] for batch in batches]) for key in batches[0]}


def measures(
    folds: Sequence[FoldScores], tallies: Sequence[Tallies], keys: Collection[str] = METRICS
) -> dict[str, Any]:
    """Those of `keys` that scores have, as `statistics`, of sums over the rows of each fold."""
    stated = at_prevalence(folds, tallies)
    planets = planet_weights(folds, tallies)
    cells = np.stack([part.cells for part in stated], axis=-2)
    repeats = np.array([fold.repeat for fold in folds])
    return (
        ranked(stated, planets, {key: RANKING[key] for key in RANKING if key in keys})
        | {
            key: np.average([part.mean_value(key) for part in stated], axis=0, weights=planets)
            for key in stated[0].sums
            if key in keys
        }
        | {
            key: over_repeats(share, cells, repeats)
            for key, share in COUNTED.items()
            if key in keys
        }
    )


def ranked(
    stated: Sequence[Tallies], planets: Sequence[Any], of: Mapping[str, Callable[[Counts], Any]]
) -> dict[str, Any]:
    """Some measures of the ranking, averaged over folds by the weight of their planets."""
    return {
        key: np.average([measure(part.counts) for part in stated], axis=0, weights=planets)
        for key, measure in of.items()
    }


def at_prevalence(folds: Sequence[FoldScores], tallies: Sequence[Tallies]) -> list[Tallies]:
    """The sums of each fold, weighted to its stated prevalence."""
    return [part.at_prevalence(fold.prevalence) for fold, part in zip(folds, tallies, strict=True)]


def planet_weights(folds: Sequence[FoldScores], tallies: Sequence[Tallies]) -> list[Any]:
    """What the planets of each fold weigh on average; 1 without weights."""
    return [
        part.cells[..., [0, 2]].sum(axis=-1) / np.count_nonzero(fold.labels == 1)
        for fold, part in zip(folds, tallies, strict=True)
    ]


def over_repeats(share: Callable[[Floats], Any], cells: Floats, repeats: NDArray[np.int64]) -> Any:
    """A counted measure: counts of shape (..., folds, 4) summed by repeat, averaged over repeats.

    Undefined in any repeat means undefined.
    """
    values = [share(cells[..., repeats == repeat, :].sum(axis=-2)) for repeat in np.unique(repeats)]
    return np.mean(values, axis=0)
