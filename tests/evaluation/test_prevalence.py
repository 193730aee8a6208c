"""A fold of 4 planets and 6 others, weighted to a share of planets of 1/50, by hand."""

import numpy as np
import pytest
from made_up_predictions import folds, random_table, rows, table
from sklearn import metrics as sklearn_metrics

from kepler_keras.evaluation import metrics
from kepler_keras.evaluation.comparison import compare
from kepler_keras.evaluation.displays import PrecisionRecallDisplay, RocDisplay
from kepler_keras.evaluation.estimates import Confusion
from kepler_keras.evaluation.null import average_precision_null
from kepler_keras.evaluation.prevalence import at_prevalence, others_weight
from kepler_keras.evaluation.summary import folds_of, statistics, summarise
from kepler_keras.evaluation.thresholds import best_f1_threshold
from kepler_keras.evaluation.uncertainty import StarWeights

# From the top: planet, not, two planets, four not, planet, not. Each other row weighs
# 4 * 0.98 / (0.02 * 6) = 98 / 3.
LABELS = [1, 0, 1, 1, 0, 0, 0, 0, 1, 0]
SCORES = [0.95, 0.9, 0.8, 0.7, 0.45, 0.4, 0.3, 0.2, 0.15, 0.1]
OTHER = 98 / 3
FOLD = [(LABELS, SCORES)]  # threshold 0.5
AVERAGE_PRECISION = (1 + 2 / (2 + OTHER) + 3 / (3 + OTHER) + 4 / (4 + 5 * OTHER)) / 4


def test_weights_by_hand():
    weights = at_prevalence(np.array(LABELS), 0.02)
    assert weights == pytest.approx(np.where(np.array(LABELS) == 1, 1, OTHER))
    assert weights[np.array(LABELS) == 1].sum() / weights.sum() == pytest.approx(0.02, abs=1e-15)
    assert at_prevalence(np.array(LABELS), None) is None
    assert others_weight(np.array([1, 0]), 0.5) == 1


@pytest.mark.parametrize("order", ["C", "F"])
def test_every_draw_has_the_prevalence(order):
    # Planets weigh 4, 1 and 0 in the three draws, others 1, 3 and 2; at 1/5 others weigh 4 times.
    drawn = np.array([[1.0, 1, 3, 0], [0, 2, 1, 1], [0, 1, 0, 1]], order=order)
    before = drawn.copy()
    weights = at_prevalence(np.array([1, 0, 1, 0]), 0.2, drawn)
    assert weights[:2] == pytest.approx(np.array([[1, 16, 3, 0], [0, 8 / 3, 1, 4 / 3]]))
    assert np.isnan(weights[2]).all()
    assert weights.flags.f_contiguous == drawn.flags.f_contiguous
    np.testing.assert_array_equal(drawn, before)
    assert at_prevalence(np.array([1, 0, 1, 0]), None, drawn) is drawn


def test_a_constant_score_of_the_prevalence_is_sure_in_every_draw():
    shown = table(*folds("a", [([1, 0, 0, 0, 1], [0.1] * 5), ([1, 0, 0, 0], [0.1] * 4)]))
    summary = summarise(shown, prevalence=0.1, draws=50)["a"]
    for key, expected in (
        ("mean_score", 0.1), ("calibration_error", 0), ("brier", 0.09),
        ("log_loss", -(0.1 * np.log(0.1) + 0.9 * np.log(0.9))),
    ):  # fmt: skip
        value = summary.metrics[key]
        assert (value.mean, value.low, value.high) == pytest.approx([expected] * 3, abs=1e-12)
    assert summary.metrics["average_precision"].mean == pytest.approx(0.1, abs=1e-12)
    assert summary.metrics["roc_auc"].mean == pytest.approx(0.5, abs=1e-12)


@pytest.mark.parametrize("labels", [[0, 0], [1, 1]])
def test_no_weight_gives_an_empty_class_its_share(labels):
    weights = at_prevalence(np.array(labels), 0.02)
    assert np.isnan(weights).all()
    for measure in (
        metrics.average_precision, metrics.roc_auc, metrics.recall_at_precision,
        metrics.calibration_error, metrics.log_loss, metrics.mean_score,
    ):  # fmt: skip
        assert np.isnan(measure(np.array(labels), np.array([0.2, 0.4]), weights))


def test_a_summary_at_a_prevalence_by_hand():
    summary = summarise(table(*folds("a", FOLD)), prevalence=0.02, draws=20)["a"]
    values = {key: value.mean for key, value in summary.metrics.items()}
    assert values["average_precision"] == pytest.approx(AVERAGE_PRECISION, abs=1e-12)
    assert values["recall_at_precision"] == 0.25  # the second planet comes after another row
    assert values["roc_auc"] == pytest.approx((6 + 5 + 5 + 1) / 24, abs=1e-12)
    # At 0.5: 3 of the 4 planets and one other row are called planets.
    assert values["precision"] == pytest.approx(3 / (3 + OTHER), abs=1e-12)
    assert values["recall"] == 0.75
    assert values["f1"] == pytest.approx(6 / (6 + OTHER + 1), abs=1e-12)
    assert summary.confusion == Confusion(tp=3, fp=1, fn=1, tn=5)
    loss = (
        -np.log([0.95, 0.8, 0.7, 0.15]).sum()
        - OTHER * np.log1p(-np.array([0.9, 0.45, 0.4, 0.3, 0.2, 0.1])).sum()
    )
    assert values["log_loss"] == pytest.approx(loss / 200, abs=1e-12)
    # Ten rows are ten groups: each is as wrong as its score.
    wrong = 0.05 + 0.2 + 0.3 + 0.85 + OTHER * (0.9 + 0.45 + 0.4 + 0.3 + 0.2 + 0.1)
    assert values["calibration_error"] == pytest.approx(wrong / 200, abs=1e-12)


def test_measures_at_a_prevalence_are_scikit_learns():
    table_ = random_table({"a": 1.2}, repeats=2)
    summary = summarise(table_, prevalence=0.01, draws=5)["a"]
    tests = [part for _, part in table_[table_["split"] == "test"].groupby(["repeat", "fold"])]
    cells = []
    for i, part in enumerate(tests):
        label, score = part["label"], part["score"]
        weight = np.where(label == 1, 1, label.sum() * 99 / (label == 0).sum())
        for key, function in (
            ("average_precision", sklearn_metrics.average_precision_score),
            ("roc_auc", sklearn_metrics.roc_auc_score),
            ("log_loss", sklearn_metrics.log_loss),
        ):
            expected = function(label, score, sample_weight=weight)
            assert summary.metrics[key].folds[i] == pytest.approx(expected, abs=1e-12)
        called = score >= summary.thresholds[i]
        cells.append(sklearn_metrics.confusion_matrix(label, called, sample_weight=weight))
    (_, fp), (fn, tp) = np.sum(cells[:5], axis=0)
    (_, fp2), (fn2, tp2) = np.sum(cells[5:], axis=0)
    expected = (tp / (tp + fp) + tp2 / (tp2 + fp2)) / 2
    assert summary.metrics["precision"].mean == pytest.approx(expected, abs=1e-12)
    expected = (tp / (tp + fn) + tp2 / (tp2 + fn2)) / 2
    assert summary.metrics["recall"].mean == pytest.approx(expected, abs=1e-12)


def test_the_share_of_the_rows_themselves_changes_no_value():
    rows_ = table(*folds("a", FOLD))
    plain, same = (summarise(rows_, prevalence=p, draws=50)["a"] for p in (None, 0.4))
    for key, value in plain.metrics.items():
        assert same.metrics[key].mean == pytest.approx(value.mean, abs=1e-12)
    assert same.thresholds == plain.thresholds


def two_draws(table):
    """The first draw counts the planets of the first fold three times, the second all rows once."""
    stars = np.unique(table["star"].to_numpy(dtype=str))
    return StarWeights(stars, np.where(np.isin(stars, ["s0000", "s0002"]), [[3.0], [1]], 1.0))


def test_folds_count_by_the_stars_of_their_planets_alone():
    labels, scores = [1, 0, 1, 0], [0.9, 0.8, 0.7, 0.6]
    last = [0, 0, 0, 0, 0, 1], [0.9, 0.8, 0.7, 0.6, 0.55, 0.5]
    all_rows = table(*folds("a", [(labels, scores), last]))
    scored = folds_of(all_rows, prevalence=0.1)
    drawn = statistics(scored, two_draws(all_rows))["average_precision"]
    first = (1 + 6 / (6 + 27)) / 2  # planets of 3 and 3, between them one other row of 54 / 2
    second = 1 / (1 + 5 * 9 / 5)
    assert drawn[0] == pytest.approx((3 * first + 1 * second) / 4, abs=1e-12)
    assert drawn[1] == pytest.approx(statistics(scored)["average_precision"], abs=1e-12)
    assert drawn[1] == pytest.approx(((1 + 2 / (2 + 9)) / 2 + second) / 2, abs=1e-12)


def test_the_threshold_is_the_best_at_the_prevalence():
    # F1 at 0.9, 0.8, 0.7, 0.1 is 2/3, 1/2, 4/5, 2/3 by rows; at 1/10 another row counts for 9:
    # 2/3, 2/12, 4/13, 4/22.
    labels, scores = np.array([1, 0, 1, 0]), np.array([0.9, 0.8, 0.7, 0.1])
    assert best_f1_threshold(labels, scores) == 0.7
    assert best_f1_threshold(labels, scores, prevalence=0.1) == 0.9
    part = table(
        rows("a", labels, scores, split="validation", first=100), rows("a", labels, scores)
    )
    assert [folds_of(part, prevalence=p)[0].threshold for p in (None, 0.1)] == [0.7, 0.9]


@pytest.mark.parametrize("labels", [[0, 0], [1, 1]])
def test_validation_rows_of_one_class_give_the_highest_score(labels):
    assert best_f1_threshold(np.array(labels), np.array([0.2, 0.4]), prevalence=0.1) == 0.4


def test_chance_at_a_prevalence_by_hand():
    # The planet stands 1st, 2nd or 3rd, before, between or after two rows of 24.5.
    null = average_precision_null([np.array([0, 1, 0])], prevalence=0.02, draws=5000)
    assert set(null.round(12)) == {1, round(1 / 25.5, 12), 0.02}
    assert null.mean() == pytest.approx((1 + 1 / 25.5 + 1 / 50) / 3, abs=0.02)
    many = average_precision_null([np.arange(4000) % 2], prevalence=0.02, draws=20)
    assert many.mean() == pytest.approx(0.02, abs=0.005)


def test_the_curve_shows_precision_at_the_prevalence():
    shown = table(*folds("a", FOLD))
    display = PrecisionRecallDisplay(shown, prevalence=0.02)
    assert display.curves["a"][[50, 51, 101, 151]] == pytest.approx(
        [1, 2 / (2 + OTHER), 3 / (3 + OTHER), 4 / (4 + 5 * OTHER)]
    )
    assert display.values["a"] == pytest.approx(AVERAGE_PRECISION)
    assert display.curves["a"][1:].mean() == pytest.approx(display.values["a"], abs=1e-12)
    plain, weighted = (RocDisplay(shown, prevalence=p) for p in (None, 0.02))
    np.testing.assert_array_equal(plain.curves["a"], weighted.curves["a"])
    assert weighted.values["a"] == pytest.approx(plain.values["a"], abs=1e-12)
    constant = table(*folds("a", [([1, 0, 0, 0], [0.25] * 4)]))
    np.testing.assert_allclose(PrecisionRecallDisplay(constant, prevalence=0.02).curves["a"], 0.02)


def test_one_fold_is_compared_at_the_prevalence():
    rows_ = random_table({"a": 1, "b": 2}, n_folds=1, n=400)

    def difference(prevalence):
        summaries = summarise(rows_, prevalence=prevalence, draws=200)
        settings = {"primary_metric": "average_precision", "margin": 0.02, "baseline": "a"}
        (made,) = compare(rows_, summaries, prevalence=prevalence, draws=200, **settings)
        return made.fitted, summaries

    plain, _ = difference(None)
    rare, summaries = difference(0.001)
    values = [summaries[name].metrics["average_precision"].mean for name in "ab"]
    assert rare.mean == pytest.approx(values[1] - values[0])
    assert rare.low < rare.mean < rare.high
    assert rare.low < plain.low  # nearly nothing is found at 1 in 1000


def test_recall_at_precision_may_decide():
    rows_ = random_table({"a": 1, "b": 3})
    summaries = summarise(rows_, draws=20)
    settings = {"primary_metric": "recall_at_precision", "margin": 0.02, "baseline": "a"}
    (made,) = compare(rows_, summaries, **settings)
    assert "recall at precision 0.9" in made.sentence
