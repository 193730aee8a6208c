"""Several comparisons at once: the more are made, the more likely one succeeds by luck alone."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from kepler_keras.evaluation.estimates import Family


def pairs_to_compare(
    names: Sequence[str], *, baseline: str, against: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Which entries are compared: all competitors with each other, an ablation with its own entry.

    Args:
        names: All entries; a later competitor is compared with an earlier one, but the baseline
            is always second of its pair, and its pairs come first.
        baseline: Name of the competitor that the others must beat.
        against: The entry of each ablation; who is missing here is a competitor.
    """
    competitors = [name for name in names if name not in against]
    pairs = [(late, early) for early, late in combinations(competitors, 2)]
    pairs = [(b, a) if a == baseline else (a, b) for a, b in pairs]
    pairs.sort(key=lambda pair: pair[1] != baseline)
    return pairs + [(name, against[name]) for name in names if name in against]


def families(
    pairs: Sequence[tuple[str, str]],
    *,
    baseline: str,
    against: Mapping[str, str],
    questions: Sequence[tuple[str, str]] = (),
) -> list[Family]:
    """The family of each pair, whose p-values are adjusted together.

    What an experiment asks before it runs is judged by itself, and so are the pairs with its
    baseline: a question does not pay for pairs that nobody had in mind. A pair that is both is a
    question's.

    Args:
        pairs: From `pairs_to_compare`.
        baseline: Name of the competitor that the others must beat.
        against: The entry of each ablation.
        questions: Pairs that the experiment's questions are about, either way round.
    """
    named = {frozenset(pair) for pair in questions}

    def family(a: str, b: str) -> Family:
        if a in against:
            return "remedies"
        if {a, b} in named:
            return "questions"
        return "baseline" if b == baseline else "other pairs"

    return [family(a, b) for a, b in pairs]


def holm(p_values: Sequence[float]) -> NDArray[np.float64]:
    """P-values of a family, adjusted: those below 0.05 hold an error in 5 families of 100 at most.

    The smallest of m is multiplied by m, the next by m - 1 and so on; none becomes smaller than
    one before it, nor larger than 1 (Holm 1979, Scand. J. Statist. 6:65). That holds however the
    comparisons depend on each other.

    Args:
        p_values: Shape (n,); NaN stands for a test that does not exist: it stays NaN and does not
            count among the m.

    Returns:
        Shape (n,), in the order given.
    """
    values = np.asarray(p_values, dtype=np.float64)
    adjusted = np.full(values.shape, np.nan)
    m = np.count_nonzero(~np.isnan(values))
    order = np.argsort(values)[:m]  # NaN are sorted to the end
    adjusted[order] = np.minimum(np.maximum.accumulate(values[order] * np.arange(m, 0, -1)), 1)
    return adjusted


def stars_to_decide(
    difference: float,
    half_width: float,
    *,
    n_stars: int,
    margin: float | None,
    family_half_width: float | None = None,
) -> int | None:
    """How many stars would decide what `n_stars` did not, if the difference stayed as it was.

    With n stars the interval is difference ± w; with n' stars its half-width is w sqrt(n / n'). It
    excludes 0 for n' > n (w / |difference|)^2, and lies within the margin for
    n' >= n (w / (margin - |difference|))^2; the smaller one is given, as the next whole number.

    This assumes that all spread between folds comes from their stars, planets being as frequent
    among new ones. Spread from the models' random starts does not shrink with stars (it does with
    repeats), so that the truth is rather more stars.

    Args:
        difference: What was measured.
        half_width: Of its interval, w above, not cut to what is possible.
        n_stars: Stars in tests.
        margin: Of practical equivalence; None where there is none.
        family_half_width: Of the wider interval that must exclude 0 where a family of comparisons
            is judged together; None takes `half_width`.

    Returns:
        The number; None where none would do, or nothing is known of the interval.
    """
    size = abs(difference)
    wide = half_width if family_half_width is None else family_half_width
    ways = ((wide, size), (half_width, (margin or 0.0) - size))
    ratios = [width / gap for width, gap in ways if gap > 0 and np.isfinite(width)]
    if not ratios:
        return None
    return int(np.floor(n_stars * min(ratios) ** 2)) + 1


def stars_without_change(
    *, level: float, n_stars: int, n_planets: int, margin: float | None
) -> int | None:
    """How many stars would show equivalence, if entries went on to agree on every planet.

    With n planets none of which changed, the interval of `verdicts.corrected_interval` reaches to
    1 - ((1 - level) / 2)^(1/n); stars grow in proportion to planets.

    Returns:
        The number; None where there is no margin that it could lie within.
    """
    if margin is None or not 0 < margin < 1:
        return None
    planets = int(np.ceil(np.log((1 - level) / 2) / np.log1p(-margin)))
    return -(-planets * n_stars // n_planets)
