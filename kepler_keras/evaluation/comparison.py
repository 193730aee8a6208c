"""One entry against another on identical folds: a difference, its interval, and a verdict."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kepler_keras.evaluation.beside import drawn, mcnemar, probabilities
from kepler_keras.evaluation.estimates import Comparison, EntrySummary, Estimate, Family
from kepler_keras.evaluation.multiple import (
    families,
    holm,
    pairs_to_compare,
    stars_to_decide,
    stars_without_change,
)
from kepler_keras.evaluation.processes import by_entry
from kepler_keras.evaluation.summary import FoldScores, folds_of
from kepler_keras.evaluation.tested import Tested, what_is_tested
from kepler_keras.evaluation.threshold_rules import BEST_F1, ThresholdRule
from kepler_keras.evaluation.uncertainty import DRAWS, Drawing, drawing_for, estimate
from kepler_keras.evaluation.verdict_words import METRIC_NAMES, Judged, sentence
from kepler_keras.evaluation.verdicts import ERROR_RATE, NO_SPREAD, corrected_interval, verdict

Floats = NDArray[np.float64]


def compare(
    predictions: pd.DataFrame,
    summaries: Mapping[str, EntrySummary],
    *,
    primary_metric: str,
    margin: float,
    against: Mapping[str, str] | None = None,
    baseline: str,
    questions: Sequence[tuple[str, str]] = (),
    prevalence: float | None = None,
    rules: Mapping[str, ThresholdRule] | None = None,
    test_share: float | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> list[Comparison]:
    """Compares the pairs of `pairs_to_compare`; the baseline, where it takes part, is always b.

    Verdicts are about the procedure: training such a model on such data. They follow from
    `corrected_interval` over the folds' own values, whatever the measure, with p-values adjusted in
    each of the `families`. One fold says nothing about models fitted anew, so that nothing is
    decided there. What stands in `beside` is for the reader and never decides.

    Args:
        predictions: The table that the summaries were made of.
        summaries: In the order that pairs follow: later entries are compared with earlier ones.
        primary_metric: The measure the verdicts are about.
        margin: The margin of practical equivalence.
        against: The entry of each ablation; None means that there are none.
        baseline: Name of the entry that the others must beat.
        questions: Pairs that were named before the experiment ran.
        prevalence: The one that the summaries were made at.
        rules: Those that the summaries were made with.
        test_share: n_test / n_train; None takes that of whole folds, 1 / (k - 1).
        draws: Of star weights, for the interval of the fitted models.
        seed: Seed of the star weights.
    """
    against = against or {}
    pairs = pairs_to_compare(list(summaries), baseline=baseline, against=against)
    about = what_is_tested(predictions, metric=primary_metric, margin=margin, test_share=test_share)
    values = {name: summary.metrics[primary_metric].folds for name, summary in summaries.items()}
    differences = [np.subtract(values[a], values[b]) for a, b in pairs]
    kinds = families(pairs, baseline=baseline, against=against, questions=questions)
    adjusted, sizes = _by_family([_over_folds(item, about)[1] for item in differences], kinds)
    compared = predictions[predictions["entry"].isin(list(summaries) if pairs else [])]
    thresholds = dict(rules or {})
    folds = _folds(compared, prevalence=prevalence, rules=thresholds)
    work = partial(
        _moved,
        metric=primary_metric,
        prevalence=prevalence,
        rules=thresholds,
        drawing=drawing_for(predictions, draws=draws, seed=seed),
    )
    moved = by_entry(work, compared)
    return [
        _judge(
            pair,
            kind,
            item,
            (p, size),
            about,
            (folds[pair[0]], folds[pair[1]]),
            estimate(float(item.mean()), moved[pair[0]] - moved[pair[1]], item.tolist()),
        )
        for pair, kind, item, p, size in zip(
            pairs, kinds, differences, adjusted, sizes, strict=True
        )
    ]


def _folds(
    rows: pd.DataFrame, *, prevalence: float | None, rules: Mapping[str, ThresholdRule]
) -> dict[str, list[FoldScores]]:
    """The folds of some entries."""
    return {
        str(name): folds_of(own, prevalence=prevalence, rule=rules.get(str(name), BEST_F1))
        for name, own in rows.groupby("entry", sort=False)
    }


def _moved(
    rows: pd.DataFrame,
    *,
    metric: str,
    prevalence: float | None,
    rules: Mapping[str, ThresholdRule],
    drawing: Drawing,
) -> dict[str, Floats]:
    """A measure of some entries in every draw of the star weights that all share."""
    weights = drawing.weights()
    folds = _folds(rows, prevalence=prevalence, rules=rules)
    return {name: drawn(own, weights, metric) for name, own in folds.items()}


def _over_folds(
    differences: Floats, about: Tested, *, level: float = 0.95, bound: float = 1
) -> tuple[Estimate, float]:
    """The difference of the procedure with its p-value; one fold has neither interval nor p."""
    folds = tuple(differences.tolist())
    low, high, p_value = np.nan, np.nan, np.nan
    if about.n_folds > 1:
        low, high, p_value = corrected_interval(
            folds, test_share=about.test_share, n_planets=about.n_planets, level=level, bound=bound
        )
    return Estimate(float(differences.mean()), low, high, folds), p_value


def _by_family(p_values: Sequence[float], kinds: Sequence[Family]) -> tuple[list[float], list[int]]:
    """Each p-value adjusted in its family, and how many tests that family has."""
    values = np.asarray(p_values, dtype=np.float64)
    adjusted, sizes = np.full(len(values), np.nan), np.zeros(len(values), dtype=int)
    for kind in set(kinds):
        mine = np.array([other == kind for other in kinds])
        adjusted[mine] = holm(values[mine].tolist())
        sizes[mine] = np.count_nonzero(np.isfinite(values[mine]))
    return adjusted.tolist(), sizes.tolist()


def _judge(
    pair: tuple[str, str],
    kind: Family,
    differences: Floats,
    adjusted: tuple[float, int],
    about: Tested,
    folds: tuple[Sequence[FoldScores], Sequence[FoldScores]],
    fitted: Estimate,
) -> Comparison:
    """One pair; `adjusted` is its p-value in the family and the family's size."""
    difference, p_value = _over_folds(differences, about)
    p, family_size = adjusted
    decided = verdict(difference.low, difference.high, adjusted_p=p, margin=about.margin)
    needed = None
    if decided == "not decided":
        needed = stars_needed(differences.tolist(), about, family_size=family_size)
    planets = None if needed is None else -(-needed * about.n_planets // about.n_stars)
    said = Judged(
        *pair, difference, fitted, decided, p, needed, planets, family_size,
        about.margin, METRIC_NAMES[about.metric],
    )  # fmt: skip
    return Comparison(
        a=pair[0],
        b=pair[1],
        family=kind,
        difference=difference,
        p_value=p_value,
        adjusted_p_value=p,
        verdict=decided,
        stars_to_decide=needed,
        planets_to_decide=planets,
        probabilities=probabilities(
            differences.tolist(),
            margin=about.margin,
            test_share=about.test_share,
            n_planets=about.n_planets,
        ),
        mcnemar=mcnemar(*folds),
        fitted=fitted,
        sentence=sentence(said, n_stars=about.n_stars, n_planets=about.n_planets),
    )


def stars_needed(differences: Sequence[float], about: Tested, *, family_size: int) -> int | None:
    """Stars that would decide a pair of a family of so many; None where none would, or one fold."""
    if about.n_folds == 1:
        return None
    values = np.asarray(differences, dtype=np.float64)
    if (np.abs(values) <= NO_SPREAD).all():
        return stars_without_change(
            level=0.95, n_stars=about.n_stars, n_planets=about.n_planets, margin=about.margin
        )
    own, _ = _over_folds(values, about, bound=np.inf)
    level = 1 - ERROR_RATE / max(family_size, 1)
    wide, _ = _over_folds(values, about, level=level, bound=np.inf)
    return stars_to_decide(
        own.mean,
        (own.high - own.low) / 2,
        n_stars=about.n_stars,
        margin=about.margin,
        family_half_width=(wide.high - wide.low) / 2,
    )
