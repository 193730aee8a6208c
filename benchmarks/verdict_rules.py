"""The rules that `verdict_error` compares: each says whether it finds a difference, 1 or 0."""

import numpy as np
from scipy import stats
from verdict_populations import N_FOLDS, Scored, best_threshold

from kepler_keras.evaluation import metrics
from kepler_keras.evaluation.beside import mcnemar_p
from kepler_keras.evaluation.verdicts import corrected_interval, verdict

MARGIN = 0.02


def judged(differences: list[float], planets: int) -> dict[str, float]:
    """What the rules say of the differences of the folds: 1 where they find something."""
    share = 1 / (N_FOLDS - 1)
    low, high, p = corrected_interval(differences, test_share=share, n_planets=planets)
    wide = corrected_interval(differences, test_share=share, n_planets=10**9)[2]
    alone = plain_t_p(differences)
    return {
        "verdict": float(verdict(low, high, adjusted_p=p, margin=0.0) in ("better", "worse")),
        "equivalent": float(verdict(low, high, adjusted_p=p, margin=MARGIN) == "equivalent"),
        "uncapped": float(wide < 0.05),
        "plain_t": float(alone < 0.05),
    }


def plain_t_p(differences: list[float]) -> float:
    """Of Student's t-test, as if folds were independent."""
    if np.ptp(differences) <= 1e-9:
        return 1.0
    return float(stats.ttest_1samp(differences, 0).pvalue)


def mcnemar_found(folds: list[tuple[Scored, Scored]]) -> float:
    """Whether the exact test of the calls finds a difference, at thresholds from validation."""
    only = np.zeros(2, dtype=int)
    for pair in folds:
        right = []
        for one in pair:
            threshold = best_threshold(*one.validation)
            right.append(np.concatenate([one.test[0] >= threshold, one.test[1] < threshold]))
        only += [np.count_nonzero(right[0] & ~right[1]), np.count_nonzero(~right[0] & right[1])]
    return float(mcnemar_p(int(only[0]), int(only[1])) < 0.05)


def bootstrap_found(
    folds: list[tuple[Scored, Scored]], repeats: int, draws: int, rng: np.random.Generator
) -> float:
    """Whether the central 95 % of the paired bootstrap leave out 0, for one repeat of folds."""
    if repeats > 1:
        return (
            np.nan
        )  # a star keeps its weight in all repeats, and rows do not know their star here
    moved, planets = [], []
    for pair in folds:
        n_planets, n_others = (len(part) for part in pair[0].test)
        labels = np.repeat([1, 0], [n_planets, n_others])
        weights = rng.standard_exponential((len(labels), draws)).T
        values = [
            metrics.average_precision(labels, np.concatenate(one.test).astype(float), weights)
            for one in pair
        ]
        moved.append(values[0] - values[1])
        planets.append(weights[:, :n_planets].mean(axis=1))
    low, high = np.percentile(np.average(moved, axis=0, weights=planets), [2.5, 97.5])
    return float(low > 0 or high < 0)
