"""One entry against another on identical folds: a difference, its interval, and a verdict."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from kepler_keras.evaluation.estimates import Comparison, EntrySummary, Estimate, Verdict
from kepler_keras.evaluation.summary import COUNTED, RANKING, folds_of
from kepler_keras.evaluation.uncertainty import DRAWS, draw_star_weights, estimate

Floats = NDArray[np.float64]
METRIC_WORDS = {
    "average_precision": "average precision",
    "roc_auc": "ROC AUC",
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
}


def verdict(low: float, high: float, margin: float) -> Verdict:
    """What an interval of a difference says.

    ``equivalent`` where the whole interval lies within the margin of practical equivalence, so
    that even a difference that surely exists matters to nobody; else ``better`` or ``worse`` where
    it lies wholly on one side of zero; else ``not decided``.
    """
    if not (np.isfinite(low) and np.isfinite(high)):
        return "not decided"
    if -margin <= low and high <= margin:
        return "equivalent"
    if low > 0:
        return "better"
    return "worse" if high < 0 else "not decided"


def corrected_interval(
    differences: Sequence[float], *, test_share: float, level: float = 0.95
) -> tuple[float, float, float]:
    """Interval and p-value of a mean difference over folds whose training sets overlap.

    Nadeau & Bengio 2003 (Machine Learning 52:239), corrected resampled t-test: the variance of J
    differences is multiplied by 1/J + n_test/n_train, with J - 1 degrees of freedom.

    Args:
        differences: One a fold, J of them.
        test_share: n_test / n_train, where training includes the validation rows.
        level: Coverage of the interval.

    Returns:
        Low, high and the two-sided p-value of no difference.
    """
    values = np.asarray(differences, dtype=np.float64)
    mean = float(values.mean())
    error = float(np.sqrt(values.var(ddof=1) * (1 / len(values) + test_share)))
    if error == 0:
        return mean, mean, 1.0 if mean == 0 else 0.0
    width = float(stats.t.ppf((1 + level) / 2, len(values) - 1)) * error
    p_value = 2 * float(stats.t.sf(abs(mean) / error, len(values) - 1))
    return mean - width, mean + width, p_value


def compare(
    predictions: pd.DataFrame,
    summaries: Mapping[str, EntrySummary],
    *,
    primary_metric: str,
    margin: float,
    baseline: str,
    draws: int = DRAWS,
    seed: int = 0,
) -> list[Comparison]:
    """Compares every pair of entries; the baseline, where it takes part, is always b.

    Args:
        predictions: The table that the summaries were made of.
        summaries: In the order that pairs follow: later entries are compared with earlier ones.
        primary_metric: The measure the verdicts are about.
        margin: The margin of practical equivalence.
        baseline: Name of the entry that the others must beat.
        draws: Bootstrap draws, where there is only one fold.
        seed: Seed of the star weights.
    """
    pairs = [(late, early) for early, late in combinations(summaries, 2)]
    pairs = [(b, a) if a == baseline else (a, b) for a, b in pairs]
    pairs.sort(key=lambda pair: pair[1] != baseline)
    result = []
    for a, b in pairs:
        folds_a, folds_b = (summaries[name].metrics[primary_metric].folds for name in (a, b))
        if len(folds_a) > 1:
            difference, p_value = _over_folds(folds_a, folds_b, _test_share(predictions))
        else:
            difference = _over_stars(predictions, a, b, primary_metric, draws=draws, seed=seed)
            p_value = np.nan
        result.append(_judge(a, b, difference, p_value, margin, METRIC_WORDS[primary_metric]))
    return result


def _test_share(predictions: pd.DataFrame) -> float:
    """n_test / n_train of a k-fold split: 1 / (k - 1)."""
    return 1 / (predictions["fold"].nunique() - 1)


def _over_folds(
    folds_a: Sequence[float], folds_b: Sequence[float], test_share: float
) -> tuple[Estimate, float]:
    """The difference of the procedure, from the differences of the folds."""
    differences = np.subtract(folds_a, folds_b)
    low, high, p_value = corrected_interval(list(differences), test_share=test_share)
    mean = float(differences.mean())
    return Estimate(mean, low, high, tuple(differences.tolist())), p_value


def _over_stars(
    predictions: pd.DataFrame, a: str, b: str, metric: str, *, draws: int, seed: int
) -> Estimate:
    """The difference of two fitted models on one test set, from resampled stars."""
    weights = draw_star_weights(predictions, draws=draws, seed=seed)
    values, drawn = [], []
    for name in (a, b):
        (fold,) = folds_of(predictions[predictions["entry"] == name])
        w = weights.of(fold.stars)
        if metric in RANKING:
            values.append(fold.ranking(RANKING[metric]))
            drawn.append(fold.ranking(RANKING[metric], w))
        else:
            values.append(COUNTED[metric](fold.cells()))
            drawn.append(COUNTED[metric](fold.cells(w)))
    difference = float(values[0] - values[1])
    return estimate(difference, drawn[0] - drawn[1], np.array([difference]))


def _judge(
    a: str, b: str, difference: Estimate, p_value: float, margin: float, metric: str
) -> Comparison:
    decided = verdict(difference.low, difference.high, margin)
    sentence = _sentence(a, b, difference, decided, margin, metric)
    return Comparison(a, b, difference, p_value, decided, sentence)


def _sentence(
    a: str, b: str, difference: Estimate, decided: Verdict, margin: float, metric: str
) -> str:
    """The verdict in plain words with its numbers."""
    mean, low, high = difference.mean, difference.low, difference.high
    if not np.isfinite(mean):
        undefined = [i + 1 for i, value in enumerate(difference.folds) if np.isnan(value)]
        folds = ", ".join(map(str, undefined))
        return f"{a} against {b}: not decided, because {metric} is undefined in fold {folds}."
    named = metric[0].upper() + metric[1:]
    interval = f"95 % interval {low:+.3f} to {high:+.3f}"
    scope = "" if len(difference.folds) > 1 else " This holds for these fitted models."
    if decided == "equivalent":
        text = (
            f"{a} and {b} are equivalent: their {metric} differs by {mean:+.3f} ({interval}), less "
            f"than the margin of {margin:g} that matters in practice."
        )
    elif decided == "not decided":
        text = (
            f"{a} against {b}: not decided. {named} differs by {mean:+.3f}, "
            f"and the data allow anything from {low:+.3f} to {high:+.3f} (95 % interval)."
        )
    else:
        direction = "higher" if mean > 0 else "lower"
        text = f"{a} is {decided} than {b}: {metric} {direction} by {abs(mean):.3f} ({interval})."
    return text + scope


def overall_verdict(
    comparisons: Sequence[Comparison],
    summaries: Mapping[str, EntrySummary],
    *,
    baseline: str,
    primary_metric: str,
) -> str:
    """One paragraph: who stands first, and what is decided against the baseline."""
    metric = METRIC_WORDS[primary_metric]
    values = {name: summary.metrics[primary_metric] for name, summary in summaries.items()}
    defined = {name: value for name, value in values.items() if np.isfinite(value.mean)}
    if not defined:
        return f"No entry has a defined {metric}: nothing is decided."
    first = max(defined, key=lambda name: defined[name].mean)
    top = defined[first]
    parts = [
        f"{first} stands first with {metric} {top.mean:.3f} "
        f"(95 % interval {top.low:.3f} to {top.high:.3f})."
    ]
    against = [item for item in comparisons if item.b == baseline]
    for kind, words in (
        ("better", "better than"),
        ("equivalent", "equivalent to"),
        ("worse", "worse than"),
    ):
        names = [item.a for item in against if item.verdict == kind]
        if names:
            parts.append(f"{words.capitalize()} the baseline {baseline}: {', '.join(names)}.")
    open_ones = [item.a for item in against if item.verdict == "not decided"]
    if open_ones:
        parts.append(f"Not decided against {baseline}: {', '.join(open_ones)}.")
    return " ".join(parts)
