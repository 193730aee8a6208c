import numpy as np
import pytest
from made_up_predictions import folds, random_table, table
from sklearn import metrics as sklearn_metrics

from kepler_keras.evaluation.estimates import Confusion
from kepler_keras.evaluation.summary import METRICS, folds_of, statistics, summarise
from kepler_keras.evaluation.uncertainty import StarWeights

# The threshold is 0.5 everywhere. Fold 0: tp 1, fp 1, fn 1, tn 1. Fold 1: tp 1, fp 0, fn 0, tn 3.
FIRST = [
    ([1, 0, 1, 0], [0.9, 0.8, 0.3, 0.1]),
    ([1, 0, 0, 0], [0.9, 0.4, 0.3, 0.1]),
]
# Fold 0: tp 2, fp 2. Fold 1: fn 1, tn 3.
SECOND = [
    ([1, 0, 1, 0], [0.6, 0.6, 0.6, 0.6]),
    ([1, 0, 0, 0], [0.2, 0.4, 0.3, 0.1]),
]


def _summary(*parts):
    return summarise(table(*parts), draws=20)["a"]


def test_counts_are_summed_over_folds():
    summary = _summary(*folds("a", FIRST))
    assert summary.confusion == Confusion(tp=2, fp=1, fn=1, tn=4)
    assert summary.metrics["precision"].mean == pytest.approx(2 / 3)
    assert summary.metrics["recall"].mean == pytest.approx(2 / 3)
    assert summary.metrics["f1"].mean == pytest.approx(4 / 6)
    assert summary.metrics["precision"].folds == (0.5, 1)
    assert summary.metrics["recall"].folds == (0.5, 1)


def test_counts_are_averaged_over_repeats():
    summary = _summary(*folds("a", FIRST), *folds("a", SECOND, repeat=1))
    assert summary.confusion == Confusion(tp=2, fp=1.5, fn=1, tn=3.5)
    assert summary.metrics["precision"].mean == pytest.approx((2 / 3 + 2 / 4) / 2)
    assert summary.metrics["recall"].mean == pytest.approx(2 / 3)
    assert summary.metrics["f1"].mean == pytest.approx((4 / 6 + 4 / 7) / 2)


def test_ranking_measures_are_the_mean_of_the_folds():
    summary = _summary(*folds("a", FIRST), *folds("a", SECOND, repeat=1))
    precision, roc = summary.metrics["average_precision"], summary.metrics["roc_auc"]
    assert precision.folds == pytest.approx(((1 + 2 / 3) / 2, 1, 1 / 2, 1 / 3))
    assert precision.mean == pytest.approx((5 / 6 + 1 + 1 / 2 + 1 / 3) / 4)
    assert roc.folds == pytest.approx((0.75, 1, 0.5, 1 / 3))
    assert roc.mean == pytest.approx((0.75 + 1 + 0.5 + 1 / 3) / 4)


def test_scores_of_two_folds_are_never_ranked_together():
    low = [([1, 0], [0.02, 0.01]), ([1, 0], [0.99, 0.98])]
    assert _summary(*folds("a", low)).metrics["average_precision"].mean == 1


def test_nothing_called_a_planet_is_undefined_precision():
    silent = [([1, 0], [0.2, 0.1]), ([1, 0], [0.4, 0.3])]
    summary = _summary(*folds("a", silent))
    value = summary.metrics["precision"]
    assert np.isnan([value.mean, value.low, value.high, *value.folds]).all()
    assert summary.metrics["recall"].mean == 0
    assert summary.metrics["f1"].mean == 0


def test_one_silent_fold_is_undefined_alone():
    value = _summary(*folds("a", [([1, 0], [0.2, 0.1]), ([1, 0], [0.9, 0.6])])).metrics["precision"]
    assert np.isnan(value.folds[0])
    assert value.mean == 0.5


def test_undefined_in_one_repeat_is_undefined():
    silent = [([1, 0], [0.2, 0.1]), ([1, 0], [0.4, 0.3])]
    loud = [([1, 0], [0.9, 0.1]), ([1, 0], [0.9, 0.3])]
    summary = _summary(*folds("a", silent), *folds("a", loud, repeat=1))
    assert np.isnan(summary.metrics["precision"].mean)
    assert summary.metrics["recall"].mean == 0.5


def test_thresholds_and_names():
    summaries = summarise(table(*folds("b", FIRST), *folds("a", FIRST)), draws=5)
    assert list(summaries) == ["a", "b"]
    assert [summary.name for summary in summaries.values()] == ["a", "b"]
    assert summaries["a"].thresholds == (0.5, 0.5)
    assert tuple(summaries["a"].metrics) == METRICS


def test_an_entry_does_not_move_with_its_rivals():
    both = random_table({"a": 1, "b": 2})
    alone = both[both["entry"] == "b"].reset_index(drop=True)
    assert summarise(both, draws=50)["b"] == summarise(alone, draws=50)["b"]


def test_equal_weights_change_nothing():
    rows = random_table({"a": 1}, repeats=2)
    stars = np.unique(rows["star"].to_numpy(dtype=str))
    ones = StarWeights(stars, np.ones((3, len(stars))))
    plain, weighted = statistics(folds_of(rows)), statistics(folds_of(rows), ones)
    for key in METRICS:
        np.testing.assert_allclose(weighted[key], np.full(3, plain[key]), rtol=0, atol=1e-12)


def test_figures_are_scikit_learns():
    rows = random_table({"a": 1.2}, repeats=2)
    summary = summarise(rows, draws=5)["a"]
    tests = rows[rows["split"] == "test"].groupby(["repeat", "fold"])
    values = [sklearn_metrics.average_precision_score(x["label"], x["score"]) for _, x in tests]
    assert summary.metrics["average_precision"].folds == pytest.approx(values, abs=1e-12)
    called = np.zeros((2, 2))
    for threshold, (_, part) in zip(summary.thresholds, tests, strict=True):
        called += sklearn_metrics.confusion_matrix(part["label"], part["score"] >= threshold)
    (tn, fp), (fn, tp) = called / 2
    assert summary.confusion == Confusion(tp, fp, fn, tn)
