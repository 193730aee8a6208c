"""The test rows of one fold of one entry, and the threshold that its validation rows chose."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kepler_keras.evaluation.counts import Counts, confusion, counts_by_score
from kepler_keras.evaluation.tallies import Tallies, Weighing, tally, weighing
from kepler_keras.evaluation.threshold_rules import BEST_F1, ThresholdRule
from kepler_keras.evaluation.uncertainty import StarWeights, texts

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

    def tallies(self) -> Tallies:
        """Sums over whole rows, not yet weighted to the prevalence."""
        return tally(self.labels, self.scores, self.threshold, probabilities=self.probabilities)

    def weighing(self, weights: StarWeights, *, probabilities: bool = True) -> Weighing:
        """What sums over rows with the weights of their stars need, for all draws alike.

        Args:
            weights: Which stars there are; how much they weigh does not matter.
            probabilities: Whether sums of scores as probabilities are wanted, where they are.
        """
        return weighing(
            self.labels,
            self.scores,
            self.threshold,
            columns=weights.places(self.stars),
            probabilities=self.probabilities and probabilities,
        )

    def cells(self) -> Floats:
        """Counts tp, fp, fn, tn of whole rows."""
        return confusion(self.labels, self.scores >= self.threshold)

    def counts(self) -> Counts:
        """Counts at every threshold, at the prevalence."""
        counts = counts_by_score(self.labels, self.scores)
        if self.prevalence is None:
            return counts
        return self.tallies().at_prevalence(self.prevalence).counts


def folds_of(
    rows: pd.DataFrame,
    *,
    prevalence: float | None = None,
    probabilities: bool = True,
    rule: ThresholdRule = BEST_F1,
) -> list[FoldScores]:
    """The folds of one entry, repeat by repeat, weighted to a share of planets if one is stated."""
    labels, scores, stars = rows["label"].to_numpy(), rows["score"].to_numpy(), texts(rows["star"])
    is_test, is_validation = ((rows["split"] == name).to_numpy() for name in ("test", "validation"))
    folds = []
    places: Any = rows.groupby(["repeat", "fold"]).indices
    for (repeat, _), place in sorted(places.items()):
        test, validation = place[is_test[place]], place[is_validation[place]]
        folds.append(
            FoldScores(
                repeat=int(repeat),
                labels=labels[test],
                scores=scores[test],
                stars=stars[test],
                threshold=rule.threshold(
                    labels[validation], scores[validation], prevalence=prevalence
                ),
                prevalence=prevalence,
                probabilities=probabilities,
            )
        )
    return folds
