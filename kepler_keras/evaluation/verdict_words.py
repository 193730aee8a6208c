"""Verdicts in plain words with their numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kepler_keras.evaluation.estimates import Comparison, EntrySummary, Estimate, Verdict

ONE_FOLD = "One test set says nothing about models fitted anew, so that nothing is decided."
MANY = 1_000_000
METRIC_NAMES = {
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


@dataclass(frozen=True)
class Judged:
    """What a sentence on one pair is made of; the fields are those of `Comparison`."""

    a: str
    b: str
    difference: Estimate
    fitted: Estimate
    verdict: Verdict
    adjusted_p_value: float
    stars_to_decide: int | None
    planets_to_decide: int | None
    family_size: int
    margin: float
    metric: str


def sentence(pair: Judged, *, n_stars: int, n_planets: int) -> str:
    """The verdict on a pair.

    Args:
        pair: What is known of it.
        n_stars: Stars in tests.
        n_planets: Those of them with a planet.
    """
    a, b, metric = pair.a, pair.b, pair.metric
    mean, low, high = pair.difference.mean, pair.difference.low, pair.difference.high
    named = metric[0].upper() + metric[1:]
    interval = f"95 % interval {signed(low)} to {signed(high)}"
    if not np.isfinite(mean):
        undefined = sum(np.isnan(pair.difference.folds))
        return (
            f"{a} against {b}: not decided, because {metric} is undefined for one of them in "
            f"{undefined} of {len(pair.difference.folds)} test folds."
        )
    if len(pair.difference.folds) == 1:
        return (
            f"{a} against {b}: not decided, with one test set. {fitted_words(pair.fitted, metric)}"
        )
    if not np.isfinite(low):
        return (
            f"{a} against {b}: not decided. Their {metric} differs by {signed(mean)} in every fold "
            "alike, and from folds without any spread no interval can be drawn."
        )
    if pair.verdict == "equivalent":
        return (
            f"{a} and {b} are equivalent: their {metric} differs by {signed(mean)} ({interval}), "
            f"within the margin of practical equivalence of {pair.margin:g}."
        )
    if pair.verdict != "not decided":
        direction = "higher" if mean > 0 else "lower"
        return (
            f"{a} is {pair.verdict} than {b}: {metric} {direction} by {abs(mean):.3f} ({interval})."
        )
    text = f"{a} against {b}: not decided. {named} differs by {signed(mean)}, "
    if low <= 0 <= high:
        text += f"and the data allow anything from {signed(low)} to {signed(high)} (95 % interval)."
    else:
        text += (
            f"{interval}. By itself this pair would be decided; among {pair.family_size} pairs "
            f"that are judged together, luck alone finds such a one too often (adjusted p = "
            f"{pair.adjusted_p_value:.3f})."
        )
    return text + needed_words(
        pair.stars_to_decide, pair.planets_to_decide, n_stars=n_stars, n_planets=n_planets
    )


def signed(difference: float) -> str:
    """A difference as the tables write it: ``+0.024``, ``−0.024``."""
    return f"{difference:+.3f}".replace("-", "−")


def fitted_words(fitted: Estimate, metric: str) -> str:
    """What is known of the fitted models alone."""
    if not np.isfinite(fitted.low):
        return f"For these fitted models {metric} differs by {signed(fitted.mean)}."
    return (
        f"For these fitted models {metric} differs by {signed(fitted.mean)} "
        f"(95 % interval {signed(fitted.low)} to {signed(fitted.high)} over stars)."
    )


def needed_words(stars: int | None, planets: int | None, *, n_stars: int, n_planets: int) -> str:
    """How many stars and planets would decide, as a sentence after another one."""
    if stars is None or planets is None:
        return " No number of stars would decide a difference of this size."
    if stars > MANY:
        return (
            " If it stayed so, more than a million tested stars would be needed to decide it; "
            f"there are {n_stars:,}, {n_planets:,} with a planet."
        )
    return (
        f" If it stayed so, about {rounded_up(stars)} tested stars, {rounded_up(planets)} of them "
        f"with a planet, would decide it; there are {n_stars:,}, {n_planets:,} with a planet."
    )


def rounded_up(value: int) -> str:
    """A whole number rounded up to two digits: ``31,000``."""
    unit = int(10 ** max(0, len(str(value)) - 2))
    return f"{-(-value // unit) * unit:,}"


def overall_verdict(
    comparisons: Sequence[Comparison],
    summaries: Mapping[str, EntrySummary],
    *,
    baseline: str,
    primary_metric: str,
) -> str:
    """One paragraph: who stands first, and what is decided against the baseline."""
    metric = METRIC_NAMES[primary_metric]
    values = {name: summary.metrics[primary_metric] for name, summary in summaries.items()}
    defined = {name: value for name, value in values.items() if np.isfinite(value.mean)}
    if not defined:
        return f"No entry has a defined {metric}: nothing is decided."
    first = max(defined, key=lambda name: defined[name].mean)
    top = defined[first]
    interval = f" (95 % interval {top.low:.3f} to {top.high:.3f})" if np.isfinite(top.low) else ""
    parts = [f"{first} stands first with {metric} {top.mean:.3f}{interval}."]
    if len(top.folds) == 1 and comparisons:
        return f"{parts[0]} {ONE_FOLD}"
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
