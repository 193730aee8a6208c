"""What calibration was before scores were corrected for the remedy that trained them."""

from collections.abc import Mapping
from typing import cast

import pandas as pd
from scipy.special import expit

from kepler_keras.evaluation.calibration import UNCORRECTED, Correction, finite_log_odds
from kepler_keras.evaluation.estimates import Estimate
from kepler_keras.evaluation.folds import folds_of
from kepler_keras.evaluation.intervals import estimates
from kepler_keras.evaluation.measures import CALIBRATION
from kepler_keras.evaluation.uncertainty import DRAWS, draw_star_weights

Fold = tuple[str, int, int]


def uncorrected_scores(
    predictions: pd.DataFrame, corrections: Mapping[Fold, Correction]
) -> pd.DataFrame:
    """The same rows with the scores that the models themselves gave.

    Args:
        predictions: As `evaluation.predictions` describes it.
        corrections: Of each (entry, repeat, fold).
    """
    scores = predictions["score"].to_numpy(copy=True)
    places = predictions.groupby(["entry", "repeat", "fold"], sort=False).indices
    for fold, rows in places.items():
        correction = corrections[cast(Fold, fold)]
        if correction != UNCORRECTED:
            log_odds = finite_log_odds(scores[rows])
            scores[rows] = expit(correction.undo(log_odds))
    return predictions.assign(score=scores)


def calibration_before(
    predictions: pd.DataFrame,
    corrections: Mapping[Fold, Correction],
    *,
    prevalence: float | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> dict[str, dict[str, Estimate]]:
    """Measures of calibration before the correction, of every entry that has one.

    Args:
        predictions: As `evaluation.predictions` describes it.
        corrections: Of each (entry, repeat, fold).
        prevalence: As in `summary.summarise`.
        draws: Bootstrap draws of each interval.
        seed: Seed of the star weights.

    Returns:
        Estimates of `CALIBRATION`, by entry.
    """
    corrected = {name for (name, _, _), one in corrections.items() if one != UNCORRECTED}
    weights = draw_star_weights(predictions, draws=draws, seed=seed)
    table = uncorrected_scores(predictions[predictions["entry"].isin(corrected)], corrections)
    result = {}
    for name, rows in table.groupby("entry", sort=False):
        folds = folds_of(rows, prevalence=prevalence)
        found = estimates(folds, weights, seed=seed)
        result[str(name)] = {key: found[key] for key in CALIBRATION}
    return result
