import numpy as np
import pandas as pd
import pytest

from kepler_keras.evaluation.summary import folds_of
from kepler_keras.evaluation.thresholds import best_f1_threshold


@pytest.mark.parametrize(
    ("labels", "scores", "expected"),
    [
        # F1 at 0.9, 0.8, 0.7, 0.1: 2/3, 1/2, 4/5, 2/3.
        ([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1], 0.7),
        # F1 is 2/3 at 0.9 (1 of 2, none wrong) and at 0.1 (both, two wrong): the highest wins.
        ([1, 0, 0, 1], [0.9, 0.5, 0.4, 0.1], 0.9),
        # Equal scores stand or fall together.
        ([1, 0, 1, 0], [0.5, 0.5, 0.5, 0.5], 0.5),
        ([0, 0, 1], [0.2, 0.3, 0.1], 0.1),
        # Without a planet nothing is better than anything else.
        ([0, 0], [0.2, 0.3], 0.3),
    ],
)
def test_threshold_by_hand(labels, scores, expected):
    assert best_f1_threshold(np.array(labels), np.array(scores)) == expected


def _rows():
    return pd.DataFrame(
        {
            "entry": "a",
            "repeat": 0,
            "fold": 0,
            "example_id": range(8),
            "star": [f"s{i}" for i in range(8)],
            "split": ["validation"] * 4 + ["test"] * 4,
            "label": np.array([1, 0, 1, 0, 1, 1, 0, 0], np.int8),
            "score": [0.9, 0.8, 0.7, 0.1, 0.95, 0.2, 0.15, 0.05],
        }
    )


def test_threshold_comes_from_validation_rows_only():
    rows = _rows()
    (fold,) = folds_of(rows)
    assert fold.threshold == 0.7
    test = rows["split"] == "test"
    rows.loc[test, "score"] = 1 - rows.loc[test, "score"]
    rows.loc[test, "label"] = 1 - rows.loc[test, "label"]
    assert folds_of(rows)[0].threshold == 0.7
    rows.loc[~test, "score"] /= 10
    assert folds_of(rows)[0].threshold == pytest.approx(0.07)


def test_folds_hold_test_rows_only():
    (fold,) = folds_of(_rows())
    assert fold.labels.tolist() == [1, 1, 0, 0]
    assert fold.stars.tolist() == ["s4", "s5", "s6", "s7"]
    assert fold.cells().tolist() == [1, 0, 1, 2]
