"""What all pairs of a comparison are tested on."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Tested:
    """What all pairs are tested on.

    Attributes:
        n_stars: Stars in tests.
        n_planets: Those of them with a planet.
        n_folds: Of a repeat.
        test_share: n_test / n_train; whole folds have 1 / (n_folds - 1).
        margin: The margin of practical equivalence.
        metric: The measure that verdicts are about.
    """

    n_stars: int
    n_planets: int
    n_folds: int
    test_share: float
    margin: float
    metric: str


def what_is_tested(
    predictions: pd.DataFrame, *, metric: str, margin: float, test_share: float | None = None
) -> Tested:
    """What a predictions table tests on; `test_share` None takes that of whole folds."""
    rows = predictions[predictions["split"] == "test"]
    n_folds = rows["fold"].nunique()
    return Tested(
        n_stars=rows["star"].nunique(),
        n_planets=rows.loc[rows["label"] == 1, "star"].nunique(),
        n_folds=n_folds,
        test_share=test_share or 1 / max(n_folds - 1, 1),
        margin=margin,
        metric=metric,
    )
