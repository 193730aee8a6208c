"""The things that evaluation gives: estimates of each entry and differences between two."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["better", "equivalent", "worse", "not decided"]


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
class Comparison:
    """Entry a against entry b on identical folds; the difference is a minus b.

    `p_value` is NaN where no test of the procedure exists (one fold).
    """

    a: str
    b: str
    difference: Estimate
    p_value: float
    verdict: Verdict
    sentence: str
