"""Bias and variance of an entry, read out of its training, validation and test scores.

Average precision throughout, a value a fold. What a model reaches on the rows it was trained on
says whether it can follow them at all (bias); how far it falls on rows that it never saw, how much
of it was learned by heart (variance). Fits on fewer stars say whether more would help.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kepler_keras.evaluation.verdicts import corrected_interval

Floats = NDArray[np.float64]

LARGE_GAP = 0.1  # training less test, of which the whole interval must lie above
LOW_LEVEL = 0.7  # training rows ranked worse than that were not even followed
SMALL_STEP = 0.02  # a rise that makes no difference in practice

Fit = Literal["underfitting", "overfitting", "neither", "not decided"]
Data = Literal["more data would help", "more data would hardly help", "not decided"]


@dataclass(frozen=True)
class Interval:
    """A mean over folds with its 95 % interval; infinite where one fold has none."""

    mean: float
    low: float
    high: float


def gap_interval(upper: Floats, lower: Floats, *, test_share: float, n_planets: int) -> Interval:
    """The mean of `upper - lower` over folds that share training stars, as verdicts take it.

    Args:
        upper: A value a fold.
        lower: Likewise, of the same folds.
        test_share: Test rows to training rows of a fold.
        n_planets: Stars with a planet in the tests of a repeat.
    """
    differences = np.asarray(upper) - np.asarray(lower)
    mean = float(differences.mean())
    if len(differences) < 2:
        return Interval(mean, -np.inf, np.inf)
    low, high, _ = corrected_interval(
        differences.tolist(), test_share=test_share, n_planets=max(n_planets, 2)
    )
    if np.isnan(low):  # the same difference in every fold
        return Interval(mean, mean, mean)
    return Interval(mean, low, high)


@dataclass(frozen=True)
class Diagnosis:
    """What the folds of an entry say.

    Attributes:
        train: Mean average precision on training rows.
        test: On test rows.
        gap: Training less test.
        fit: In a word.
        slope: Rise from the last share of the stars to all of them; None without a curve.
        data: In words; None without a curve.
        last_share: The share that the rise begins at.
        at_last_epoch: Folds whose best epoch was the last that was allowed.
        n_folds: All folds.
    """

    train: float
    test: float
    gap: Interval
    fit: Fit
    slope: Interval | None
    data: Data | None
    last_share: float | None
    at_last_epoch: int
    n_folds: int


def diagnose(
    train: Sequence[float],
    test: Sequence[float],
    *,
    test_share: float,
    n_planets: int,
    smaller: tuple[float, Sequence[float], Sequence[float]] | None = None,
    at_last_epoch: int = 0,
) -> Diagnosis:
    """Reads out level, gap and slope.

    Args:
        train: Average precision on training rows, a value a fold.
        test: On test rows.
        test_share: Test rows to training rows of a fold.
        n_planets: Stars with a planet in the tests of a repeat.
        smaller: The largest share of stars below 1 that was fitted, what test rows gave with it,
            and what they gave with all stars, a value a fold.
        at_last_epoch: Folds whose best epoch was the last that was allowed.
    """
    gap = gap_interval(np.array(train), np.array(test), test_share=test_share, n_planets=n_planets)
    level = float(np.mean(train))
    slope = data = share = None
    if smaller is not None:
        share, less, whole = smaller
        slope = gap_interval(
            np.array(whole), np.array(less), test_share=test_share, n_planets=n_planets
        )
        data = _data(slope)
    return Diagnosis(
        level, float(np.mean(test)), gap, _fit(level, gap), slope, data, share,
        at_last_epoch, len(train),
    )  # fmt: skip


def _fit(level: float, gap: Interval) -> Fit:
    if gap.low > LARGE_GAP:
        return "overfitting"
    if gap.high >= LARGE_GAP:
        return "not decided"
    return "underfitting" if level < LOW_LEVEL else "neither"


def _data(slope: Interval) -> Data:
    if slope.low > 0:
        return "more data would help"
    return "more data would hardly help" if slope.high < SMALL_STEP else "not decided"
