"""What the checks look at: the predictions, and plain facts of fits, folds and source tree."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kepler_keras.evaluation.canaries import CanaryTest
from kepler_keras.evaluation.metrics import average_precision
from kepler_keras.evaluation.prevalence import at_prevalence
from kepler_keras.evaluation.threshold_rules import BEST_F1, ThresholdRule

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class EntryFacts:
    """An entry, and what the fits of its folds say beside their scores.

    Attributes:
        name: As in the predictions.
        model: Name of its model.
        competitor: Whether it stands in the ranking; else it is an ablation or a control.
        train_average_precision: Of each fold's training rows, in the order of the folds; empty
            where unknown.
        seeds: Average precision of each member of an ensemble alone, mean of the folds.
        held_slopes: Fits whose calibration slope stands at its lower bound.
        n_fits: All fits.
        rule: What chose its thresholds.
    """

    name: str
    model: str
    competitor: bool = True
    train_average_precision: tuple[float, ...] = ()
    seeds: tuple[float, ...] = ()
    held_slopes: int = 0
    n_fits: int = 0
    rule: ThresholdRule = BEST_F1

    @property
    def is_blind(self) -> bool:
        """Whether it is meant to give every row one score."""
        return self.model == "prevalence"


@dataclass(frozen=True)
class FoldRows:
    """Labels and scores of one fold of one entry, both parts."""

    repeat: int
    validation_labels: NDArray[np.int8]
    validation_scores: Floats
    labels: NDArray[np.int8]
    scores: Floats
    stars: NDArray[np.str_]
    prevalence: float | None
    rule: ThresholdRule = BEST_F1

    @cached_property
    def average_precision(self) -> float:
        """Of the test rows."""
        weights = at_prevalence(self.labels, self.prevalence)
        return float(average_precision(self.labels, self.scores, weights))

    @cached_property
    def by_star(self) -> tuple[NDArray[np.int8], Floats]:
        """Labels and mean scores of the test stars, where all rows of each share a label.

        Rows of a star get nearly one score: ranked one by one they are not as many draws as there
        are rows. Where a star has rows of both classes, the rows themselves.
        """
        _, first, star = np.unique(self.stars, return_index=True, return_inverse=True)
        if (self.labels[first][star] != self.labels).any():
            return self.labels, self.scores
        return self.labels[first], np.bincount(star, weights=self.scores) / np.bincount(star)

    @cached_property
    def validation_average_precision(self) -> float:
        """Of the validation rows."""
        weights = at_prevalence(self.validation_labels, self.prevalence)
        return float(average_precision(self.validation_labels, self.validation_scores, weights))

    @cached_property
    def threshold(self) -> float:
        """As the report chooses it."""
        return self.rule.threshold(
            self.validation_labels, self.validation_scores, prevalence=self.prevalence
        )


@dataclass(frozen=True)
class CanaryFacts:
    """One canary that ran; `adjusted` is its p-value times the number of canaries."""

    kind: str
    pipeline: str
    entries: tuple[str, ...]
    test: CanaryTest
    adjusted: float


@dataclass(frozen=True)
class SharedStars:
    """Stars on two sides of a fold: how many, and the first in words."""

    n: int = 0
    first: str = ""


@dataclass(frozen=True)
class EqualGroups:
    """Groups of equal curves on two sides of a fold: how many, and the stars of the first."""

    n: int = 0
    first: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """All that the checks may look at.

    Attributes:
        predictions: The predictions table; it need not have passed `check_predictions`.
        entries: Those of the table, in the experiment's order.
        prevalence: The share of planets that all measures hold at; None takes each fold's own.
        test_share: Test rows of a fold to its training rows, for intervals over folds.
        git_dirty: Whether the source tree had changes; None where that is unknown.
        shared: Stars on two sides of a fold.
        equal: Curves on two sides of a fold under different names.
        canaries: Those that ran.
    """

    predictions: pd.DataFrame
    entries: tuple[EntryFacts, ...]
    prevalence: float | None = None
    test_share: float = 0.25
    git_dirty: bool | None = False
    shared: SharedStars = SharedStars()
    equal: EqualGroups = EqualGroups()
    canaries: tuple[CanaryFacts, ...] = ()
    _folds: dict[str, tuple[FoldRows, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def folds(self, entry: EntryFacts) -> tuple[FoldRows, ...]:
        """The folds of an entry, repeat by repeat."""
        if entry.name not in self._folds:
            rows = self.predictions[self.predictions["entry"] == entry.name]
            self._folds[entry.name] = tuple(self._folds_of(rows, entry.rule))
        return self._folds[entry.name]

    @cached_property
    def n_planets(self) -> int:
        """Stars with a planet in tests."""
        rows = self.predictions
        planets = (rows["split"] == "test") & (rows["label"] == 1)
        return int(rows.loc[planets, "star"].nunique())

    def _folds_of(self, rows: pd.DataFrame, rule: ThresholdRule) -> Iterator[FoldRows]:
        labels, scores = rows["label"].to_numpy(), rows["score"].to_numpy()
        stars, split = rows["star"].to_numpy(dtype=str), rows["split"].to_numpy(dtype=str)
        places: Any = rows.groupby(["repeat", "fold"]).indices
        for (repeat, _), place in sorted(places.items()):
            validation, test = (place[split[place] == name] for name in ("validation", "test"))
            yield FoldRows(
                repeat=int(repeat),
                validation_labels=labels[validation],
                validation_scores=scores[validation],
                labels=labels[test],
                scores=scores[test],
                stars=stars[test],
                prevalence=self.prevalence,
                rule=rule,
            )

    def average_precision(self, entry: EntryFacts) -> Floats:
        """Of the test rows of each fold."""
        return np.array([fold.average_precision for fold in self.folds(entry)])

    @property
    def judged(self) -> Sequence[EntryFacts]:
        """The entries that are there to know something."""
        return [entry for entry in self.entries if not entry.is_blind]


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else ""
