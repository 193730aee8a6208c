"""Scores as the models gave them, and what their calibration was."""

import numpy as np
import pandas as pd
import pytest

from kepler_keras.evaluation.calibration import UNCORRECTED, Correction
from kepler_keras.evaluation.predictions import sort_predictions
from kepler_keras.evaluation.uncorrected import calibration_before, uncorrected_scores


def table_of(scores, *, entry="a", fold=0, split="test"):
    n = len(scores)
    return pd.DataFrame(
        {
            "entry": entry,
            "repeat": 0,
            "fold": fold,
            "example_id": np.arange(n) + 1000 * fold + (500 if split == "test" else 0),
            "star": [f"{split}{fold}s{row}" for row in range(n)],
            "split": split,
            "label": (np.arange(n) % 4 == 0).astype(int),
            "score": scores,
        }
    )


def test_a_known_shift_is_put_back():
    # Odds of 1/3 and 3 after nine-fold odds were taken off: 3 and 27 before.
    table = sort_predictions(table_of([0.25, 0.75]))
    corrections = {("a", 0, 0): Correction(intercept=-float(np.log(9)))}
    assert uncorrected_scores(table, corrections)["score"].tolist() == pytest.approx(
        [3 / 4, 27 / 28]
    )


def test_each_fold_has_a_correction_of_its_own_and_the_table_stays():
    table = sort_predictions(
        pd.concat([table_of([0.5, 0.5]), table_of([0.5, 0.5], fold=1), table_of([0.3], entry="b")])
    )
    before = table.copy()
    corrections = {
        ("a", 0, 0): Correction(intercept=float(np.log(3))),
        ("a", 0, 1): Correction(slope=2.0, intercept=-2 * float(np.log(4))),
        ("b", 0, 0): UNCORRECTED,
    }
    raw = uncorrected_scores(table, corrections)
    assert raw["score"].tolist() == pytest.approx([0.25, 0.25, 0.8, 0.8, 0.3])
    pd.testing.assert_frame_equal(table, before)


def test_scores_of_exactly_0_and_1_stay_finite_and_in_order():
    table = sort_predictions(table_of([0.0, 0.5, 1.0]))
    scores = uncorrected_scores(table, {("a", 0, 0): Correction(0.5, -3.0)})["score"]
    assert np.isfinite(scores).all()
    assert (np.diff(scores) > 0).all()


def test_calibration_before_is_that_of_the_raw_scores():
    """Scores that claimed half of the rows, of which a quarter are planets."""
    shift = float(np.log(3))  # from odds of 1/3 to 1
    parts = [
        table_of(np.full(40, 0.25), fold=fold, split=split)
        for fold in (0, 1)
        for split in ("validation", "test")
    ]
    plain = table_of(np.full(40, 0.25), entry="b")
    table = sort_predictions(pd.concat([*parts, plain]))
    corrections = {
        ("a", 0, 0): Correction(intercept=-shift),
        ("a", 0, 1): Correction(intercept=-shift),
        ("b", 0, 0): UNCORRECTED,
    }
    before = calibration_before(table, corrections, draws=200)
    assert set(before) == {"a"}
    assert before["a"]["mean_score"].mean == pytest.approx(0.5)
    error = before["a"]["calibration_error"]
    assert error.mean == pytest.approx(0.25)
    assert error.low < error.mean < error.high
    assert before["a"]["log_loss"].mean == pytest.approx(np.log(2))
