"""Rows on the wrong side of others; every number counted by hand."""

import numpy as np
import pandas as pd
import pytest

from kepler_keras.evaluation.misplaced import first_calls, misplaced

LABELS = np.array([1, 0, 1, 0, 0])
SCORES = np.array([0.9, 0.8, 0.5, 0.5, 0.1])


def test_shares_of_the_other_class_on_the_wrong_side():
    # The first planet stands above all; the second below 0.8 and level with 0.5: 1.5 of 3.
    # 0.8 stands above one planet of two, 0.5 level with one: a half of one of two.
    assert misplaced(LABELS, SCORES) == pytest.approx([0, 1 / 2, 1.5 / 3, 0.25, 0])


def test_their_mean_is_what_roc_auc_lacks():
    shares = misplaced(LABELS, SCORES)
    auc = (3 + 1.5) / 6
    assert shares[LABELS == 1].mean() == pytest.approx(1 - auc)
    assert shares[LABELS == 0].mean() == pytest.approx(1 - auc)


def test_without_the_other_class_nothing_is_misplaced_or_rightly_placed():
    assert np.isnan(misplaced(np.zeros(2), np.array([0.1, 0.2]))).all()


def table(*rows):
    columns = ["entry", "repeat", "fold", "example_id", "star", "split", "label", "score"]
    return pd.DataFrame(rows, columns=columns)


PREDICTIONS = table(
    ("mlp", 0, 0, 0, "a", "test", 1, 0.4),
    ("mlp", 0, 0, 1, "b", "test", 0, 0.6),
    ("mlp", 0, 0, 2, "c", "validation", 0, 0.9),
    ("mlp", 0, 1, 2, "c", "test", 0, 0.2),
    ("mlp", 0, 1, 3, "d", "test", 1, 0.3),
    ("mlp", 1, 0, 0, "a", "test", 1, 0.9),
    ("none", 0, 0, 0, "a", "test", 1, 0.1),
    ("none", 0, 0, 1, "b", "test", 0, 0.1),
    ("other", 0, 0, 0, "a", "test", 1, 0.9),
    ("other", 0, 0, 1, "b", "test", 0, 0.1),
)


def test_calls_of_the_first_repeat_each_at_the_threshold_of_its_fold():
    calls = first_calls(PREDICTIONS, {"mlp": [0.5, 0.3, 0.1], "none": [0.1]})
    assert calls["entry"].tolist() == ["mlp"] * 4  # `other` does not count, `none` ranks nothing
    assert calls["example_id"].tolist() == [0, 1, 2, 3]
    assert calls["threshold"].tolist() == [0.5, 0.5, 0.3, 0.3]
    assert calls["wrong"].tolist() == [True, True, False, False]  # a score at the threshold is in
    assert calls["misplaced"].tolist() == [1, 1, 0, 0]
    assert calls["n_others"].tolist() == [1, 1, 1, 1]


def test_without_entries_there_are_no_calls():
    assert first_calls(PREDICTIONS, {}).empty
