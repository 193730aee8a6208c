"""The one rule by which two entries are judged, and the interval that it rests on."""

from collections.abc import Sequence

import numpy as np
from scipy import stats

from kepler_keras.evaluation.estimates import Verdict

ERROR_RATE = 0.05  # of a family of comparisons
NO_SPREAD = 1e-9  # rounding alone makes differences differ by so much


def verdict(low: float, high: float, *, adjusted_p: float, margin: float) -> Verdict:
    """What is said of a difference.

    ``equivalent`` where the whole interval lies within the margin of practical equivalence, so
    that even a difference that surely exists matters to nobody; else ``better`` or ``worse`` where
    the adjusted p-value is below 0.05; else ``not decided``.

    Args:
        low: Lower end of the difference's interval; NaN where there is none.
        high: Its upper end.
        adjusted_p: Of no difference, adjusted in its family of comparisons.
        margin: The margin of practical equivalence.
    """
    if not (np.isfinite(low) and np.isfinite(high)):
        return "not decided"
    if -margin <= low and high <= margin:
        return "equivalent"
    if not adjusted_p < ERROR_RATE:
        return "not decided"
    return "better" if low + high > 0 else "worse"


def corrected_interval(
    differences: Sequence[float],
    *,
    test_share: float,
    n_planets: int,
    level: float = 0.95,
    bound: float = 1,
) -> tuple[float, float, float]:
    """Interval and p-value of a mean difference over folds whose training sets overlap.

    Nadeau & Bengio 2003 (Machine Learning 52:239), corrected resampled t-test: the variance of J
    differences is multiplied by 1/J + n_test/n_train. They take J - 1 degrees of freedom. Here they
    are no more than planets less one: dealing five planets into folds ten times over gives fifty
    differences and no sixth planet, and the error of the test rises to 8 % (docs/statistics.md).

    Nearly all measures lie in [0, 1], so the interval is cut at -1 and 1: with two folds Student's
    t alone reaches far beyond. Where all differences are equal their spread says nothing. If they
    are 0, the interval is the one that n planets of which none changed allow: the share of
    planets that would change is below 1 - 0.025^(1/n) (Clopper & Pearson 1934, Biometrika 26:404),
    and a mean over planets moves by about that share at most. Else there is none (NaN).

    Args:
        differences: One a fold, J > 1 of them; with a NaN among them the result is NaN.
        test_share: n_test / n_train, where training includes the validation rows.
        n_planets: Stars with a planet in the tests of a repeat, two or more.
        level: Coverage of the interval.
        bound: Where the interval is cut; infinity for a measure that may be larger than 1.

    Returns:
        Low, high and the two-sided p-value of no difference.
    """
    values = np.asarray(differences, dtype=np.float64)
    mean = float(values.mean())
    if np.ptp(values) <= NO_SPREAD:
        if abs(mean) > NO_SPREAD:
            return np.nan, np.nan, np.nan
        reach = 1 - float(((1 - level) / 2) ** (1 / n_planets))
        return -reach, reach, 1.0
    error, freedom = corrected_error(values.tolist(), test_share=test_share, n_planets=n_planets)
    width = float(stats.t.ppf((1 + level) / 2, freedom)) * error
    p_value = 2 * float(stats.t.sf(abs(mean) / error, freedom))
    low, high = np.clip([mean - width, mean + width], -bound, bound).tolist()
    return low, high, p_value


def corrected_error(
    differences: Sequence[float], *, test_share: float, n_planets: int
) -> tuple[float, int]:
    """Standard error of the mean of `corrected_interval`, and its degrees of freedom."""
    values = np.asarray(differences, dtype=np.float64)
    error = float(np.sqrt(values.var(ddof=1) * (1 / len(values) + test_share)))
    return error, min(len(values), n_planets) - 1
