import numpy as np
import pytest

from kepler_keras.evaluation.every_threshold import at_every_threshold
from kepler_keras.evaluation.folds import FoldScores


def fold(
    repeat: int, labels: list[int], scores: list[float], prevalence: float | None = None
) -> FoldScores:
    stars = np.array([str(i) for i in range(len(labels))])
    return FoldScores(repeat, np.array(labels, np.int8), np.array(scores), stars, 0.5, prevalence)


def test_counts_of_two_folds_are_summed() -> None:
    table = at_every_threshold(
        [fold(0, [1, 0, 0], [0.9, 0.5, 0.1]), fold(0, [1, 1, 0], [0.6, 0.2, 0.7])]
    )
    assert table.planets == 3
    at = {
        threshold: (found, alarms)
        for threshold, found, alarms in zip(
            table.thresholds.tolist(), table.found.tolist(), table.alarms.tolist(), strict=True
        )
    }
    assert at[0.1] == (3, 3)
    assert at[0.5] == (2, 2)
    assert at[0.6] == (2, 1)
    assert at[0.9] == (1, 0)
    place = table.thresholds.tolist().index(0.6)
    assert table.precision[place] == pytest.approx(2 / 3)
    assert table.recall[place] == pytest.approx(2 / 3)
    assert table.f1[place] == pytest.approx(2 / 3)


def test_repeats_are_averaged_and_a_prevalence_weighs_the_others() -> None:
    first = fold(0, [1, 0, 0], [0.9, 0.8, 0.1], prevalence=0.2)
    second = fold(1, [1, 0, 0], [0.9, 0.2, 0.1], prevalence=0.2)
    table = at_every_threshold([first, second])
    place = table.thresholds.tolist().index(0.5)
    assert (table.found[place], table.alarms[place]) == (1, 0.5)
    # A planet stands for 0.2, so each of two others weighs 2: 1 / 3, and 1 in the second repeat.
    assert table.precision[place] == pytest.approx((1 / 3 + 1) / 2)
    assert table.recall[place] == 1


def test_the_thresholds_in_use_are_among_them() -> None:
    scores = np.linspace(0, 1, 1000)
    labels = (np.arange(1000) % 10 == 0).astype(int)
    table = at_every_threshold([fold(0, labels.tolist(), scores.tolist())], points=21)
    assert 0.5 in table.thresholds
    assert len(table.thresholds) <= 23
    assert (np.diff(table.thresholds) > 0).all()
    assert (np.diff(table.found) <= 0).all()
