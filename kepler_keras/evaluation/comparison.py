"""One entry against another on identical folds: a difference, its interval, and a verdict."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from kepler_keras.evaluation.estimates import Comparison, EntrySummary, Estimate, Verdict
from kepler_keras.evaluation.multiple import pairs_to_compare
from kepler_keras.evaluation.summary import folds_of, statistics
from kepler_keras.evaluation.uncertainty import DRAWS, draw_star_weights, estimate

Floats = NDArray[np.float64]
SCOPE = "This holds for these fitted models, not for models fitted anew."
METRIC_WORDS = {
    "average_precision": "average precision",
    "roc_auc": "ROC AUC",
    "partial_auc": "partial ROC AUC up to a false-positive rate of 0.1",
    "recall_at_precision": "recall at precision 0.9",
    "recall_at_high_precision": "recall at precision 0.99",
    "precision_at_recall": "precision at recall 0.9",
    "precision_at_k": "precision among the first 10",
    "mean_score": "mean score",
    "calibration_error": "calibration error",
    "log_loss": "log loss",
    "brier": "Brier score",
    "precision": "precision",
    "recall": "recall",
    "specificity": "specificity",
    "f1": "F1",
    "f_beta": "F2",
    "balanced_accuracy": "balanced accuracy",
    "matthews": "Matthews correlation",
    "candidates_per_planet": "candidates per planet found",
    "accuracy": "accuracy",
}


AGAINST_BASELINE: dict[Verdict, str] = {
    "better": "Better than the baseline",
    "equivalent": "Equivalent to the baseline",
    "worse": "Worse than the baseline",
    "not decided": "Not decided against the baseline",
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
    differences: Sequence[float], *, test_share: float, level: float = 0.95, bound: float = 1
) -> tuple[float, float, float]:
    """Interval and p-value of a mean difference over folds whose training sets overlap.

    Nadeau & Bengio 2003 (Machine Learning 52:239), corrected resampled t-test: the variance of J
    differences is multiplied by 1/J + n_test/n_train, with J - 1 degrees of freedom.

    All measures that a verdict may be about lie in [0, 1], so the interval is cut at -1 and 1: with
    two folds Student's t alone reaches far beyond. Where all differences are equal their spread
    says nothing: they give the interval [0, 0] if they are 0, and else none (NaN).

    Args:
        differences: One a fold, J > 1 of them; with a NaN among them the result is NaN.
        test_share: n_test / n_train, where training includes the validation rows.
        level: Coverage of the interval.
        bound: Where the interval is cut; infinity for a measure that may be larger than 1.

    Returns:
        Low, high and the two-sided p-value of no difference.
    """
    values = np.asarray(differences, dtype=np.float64)
    mean = float(values.mean())
    if np.ptp(values) <= 1e-9:  # no spread to learn from; rounding alone makes a tiny one
        return (0.0, 0.0, 1.0) if abs(mean) <= 1e-9 else (np.nan, np.nan, np.nan)
    error = float(np.sqrt(values.var(ddof=1) * (1 / len(values) + test_share)))
    width = float(stats.t.ppf((1 + level) / 2, len(values) - 1)) * error
    p_value = 2 * float(stats.t.sf(abs(mean) / error, len(values) - 1))
    low, high = np.clip([mean - width, mean + width], -bound, bound).tolist()
    return low, high, p_value


def compare(
    predictions: pd.DataFrame,
    summaries: Mapping[str, EntrySummary],
    *,
    primary_metric: str,
    margin: float,
    against: Mapping[str, str] | None = None,
    baseline: str,
    prevalence: float | None = None,
    test_share: float | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> list[Comparison]:
    """Compares the pairs of `pairs_to_compare`; the baseline, where it takes part, is always b.

    With several folds the interval is `corrected_interval` over the folds' own values, whatever
    the measure, and describes the procedure. With one fold it comes from resampled stars and
    describes these fitted models; no p-value exists.

    Args:
        predictions: The table that the summaries were made of.
        summaries: In the order that pairs follow: later entries are compared with earlier ones.
        primary_metric: The measure the verdicts are about.
        margin: The margin of practical equivalence.
        against: The entry of each ablation; None means that there are none.
        baseline: Name of the entry that the others must beat.
        prevalence: The one that the summaries were made at.
        test_share: n_test / n_train; None takes that of whole folds, 1 / (k - 1).
        draws: Bootstrap draws, where there is only one fold.
        seed: Seed of the star weights.
    """
    pairs = pairs_to_compare(list(summaries), baseline=baseline, against=against or {})
    values = {name: summary.metrics[primary_metric].folds for name, summary in summaries.items()}
    n_folds = predictions["fold"].nunique()
    drawn = {}
    if n_folds == 1:
        weights = draw_star_weights(predictions, draws=draws, seed=seed)
        for name in summaries:
            rows = predictions[predictions["entry"] == name]
            folds = folds_of(rows, prevalence=prevalence)
            drawn[name] = statistics(folds, weights)[primary_metric]
    result = []
    for a, b in pairs:
        differences = np.subtract(values[a], values[b])
        if n_folds == 1:
            difference = estimate(differences[0], drawn[a] - drawn[b], differences.tolist())
            p_value = np.nan
        else:
            difference, p_value = _over_folds(differences, test_share or 1 / (n_folds - 1))
        result.append(_judge(a, b, difference, p_value, margin, METRIC_WORDS[primary_metric]))
    return result


def _over_folds(differences: Floats, test_share: float) -> tuple[Estimate, float]:
    """The difference of the procedure, from the differences of the folds."""
    low, high, p_value = corrected_interval(differences.tolist(), test_share=test_share)
    return Estimate(float(differences.mean()), low, high, tuple(differences.tolist())), p_value


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
        undefined = sum(np.isnan(difference.folds))
        return (
            f"{a} against {b}: not decided, because {metric} is undefined for one of them in "
            f"{undefined} of {len(difference.folds)} test folds."
        )
    if not np.isfinite(low):
        return (
            f"{a} against {b}: not decided. Their {metric} differs by {mean:+.3f} in every fold "
            "alike, and from folds without any spread no interval can be drawn."
        )
    named = metric[0].upper() + metric[1:]
    interval = f"95 % interval {low:+.3f} to {high:+.3f}"
    scope = "" if len(difference.folds) > 1 else f" {SCOPE}"
    if decided == "equivalent":
        text = (
            f"{a} and {b} are equivalent: their {metric} differs by {mean:+.3f} ({interval}), "
            f"within the margin of practical equivalence of {margin:g}."
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
    against = {item.a: item.verdict for item in comparisons if item.b == baseline}
    for kind, words in AGAINST_BASELINE.items():
        names = [name for name, decided in against.items() if decided == kind]
        if names:
            parts.append(f"{words} {baseline}: {', '.join(names)}.")
    beaten = _others(first, comparisons, baseline, ("better", "worse"))
    if beaten:
        parts.append(f"{first} is also better than {', '.join(beaten)}.")
    rivals = _others(first, comparisons, baseline, ("not decided",))
    if rivals:
        parts.append(f"Not decided between {first} and {', '.join(rivals)}.")
    if len(top.folds) == 1:
        parts.append(SCOPE)
    return " ".join(parts)


def _others(
    first: str, comparisons: Sequence[Comparison], baseline: str, verdicts: Sequence[Verdict]
) -> list[str]:
    """Entries other than the baseline whose comparison with the first has one of the verdicts."""
    return [
        item.b if item.a == first else item.a
        for item in comparisons
        if first in (item.a, item.b) and baseline != item.b and item.verdict in verdicts
    ]
