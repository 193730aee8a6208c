"""The 95 % interval of each measure of one entry, for these fitted models and other stars.

Stars are weighted as `uncertainty` says, but the central 95 % of such draws is too narrow: five
planets that are all found leave no draw in which one is missed. So, for each end, a planet and
another star are imagined that no fold holds: scored worst of all for the unfavourable end, best of
all for the favourable one. Each weighs what a star does. For a share of rows the ends are those of
Clopper & Pearson 1934 (Biometrika 26:404), since the weight of x of n + 1 stars is a beta variable;
for the mean of any values with known ends they are those of Gaffke 2005 (Math. Methods Statist.
14:451; Learned-Miller & Thomas 2019, arXiv:1905.06208), which no distribution is known to break.
`docs/statistics.md` shows how often these intervals hold the truth.

With k folds each holds 1 / k of both stars: weights from the gamma distribution of shape 1 / k,
whose sum is exponential. Three things need more than that:

- What a fold's own best threshold gives is too high on average, fold by fold: for `WHOLE` each fold
  has whole stars at its unfavourable end.
- Average precision of few planets is too high, too: `ranking.cautious_average_precision`.
- The calibration error is too high by the noise of its groups. Its lower end is that of the
  distance between mean score and share of planets, which is never larger.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.evaluation.estimates import Estimate
from kepler_keras.evaluation.folds import FoldScores
from kepler_keras.evaluation.measures import (
    METRICS,
    RANKING,
    at_prevalence,
    joined,
    measures,
    planet_weights,
    ranked,
)
from kepler_keras.evaluation.proportions import LEVEL
from kepler_keras.evaluation.ranking import RECALL, cautious_average_precision
from kepler_keras.evaluation.tallies import Imagined, Tallies
from kepler_keras.evaluation.uncertainty import StarWeights

Floats = NDArray[np.float64]
LOSSES = ("mean_score", "calibration_error", "log_loss", "brier", "candidates_per_planet")
WHOLE = ("recall_at_precision", "recall_at_high_precision", "precision_at_recall")
# The score that a share `RECALL` of planets reaches has no lower end with fewer stars.
FEWEST_FOR_RECALL = round(1 / (1 - RECALL))
EXCESS = "excess"  # beside the measures: by how much scores are too high
TAIL = 100 * (1 - LEVEL) / 2


@dataclass(frozen=True)
class _Stars:
    """Weights of rows of the imagined planet and the other star in each fold, (folds, draws)."""

    planets: Floats
    others: Floats

    def of(self, draws: slice) -> "_Stars":
        """Those of some draws."""
        return _Stars(self.planets[:, draws], self.others[:, draws])

    def beside(self, tallies: Sequence[Tallies], *, best: bool) -> list[Tallies]:
        """The sums with them."""
        return [
            part.with_stars(Imagined(planet, other, best))
            for part, planet, other in zip(tallies, self.planets, self.others, strict=True)
        ]


def estimates(
    folds: Sequence[FoldScores], weights: StarWeights, *, seed: int = 0
) -> dict[str, Estimate]:
    """Every measure of one entry, with its interval and its folds.

    Args:
        folds: From `folds_of`.
        weights: Of all stars.
        seed: Seed of the weights of imagined stars, which are equal for all entries.
    """
    whole = [fold.tallies() for fold in folds]
    values = measures(folds, whole)
    by_fold = [measures([fold], [part]) for fold, part in zip(folds, whole, strict=True)]
    ends = _ends(folds, weights, seed)
    result = {}
    for key, value in values.items():
        parts = tuple(float(fold[key]) for fold in by_fold)
        reason = _not_estimable(key, value, folds)
        low, high = (np.nan, np.nan) if reason else ends[key]
        low, high = min(low, float(value)), max(high, float(value))  # NaN stays
        result[key] = Estimate(float(value), low, high, parts, reason)
    return result


def _not_estimable(key: str, value: float, folds: Sequence[FoldScores]) -> str:
    """Why a measure has no interval; empty where it has one."""
    if not np.isfinite(value):
        return "the measure itself is undefined"
    if key == "precision_at_recall":
        fewest = min(len(np.unique(fold.stars[fold.labels == 1])) for fold in folds)
        if fewest < FEWEST_FOR_RECALL:
            return (
                f"not estimable: a test fold has {fewest} stars with planets, and recall "
                f"{RECALL:g} needs {FEWEST_FOR_RECALL}"
            )
    return ""


def _ends(
    folds: Sequence[FoldScores], weights: StarWeights, seed: int
) -> dict[str, tuple[float, float]]:
    """Low and high of each measure."""
    n_folds = len(folds) // len({fold.repeat for fold in folds})
    size = (2, n_folds, len(weights.weights))
    rng = np.random.default_rng([seed, 1])
    shared = _imagined(folds, *rng.gamma(1 / n_folds, size=size))
    whole = _imagined(folds, *rng.exponential(size=size))
    prepared = [fold.weighing(weights) for fold in folds]
    parts = []
    for draws, batch in weights.batches(places=max(len(one.planets) for one in prepared)):
        tallies = [one.tallies(batch) for one in prepared]
        parts.append(_moved(folds, tallies, shared.of(draws), whole.of(draws)))
    bad, good = (joined(ends) for ends in zip(*parts, strict=True))
    ends = {}
    for key in good.keys() - {EXCESS}:
        lower, upper = (good, bad) if key in LOSSES else (bad, good)
        ends[key] = _percentile(lower[key], TAIL), _percentile(upper[key], 100 - TAIL)
    if "calibration_error" in ends:
        low, high = _percentile(good[EXCESS], TAIL), _percentile(bad[EXCESS], 100 - TAIL)
        ends["calibration_error"] = max(low, -high, 0.0), ends["calibration_error"][1]
    return ends


def _imagined(folds: Sequence[FoldScores], planets: Floats, others: Floats) -> _Stars:
    """Stars of so many weights, (folds of a repeat, draws), the same in all repeats."""
    place = np.arange(len(folds)) % len(planets)
    rows = [
        [[_rows_of_a_star(fold.stars[(fold.labels == 1) == planet])] for fold in folds]
        for planet in (True, False)
    ]
    return _Stars(planets[place] * rows[0], others[place] * rows[1])


def _moved(
    folds: Sequence[FoldScores], tallies: Sequence[Tallies], shared: _Stars, whole: _Stars
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Every measure in some draws at its unfavourable and at its favourable end."""
    worst, best = (shared.beside(tallies, best=best) for best in (False, True))
    good = measures(folds, best)
    bad = measures(folds, worst, set(METRICS) - {"average_precision", *WHOLE})
    bad |= _ranked(folds, worst, ("average_precision",))
    bad |= _ranked(folds, whole.beside(tallies, best=False), WHOLE)
    if "calibration_error" in good:
        good[EXCESS], bad[EXCESS] = (_mean_excess(folds, part) for part in (best, worst))
    return bad, good


def _ranked(
    folds: Sequence[FoldScores], tallies: Sequence[Tallies], keys: Sequence[str]
) -> dict[str, Any]:
    """Measures of the ranking at the unfavourable end."""
    chosen = {key: RANKING[key] for key in keys}
    if "average_precision" in chosen:
        chosen["average_precision"] = cautious_average_precision
    return ranked(at_prevalence(folds, tallies), planet_weights(folds, tallies), chosen)


def _mean_excess(folds: Sequence[FoldScores], tallies: Sequence[Tallies]) -> Floats:
    """Mean over folds of how far scores are above the share of planets."""
    return np.asarray(np.mean([part.excess() for part in at_prevalence(folds, tallies)], axis=0))


def _percentile(draws: Floats, share: float) -> float:
    """Of the defined draws."""
    defined = draws[np.isfinite(draws)]
    return float(np.percentile(defined, share)) if len(defined) else np.nan


def _rows_of_a_star(stars: NDArray[np.str_]) -> float:
    """How many rows a star has that a row is drawn of; a star of many rows is drawn more often."""
    rows = np.unique(stars, return_counts=True)[1]
    return float((rows**2).sum() / rows.sum()) if len(rows) else 1.0
