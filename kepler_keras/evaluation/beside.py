"""What is shown beside a verdict and never decides: three other ways to look at the same pair."""

from collections.abc import Sequence

import numpy as np
from baycomp.single import Posterior
from numpy.typing import NDArray
from scipy import stats

from kepler_keras.evaluation import measures
from kepler_keras.evaluation.estimates import McNemar, Probabilities
from kepler_keras.evaluation.folds import FoldScores
from kepler_keras.evaluation.uncertainty import StarWeights
from kepler_keras.evaluation.verdicts import NO_SPREAD, corrected_error

Floats = NDArray[np.float64]


def probabilities(
    differences: Sequence[float], *, margin: float, test_share: float, n_planets: int
) -> Probabilities | None:
    """Bayesian correlated t-test with a region of practical equivalence, by baycomp.

    Corani & Benavoli 2015 (Machine Learning 100:285): with a prior that says nothing, the mean
    difference has Student's t-distribution around the observed one, as wide as the corrected t-test
    has it. The degrees of freedom are those of `corrected_interval`.

    Args:
        differences: One a fold.
        margin: Half the width of the region; with 0 nothing is equivalent.
        test_share: n_test / n_train.
        n_planets: Stars with a planet in the tests of a repeat.

    Returns:
        None where folds do not differ at all, or one of them is undefined.
    """
    values = np.asarray(differences, dtype=np.float64)
    if len(values) < 2 or not np.ptp(values) > NO_SPREAD:
        return None
    error, freedom = corrected_error(differences, test_share=test_share, n_planets=n_planets)
    found = Posterior(float(values.mean()), error**2, freedom, margin).probs()
    worse, better = float(found[0]), float(found[-1])
    return Probabilities(better, max(0.0, 1 - worse - better), worse)


def mcnemar(first: Sequence[FoldScores], second: Sequence[FoldScores]) -> McNemar:
    """Exact McNemar test of the calls of two entries, at each one's thresholds.

    McNemar 1947 (Psychometrika 12:153): only stars count that one entry got right and the other
    wrong; without a difference each of them falls to either side with one half. The first repeat is
    taken and every star has one vote: it is called a planet where any of its curves is. Tested
    again in another repeat, a star would vote twice.
    """
    right = [_right_stars(folds) for folds in (first, second)]
    first_only = int(np.count_nonzero(right[0] & ~right[1]))
    second_only = int(np.count_nonzero(~right[0] & right[1]))
    return McNemar(first_only, second_only, mcnemar_p(first_only, second_only))


def mcnemar_p(first_only: int, second_only: int) -> float:
    """Two-sided binomial p-value; 1 where the two never differ."""
    n = first_only + second_only
    return float(stats.binomtest(first_only, n).pvalue) if n else 1.0


def _right_stars(folds: Sequence[FoldScores]) -> NDArray[np.bool_]:
    """Whether each star of the first repeat was called rightly, fold by fold, sorted by name."""
    right = []
    for fold in folds:
        if fold.repeat != folds[0].repeat:
            continue
        stars, place = np.unique(fold.stars, return_inverse=True)
        called, planet = (np.zeros(len(stars), dtype=bool) for _ in range(2))
        np.logical_or.at(called, place, fold.scores >= fold.threshold)
        np.logical_or.at(planet, place, fold.labels == 1)
        right.append(called == planet)
    return np.concatenate(right)


def drawn(folds: Sequence[FoldScores], weights: StarWeights, metric: str) -> Floats:
    """One measure of an entry's fitted models in every draw of star weights, shape (draws,).

    A fold counts as much as its planets weigh.
    """
    probabilities = metric in measures.CALIBRATION
    prepared = [fold.weighing(weights, probabilities=probabilities) for fold in folds]
    return measures.drawn(folds, prepared, weights, (metric,))[metric]
