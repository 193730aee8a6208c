"""Choosing the remedy as one would in practice: by validation rows, then tested once.

The best of several ablations on the test rows looks better than it is, having been picked for its
luck there. Here the choice is made anew in each fold, on rows that no test sees.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import pandas as pd

from kepler_keras.evaluation.comparison import compare
from kepler_keras.evaluation.estimates import Estimate, Verdict
from kepler_keras.evaluation.metrics import average_precision
from kepler_keras.evaluation.predictions import sort_predictions
from kepler_keras.evaluation.summary import summarise
from kepler_keras.evaluation.uncertainty import DRAWS

METRIC = "average_precision"


@dataclass(frozen=True)
class Selection:
    """An entry with whatever validation chose against the same entry without.

    Attributes:
        base: Name of the entry whose remedies were tried.
        choices: The entry chosen in each fold, in the order of `Estimate.folds`; may be the base.
        average_precision: Of the chosen ones on test rows.
        difference: Of average precision on test rows, chosen minus base.
        p_value: Of no difference; NaN where there is one fold.
        stars_to_decide: Where it is not decided, the stars that would decide it, if any would.
    """

    base: str
    choices: tuple[str, ...]
    average_precision: Estimate
    difference: Estimate
    p_value: float
    verdict: Verdict
    stars_to_decide: int | None
    sentence: str


def select_by_validation(
    predictions: pd.DataFrame,
    against: Mapping[str, str],
    *,
    margin: float,
    prevalence: float | None = None,
    test_share: float | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> list[Selection]:
    """Chooses in every fold among an entry and its ablations, and tests the choice once.

    Chosen is the highest average precision on the validation rows; of equals the entry itself, then
    the first ablation. There is one comparison for each entry, so that no p-value is adjusted.

    Args:
        predictions: As `evaluation.predictions` describes it, with validation rows.
        against: The entry of each ablation, in the experiment's order.
        margin: The margin of practical equivalence.
        prevalence: Of planets, that test rows are weighted to; None leaves them as they are.
        test_share: n_test / n_train; None takes that of whole folds, 1 / (k - 1).
        draws: Bootstrap draws of each interval over stars.
        seed: Seed of the star weights.
    """
    weighting: dict[str, Any] = {} if prevalence is None else {"prevalence": prevalence}
    selections = []
    for base in dict.fromkeys(against.values()):
        candidates = (base, *(name for name, other in against.items() if other == base))
        choices = choose(predictions, candidates)
        name = f"{base} with the remedy that validation chose"
        table = _procedure(predictions, base, choices, name)
        # Ranking is all that is asked for here, whatever the scores are.
        summaries = summarise(table, decision={base, name}, draws=draws, seed=seed, **weighting)
        (made,) = compare(
            table,
            summaries,
            primary_metric=METRIC,
            margin=margin,
            baseline=base,
            test_share=test_share,
            draws=draws,
            seed=seed,
            **weighting,
        )
        if set(choices.values()) == {base}:
            made = replace(
                made,
                verdict="not decided",
                stars_to_decide=None,
                sentence=f"{base}: validation chose no remedy in any fold; nothing was compared.",
            )
        selections.append(
            Selection(
                base=base,
                choices=tuple(choices.values()),
                average_precision=summaries[name].metrics[METRIC],
                difference=made.difference,
                p_value=made.p_value,
                verdict=made.verdict,
                stars_to_decide=made.stars_to_decide,
                sentence=made.sentence,
            )
        )
    return selections


def choose(predictions: pd.DataFrame, candidates: tuple[str, ...]) -> dict[tuple[int, int], str]:
    """The candidate with the highest validation average precision, by (repeat, fold).

    Of equals the first; the folds are in the order of `Estimate.folds`. Test rows are not looked
    at.
    """
    mine = predictions["entry"].isin(candidates) & (predictions["split"] == "validation")
    scores: dict[tuple[int, int], dict[str, float]] = {}
    for key, rows in predictions[mine].groupby(["repeat", "fold", "entry"]):
        repeat, fold, name = cast(tuple[int, int, str], key)
        value = average_precision(rows["label"].to_numpy(), rows["score"].to_numpy())
        scores.setdefault((repeat, fold), {})[name] = value
    return {fold: max(candidates, key=by_name.__getitem__) for fold, by_name in scores.items()}


def _procedure(
    predictions: pd.DataFrame, base: str, choices: Mapping[tuple[int, int], str], name: str
) -> pd.DataFrame:
    """Predictions of the base beside those of the chosen entries under one name."""
    fold_of = zip(predictions["repeat"], predictions["fold"], strict=True)
    chosen = predictions["entry"] == [choices[fold] for fold in fold_of]
    rows = [predictions[predictions["entry"] == base], predictions[chosen].assign(entry=name)]
    return sort_predictions(pd.concat(rows))
