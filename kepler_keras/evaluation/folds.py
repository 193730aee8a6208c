"""The test rows of one fold of one entry, and the threshold that its validation rows chose."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kepler_keras.evaluation.counts import Counts, confusion
from kepler_keras.evaluation.tallies import Tallies, tally
from kepler_keras.evaluation.threshold_rules import BEST_F1, ThresholdRule
from kepler_keras.evaluation.uncertainty import StarWeights

Floats = NDArray[np.float64]


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
    rows: pd.DataFrame,
    *,
    prevalence: float | None = None,
    probabilities: bool = True,
    rule: ThresholdRule = BEST_F1,
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
                threshold=rule.threshold(
                    validation["label"].to_numpy(),
                    validation["score"].to_numpy(),
                    prevalence=prevalence,
                ),
                prevalence=prevalence,
                probabilities=probabilities,
            )
        )
    return folds
