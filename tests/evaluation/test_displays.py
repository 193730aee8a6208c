from dataclasses import dataclass, field

import numpy as np
import pytest
from made_up_predictions import folds, random_table, table
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from kepler_keras.evaluation.displays import (
    GRID,
    ConfusionDisplay,
    LearningCurveDisplay,
    PrecisionRecallDisplay,
    RocDisplay,
    precision_over_recall,
    recall_over_fallout,
)
from kepler_keras.evaluation.estimates import Confusion, EntrySummary
from kepler_keras.evaluation.summary import FoldScores, summarise

TESTS = [([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1]), ([0, 1], [0.9, 0.8])]


@dataclass(frozen=True)
class Fit:
    history: dict[str, list[float]] = field(default_factory=dict)


def _fold(labels, scores):
    stars = np.array([f"s{i}" for i in range(len(labels))])
    return FoldScores(0, np.array(labels), np.array(scores), stars, 0.5)


def _at(curve, x):
    return curve[np.argmin(np.abs(GRID - x))]


def _draw(display, height=4):
    figure = Figure(figsize=(5, height), layout="constrained")
    ax = figure.subplots()
    display.plot(ax)
    FigureCanvasAgg(figure).draw()
    return ax


def test_precision_over_recall_by_hand():
    # Precision 1 up to recall 1/2, then 2/3.
    curve = precision_over_recall(_fold(*TESTS[0]))
    assert [_at(curve, x) for x in (0, 0.25, 0.5)] == [1, 1, 1]
    assert [_at(curve, x) for x in (0.505, 1)] == pytest.approx([2 / 3, 2 / 3])


def test_precision_at_recall_zero_is_what_follows():
    curve = precision_over_recall(_fold([0, 1], [0.9, 0.8]))
    assert (curve == 0.5).all()


def test_a_recall_that_rounds_below_the_grid_is_reached():
    # k of ten planets, then a wrong one after each: 3/10 as computed may differ from the grid's.
    labels = np.tile([1, 0], 10)
    curve = precision_over_recall(_fold(labels, np.arange(20.0)[::-1]))
    assert [_at(curve, k / 10) for k in range(1, 11)] == pytest.approx(
        [k / (2 * k - 1) for k in range(1, 11)]
    )


def test_area_under_the_precision_curve_is_average_precision():
    labels = (np.arange(200) % 10 == 0).astype(int)  # 20 planets: every step lies on the grid
    scores = np.random.default_rng(2).normal(size=200) + labels
    display = PrecisionRecallDisplay(table(*folds("a", [(labels, scores)])))
    assert display.curves["a"][1:].mean() == pytest.approx(display.values["a"], abs=1e-12)


def test_recall_over_fallout_by_hand():
    # Recall 1/2 at no false positive, 1 from a fallout of 1/2 on.
    curve = recall_over_fallout(_fold(*TESTS[0]))
    assert [_at(curve, x) for x in (0, 0.25, 0.5, 1)] == [0.5, 0.5, 1, 1]


def test_curves_are_means_over_folds():
    rows = table(*folds("a", TESTS))
    display = PrecisionRecallDisplay(rows)
    assert display.values["a"] == pytest.approx((5 / 6 + 1 / 2) / 2)
    frame = display.frame()
    assert list(frame) == ["entry", "recall", "precision", "low", "high"]
    # Of two folds the percentiles lie a tenth of the way in from either end: 1 and 1/2 at first.
    assert frame[["low", "high"]].iloc[0].tolist() == pytest.approx([0.55, 0.95])
    assert frame["precision"].iloc[0] == pytest.approx((1 + 1 / 2) / 2)
    assert frame["precision"].iloc[-1] == pytest.approx((2 / 3 + 1 / 2) / 2)
    roc = RocDisplay(rows)
    assert roc.values["a"] == pytest.approx((0.75 + 0) / 2)
    assert list(roc.frame()) == ["entry", "false-positive rate", "recall", "low", "high"]
    assert roc.frame()["recall"].iloc[0] == pytest.approx((0.5 + 0) / 2)


def test_the_spread_of_folds_is_drawn_where_it_can_be_seen():
    def bands(*entries, tests=TESTS):
        rows = table(*(row for name in entries for row in folds(name, tests)))
        figure = Figure()
        axes = figure.subplots()
        PrecisionRecallDisplay(rows).plot(axes)
        return len(axes.collections)

    assert bands("a") == 1
    assert bands("a", "b", "c") == 3
    assert bands("a", "b", "c", "d") == 2
    assert bands("a", tests=TESTS[:1]) == 0  # one fold has none


def test_constant_scores():
    rows = table(*folds("a", [([1, 0, 0, 0], [0.25] * 4)]))
    np.testing.assert_allclose(PrecisionRecallDisplay(rows).curves["a"], 0.25)
    np.testing.assert_allclose(RocDisplay(rows).curves["a"], GRID)
    _draw(PrecisionRecallDisplay(rows))
    _draw(RocDisplay(rows))


def test_a_missing_class_is_undefined_without_warning():
    planets, none = table(*folds("a", [([1, 1], [0.1, 0.2])])), _fold([0, 0], [0.1, 0.2])
    assert (PrecisionRecallDisplay(planets).curves["a"] == 1).all()
    display = RocDisplay(planets)
    assert np.isnan(display.curves["a"]).all()
    assert _draw(display).get_legend().get_texts()[0].get_text() == "a  undefined"
    assert np.isnan(precision_over_recall(none)).all()
    assert np.isnan(recall_over_fallout(none)).all()


@pytest.mark.parametrize("display", [PrecisionRecallDisplay, RocDisplay])
def test_every_entry_has_its_own_line_and_name(display):
    rows = random_table({f"entry{i:02d}": i / 5 for i in range(20)}, n=100, n_folds=2)
    ax = _draw(display(rows), height=8)
    looks = {(line.get_color(), line.get_linestyle()) for line in ax.get_lines()}
    assert len(looks) == len(ax.get_lines()) == 20
    names = [text.get_text().split()[0] for text in ax.get_legend().get_texts()]
    assert names == [f"entry{i:02d}" for i in range(20)]


def _outside(ax):
    legend, axes = ax.get_legend().get_window_extent(), ax.get_window_extent()
    return legend.y1 < axes.y0 and legend.y0 >= 0


def test_legends_cover_no_line():
    rows = random_table({"a": 1, "b": 2, "c": 3}, n=100, n_folds=2)
    assert _outside(_draw(PrecisionRecallDisplay(rows)))
    assert _outside(_draw(RocDisplay(rows)))
    assert _outside(_draw(LearningCurveDisplay([Fit({"loss": [1.0, 0.5]})])))


def test_confusion_by_hand():
    summary = summarise(table(*folds("a", [([1, 1, 0, 0], [0.9, 0.2, 0.1, 0.3])])), draws=5)["a"]
    frame = ConfusionDisplay(summary).frame()
    assert frame.to_numpy().tolist() == [
        ["planet", "planet", 1],
        ["planet", "no planet", 1],
        ["no planet", "planet", 0],
        ["no planet", "no planet", 2],
    ]
    texts = [text.get_text() for text in _draw(ConfusionDisplay(summary)).texts]
    assert texts == ["1\n50.0%", "1\n50.0%", "0\n0.0%", "2\n100.0%"]


def test_an_empty_class_has_counts_and_no_share():
    summary = EntrySummary("a", {}, (0.5,), Confusion(tp=0, fp=1.5, fn=0, tn=1234567.5))
    texts = [text.get_text() for text in _draw(ConfusionDisplay(summary)).texts]
    assert texts == ["0", "0", "1.5\n0.0%", "1234567.5\n100.0%"]


def test_learning_curves():
    histories = [
        {"loss": [0.9, 0.5], "val_loss": [0.8, 0.7], "val_average_precision": [0.2, 0.4]},
        {"loss": [7.0, 6.0, 5.0]},
    ]
    display = LearningCurveDisplay([Fit(history) for history in histories])
    frame = display.frame()
    assert list(frame) == ["fold", "epoch", "measure", "value"]
    mine = frame[(frame["fold"] == 1) & (frame["measure"] == "loss")]
    assert mine["epoch"].tolist() == [1, 2, 3]
    assert mine["value"].tolist() == [7, 6, 5]
    ax = _draw(display)
    left, right = ax.figure.axes
    assert [line.get_ydata().tolist() for line in left.get_lines()] == [
        [0.9, 0.5],
        [7, 6, 5],
        [0.8, 0.7],
    ]
    assert [line.get_ydata().tolist() for line in right.get_lines()] == [[0.2, 0.4]]
    assert right.get_ylim()[1] < 1.1 < left.get_ylim()[1]
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["training loss", "validation loss", "validation average precision"]


@pytest.mark.parametrize("histories", [[], [{}], [{}, {"loss": [0.5]}], [{"other": [1.0]}]])
def test_learning_curves_of_little_or_nothing(histories):
    display = LearningCurveDisplay([Fit(history) for history in histories])
    ax = _draw(display)
    assert len(display.frame()) == sum(len(v) for h in histories for v in h.values())
    assert len(ax.get_lines()) == sum("loss" in history for history in histories)
    for line in ax.get_lines():
        assert line.get_marker() == "o"  # one epoch is a point; a line of it would not be seen
