"""The part of `results.json` about what the tests can decide at all."""

from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd

from kepler_keras.evaluation.estimates import Comparison
from kepler_keras.evaluation.power import power_card
from kepler_keras.evaluation.tested import Tested
from kepler_keras.reporting.result_parts import Part


class RangeResult(Part):
    """The fewest and the most of something in a test fold."""

    fewest: int
    most: int


class RecallResult(Part):
    """Exact 95 % interval of a recall, were `found` of all planets found."""

    found: int
    low: float
    high: float


class PowerResult(Part):
    """The power card.

    `half_width` is that of the corrected 95 % interval of a difference of the primary measure,
    median over pairs, and `smallest_difference` the true one that a pair by itself would show in 80
    of 100 experiments; None (null) where no test of the procedure exists. `mcnemar_planets` is None
    where all planets together are too few.
    """

    n_stars: int
    n_planets: int
    stars_per_fold: RangeResult
    planets_per_fold: RangeResult
    recalls: tuple[RecallResult, ...]
    half_width: float | None
    smallest_difference: float | None
    mcnemar_floor: float
    mcnemar_planets: int | None


def power_result(
    predictions: pd.DataFrame, comparisons: Sequence[Comparison], about: Tested
) -> PowerResult:
    """The power card of a record's predictions; ablations are no typical pairs."""
    pairs = [one.difference.folds for one in comparisons if one.family != "remedies"]
    return PowerResult.model_validate(asdict(power_card(predictions, pairs, about)))
