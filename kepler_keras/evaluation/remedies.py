"""What each remedy buys: an entry with it against the entry without it, on identical folds."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepler_keras.evaluation.estimates import EntrySummary, Estimate, Verdict
from kepler_keras.evaluation.multiple import holm, stars_to_decide, stars_without_change
from kepler_keras.evaluation.verdicts import ERROR_RATE, corrected_interval

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Measure:
    """How a measure is judged.

    Attributes:
        better: The sign of a difference for the better.
        bound: Largest difference that is possible.
        has_margin: Whether the margin of practical equivalence is about this measure too.
        stepwise: Whether it moves by whole planets or not at all: two entries that never reach the
            precision asked for have 0 in every fold alike, which shows no equivalence.
    """

    better: int
    bound: float
    has_margin: bool
    stepwise: bool = False


MEASURES = {
    "average_precision": Measure(better=1, bound=1, has_margin=True),
    "recall_at_precision": Measure(better=1, bound=1, has_margin=True, stepwise=True),
    "calibration_error": Measure(better=-1, bound=1, has_margin=False),
    "log_loss": Measure(better=-1, bound=np.inf, has_margin=False),
}


@dataclass(frozen=True)
class RemedyEffect:
    """What a remedy changed of one measure; the difference is the ablation minus its entry.

    A family is the same measure of all pairs of an experiment.

    Attributes:
        entry: Name of the ablation.
        against: Name of the entry it is an ablation of.
        difference: With the 95 % interval of this pair by itself.
        p_value: Of no difference, for this pair by itself; NaN where no test exists.
        adjusted_p_value: By Holm's method over the family.
        family_low: Lower end of the interval widened by Bonferroni's method: with 95 % all
            intervals of the family hold their truths together.
        family_high: Its upper end.
        verdict: About the ablation; ``better`` means lower where lower is better.
        stars_to_decide: Where it is not decided, the stars that would decide it, if any would.
    """

    entry: str
    against: str
    measure: str
    difference: Estimate
    p_value: float
    adjusted_p_value: float
    family_low: float
    family_high: float
    verdict: Verdict
    stars_to_decide: int | None


def remedy_effects(
    summaries: Mapping[str, EntrySummary],
    against: Mapping[str, str],
    *,
    n_folds: int,
    n_stars: int,
    n_planets: int,
    margin: float,
    test_share: float | None = None,
) -> list[RemedyEffect]:
    """The effect of every remedy on every measure, measure by measure.

    ``equivalent`` where the widened interval lies within the margin; else ``better`` or ``worse``
    where the adjusted p-value is below 0.05; else ``not decided``. The losses have no margin.
    Both bounds are 5 % over a family, so that trying many remedies finds no more by luck.

    One fold says nothing about models fitted anew, hence has neither interval nor verdict here;
    what it says about the fitted models stands in `comparison.compare`.

    Args:
        summaries: Of all entries; a pair is left out of a measure that one of the two lacks.
        against: The entry of each ablation, in the order of the effects.
        n_folds: Folds of a repeat.
        n_stars: Stars in tests.
        n_planets: Those of them with a planet.
        margin: The margin of practical equivalence.
        test_share: n_test / n_train; None takes that of whole folds, 1 / (k - 1).
    """
    effects = []
    share = test_share or 1 / max(n_folds - 1, 1)
    for measure, kind in MEASURES.items():
        has = {name for name, summary in summaries.items() if measure in summary.metrics}
        pairs = {name: other for name, other in against.items() if has >= {name, other}}
        bound = margin if kind.has_margin else None
        family = _Family(measure, n_folds, n_stars, n_planets, bound, share)
        effects += _effects(family, summaries, pairs)
    return effects


@dataclass(frozen=True)
class _Family:
    """One measure of all pairs, and what judges it."""

    measure: str
    n_folds: int
    n_stars: int
    n_planets: int
    margin: float | None
    test_share: float

    def interval(
        self, differences: Floats, *, level: float = 1 - ERROR_RATE, bound: float = np.inf
    ) -> tuple[float, float, float]:
        """Interval and p-value over folds; NaN all where the folds do not say anything."""
        kind = MEASURES[self.measure]
        idle = not np.any(differences)
        if self.n_folds == 1 or (idle and kind.stepwise):
            return np.nan, np.nan, np.nan
        if idle and not kind.has_margin:  # losses are no means over planets
            return np.nan, np.nan, 1.0
        return corrected_interval(
            differences.tolist(),
            test_share=self.test_share,
            n_planets=self.n_planets,
            level=level,
            bound=bound,
        )

    def within_margin(self, low: float, high: float) -> bool:
        """Whether an interval lies within the margin, where the measure has one."""
        return self.margin is not None and -self.margin <= low and high <= self.margin


def _effects(
    family: _Family, summaries: Mapping[str, EntrySummary], against: Mapping[str, str]
) -> list[RemedyEffect]:
    """The effects on one measure, which are judged together."""
    measured = {name for pair in against.items() for name in pair}
    folds = {name: summaries[name].metrics[family.measure].folds for name in measured}
    differences = [np.subtract(folds[name], folds[other]) for name, other in against.items()]
    p_values = [family.interval(item)[2] for item in differences]
    level = 1 - ERROR_RATE / max(1, int(np.isfinite(p_values).sum()))
    return [
        _effect(family, pair, item, adjusted, level)
        for pair, item, adjusted in zip(
            against.items(), differences, holm(p_values).tolist(), strict=True
        )
    ]


def _effect(
    family: _Family, pair: tuple[str, str], differences: Floats, adjusted: float, level: float
) -> RemedyEffect:
    """One difference as its family allows to judge it; `level` is that of the widened interval."""
    kind = MEASURES[family.measure]
    mean = float(differences.mean())
    low, high, p_value = family.interval(differences, bound=kind.bound)
    wide_low, wide_high, _ = family.interval(differences, level=level)
    decided: Verdict = "not decided"
    if family.within_margin(wide_low, wide_high):
        decided = "equivalent"
    elif adjusted < ERROR_RATE:
        decided = "better" if kind.better * mean > 0 else "worse"
    half_width = (wide_high - wide_low) / 2
    stars, margin = family.n_stars, family.margin
    needed = stars_to_decide(mean, half_width, n_stars=stars, margin=margin)
    if not np.any(differences) and np.isfinite(low):
        needed = stars_without_change(
            level=level, n_stars=stars, n_planets=family.n_planets, margin=margin
        )
    return RemedyEffect(
        entry=pair[0],
        against=pair[1],
        measure=family.measure,
        difference=Estimate(mean, low, high, tuple(differences.tolist())),
        p_value=p_value,
        adjusted_p_value=adjusted,
        family_low=max(wide_low, -kind.bound),
        family_high=min(wide_high, kind.bound),
        verdict=decided,
        stars_to_decide=needed if decided == "not decided" else None,
    )
