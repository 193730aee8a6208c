"""How far a single row is from where it belongs, and who called it wrongly."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def misplaced(labels: NDArray[Any], scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of the rows of the other class that stand on the wrong side of each row.

    Of a row without a planet the planets that it is ranked above, of a planet the others that are
    ranked above it; a row of equal score counts half. The shares of two folds compare, which
    scores of two fitted models do not; their mean over either class is 1 - ROC AUC.

    Args:
        labels: Shape (n,).
        scores: Shape (n,).

    Returns:
        Shape (n,), from 0, rightly placed, to 1; NaN where the other class has no row.
    """
    planet = labels == 1
    shares = np.full(len(scores), np.nan)
    for mine, theirs, sign in ((~planet, planet, 1), (planet, ~planet, -1)):
        if theirs.any():
            other = np.sort(sign * scores[theirs])
            below = np.searchsorted(other, sign * scores[mine], side="left")
            up_to = np.searchsorted(other, sign * scores[mine], side="right")
            shares[mine] = (below + up_to) / (2 * len(other))
    return shares


def first_calls(
    predictions: pd.DataFrame, thresholds: Mapping[str, Sequence[float]]
) -> pd.DataFrame:
    """The calls that entries made on the test rows of the first repeat.

    Args:
        predictions: The predictions table.
        thresholds: Of each entry that counts one a fold, the first repeat's folds first.

    Returns:
        The rows of the table with `threshold` and `wrong` (at the threshold of the row's fold),
        `misplaced` and `n_others`, rows of the other class in the fold's test part. Entries that
        give all rows of a fold one score rank nothing and are left out.
    """
    tests = predictions[
        (predictions["split"] == "test")
        & (predictions["repeat"] == predictions["repeat"].min())
        & predictions["entry"].isin(list(thresholds))
    ]
    parts = [tests.head(0).assign(threshold=0.0, wrong=False, misplaced=0.0, n_others=0)]
    for name, rows in tests.groupby("entry", sort=False):
        if rows.groupby("fold")["score"].nunique().min() < 2:
            continue
        for threshold, (_, part) in zip(
            thresholds[str(name)], rows.groupby("fold", sort=True), strict=False
        ):
            labels, scores = part["label"].to_numpy(), part["score"].to_numpy()
            parts.append(
                part.assign(
                    threshold=threshold,
                    wrong=(scores >= threshold) != (labels == 1),
                    misplaced=misplaced(labels, scores),
                    n_others=np.where(labels == 1, (labels != 1).sum(), (labels == 1).sum()),
                )
            )
    calls: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return calls
