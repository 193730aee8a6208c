"""The things that evaluation gives: estimates of each entry and differences between two."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["better", "equivalent", "worse", "not decided"]
Family = Literal["questions", "baseline", "other pairs", "remedies"]


@dataclass(frozen=True)
class Estimate:
    """A measure with its 95 % interval and the value of each fold; NaN where undefined.

    `folds` is in the order repeat 0 fold 0, repeat 0 fold 1, ... `reason` says why there is no
    interval, where there is none.
    """

    mean: float
    low: float
    high: float
    folds: tuple[float, ...]
    reason: str = ""


@dataclass(frozen=True)
class Confusion:
    """Counts summed over the folds of a repeat, averaged over repeats."""

    tp: float
    fp: float
    fn: float
    tn: float


@dataclass(frozen=True)
class EntrySummary:
    """All measures of one entry; `thresholds` has one value a fold, in the order of `folds`.

    A measure that its scores do not have stands not among `metrics`. The stars are those with test
    rows that are planets, and with rows that are not; `always_no` is the accuracy of calling no row
    a planet.
    """

    name: str
    metrics: dict[str, Estimate]
    thresholds: tuple[float, ...]
    confusion: Confusion
    planet_stars: int = 0
    other_stars: int = 0
    always_no: float = float("nan")


@dataclass(frozen=True)
class Probabilities:
    """How likely a difference is above, within and below the margin of practical equivalence."""

    better: float
    equivalent: float
    worse: float


@dataclass(frozen=True)
class McNemar:
    """Stars that only the first, or only the second entry called rightly; p of no difference."""

    first_only: int
    second_only: int
    p_value: float


@dataclass(frozen=True)
class Comparison:
    """Entry a against entry b on identical folds; the difference is a minus b.

    Attributes:
        family: The comparisons whose p-values are adjusted together.
        difference: Of the procedure, with the 95 % interval of this pair alone; one fold has none.
        p_value: Of no difference; NaN where no test of the procedure exists.
        adjusted_p_value: The same by Holm's method over the family.
        stars_to_decide: Where it is not decided, tested stars that would decide it, if any would.
        planets_to_decide: How many of them would have a planet.
        probabilities: By the Bayesian correlated t-test; never decides.
        mcnemar: Of the calls; never decides.
        fitted: The difference with an interval over stars, for these fitted models; never decides.
    """

    a: str
    b: str
    family: Family
    difference: Estimate
    p_value: float
    adjusted_p_value: float
    verdict: Verdict
    stars_to_decide: int | None
    planets_to_decide: int | None
    probabilities: Probabilities | None
    mcnemar: McNemar
    fitted: Estimate
    sentence: str
