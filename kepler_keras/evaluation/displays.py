"""Pictures in three parts: `__init__` holds the numbers, `frame()` gives them, `plot(ax)` draws.

matplotlib is needed by `plot` only, and the caller brings the axes.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kepler_keras.evaluation.counts import counts_by_score
from kepler_keras.evaluation.estimates import EntrySummary
from kepler_keras.evaluation.folds import FoldScores, folds_of
from kepler_keras.evaluation.measures import RANKING

Floats = NDArray[np.float64]

# Okabe & Ito's palette, told apart with every kind of colour vision; line styles change with every
# entry too, for prints without colour: 7 and 4 have no common factor, so 28 pairs differ.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
STYLES = ("-", "--", "-.", ":")
GRID = np.linspace(0, 1, 201)
SPREAD = (10, 90)  # percentiles of the folds between which a curve's band lies
MOST_BANDS = 3  # more hide each other; then the best two have theirs
BAND = (5, 50, 95)  # percentiles
ROUNDING = 1e-9  # 3 of 10 planets reach the grid's 0.3, which is a bit more than 3 / 10


class Display(Protocol):
    """A picture of numbers that it can also give as a table."""

    def frame(self) -> pd.DataFrame:
        """The numbers."""
        ...

    def plot(self, ax: Any) -> None:
        """Draws them, and does nothing else."""
        ...


class HasHistory(Protocol):
    """One fold's fit, as a record keeps it."""

    @property
    def history(self) -> dict[str, list[float]]:
        """A list by epoch for each measure."""
        ...


def precision_over_recall(fold: FoldScores) -> Floats:
    """Precision of one fold at each recall of the grid: a step function, as average precision is.

    At recall r it is the precision at the highest threshold that reaches at least r, and at 0 what
    it is just beyond; at the prevalence that the fold is weighted to. NaN where it has no planet.
    """
    counts = fold.counts()
    if not counts.tp[-1] > 0:
        return np.full(len(GRID), np.nan)
    recall = counts.tp / counts.tp[-1]
    precision = counts.tp / (counts.tp + counts.fp)
    reached = np.searchsorted(recall, np.maximum(GRID - ROUNDING, ROUNDING), side="left")
    return np.asarray(precision[reached])


def recall_over_fallout(fold: FoldScores) -> Floats:
    """Recall of one fold at each false-positive rate of the grid, linear in between.

    NaN where the fold lacks a class.
    """
    counts = counts_by_score(fold.labels, fold.scores)
    if counts.tp[-1] == 0 or counts.fp[-1] == 0:
        return np.full(len(GRID), np.nan)
    fallout = np.concatenate([[0.0], counts.fp / counts.fp[-1]])
    return np.asarray(np.interp(GRID, fallout, np.append(0.0, counts.tp / counts.tp[-1])))


def _in_words(value: float) -> str:
    return "undefined" if np.isnan(value) else f"{value:.3f}"


def _legend_below(ax: Any, lines: Sequence[Any]) -> None:
    """Puts the legend under the axes, where it covers neither a line nor a title."""
    from matplotlib.transforms import ScaledTranslation

    below_label = ScaledTranslation(0, -34 / 72, ax.get_figure().dpi_scale_trans)  # 34 points
    ax.legend(
        handles=lines,
        loc="upper left",
        bbox_to_anchor=(0, 0),
        bbox_transform=ax.transAxes + below_label,
        frameon=False,
        fontsize=8,
        borderaxespad=0,
    )


class _CurveDisplay:
    """Curves of all entries, each the mean over folds at a common x, and how far folds spread.

    Folds are never pooled: their scores come from different fitted models. The spread is no
    interval: a fold is a small test set, and folds share training stars.
    """

    curve: Callable[[FoldScores], Floats]
    measure: str
    x: str
    y: str

    def __init__(self, predictions: pd.DataFrame, *, prevalence: float | None = None) -> None:
        self.curves: dict[str, Floats] = {}
        self.values: dict[str, float] = {}
        self.spreads: dict[str, tuple[Floats, Floats]] = {}
        for name, rows in predictions.groupby("entry", sort=False):
            folds = folds_of(rows, prevalence=prevalence)
            curves = np.stack([type(self).curve(fold) for fold in folds])
            low, high = np.percentile(curves, SPREAD, axis=0)
            self.curves[str(name)] = np.mean(curves, axis=0)
            self.spreads[str(name)] = (low, high)
            values = [RANKING[self.measure](fold.counts()) for fold in folds]
            self.values[str(name)] = float(np.mean(values))

    def frame(self) -> pd.DataFrame:
        """One row a point: entry, x, y, and the two ends of the folds' spread."""
        parts = []
        for name, curve in self.curves.items():
            low, high = self.spreads[name]
            columns = {"entry": name, self.x: GRID, self.y: curve, "low": low, "high": high}
            parts.append(pd.DataFrame(columns))
        return pd.concat(parts, ignore_index=True)

    def plot(self, ax: Any) -> None:
        """Draws all curves with their mean measure in the legend, and some of the spreads."""
        banded = self._banded()
        for i, (name, curve) in enumerate(self.curves.items()):
            if name in banded:
                colour = COLOURS[i % len(COLOURS)]
                ax.fill_between(GRID, *self.spreads[name], color=colour, alpha=0.13, linewidth=0)
            ax.plot(
                GRID,
                curve,
                color=COLOURS[i % len(COLOURS)],
                linestyle=STYLES[i % len(STYLES)],
                linewidth=1.8,
                label=f"{name}  {_in_words(self.values[name])}",
            )
        ax.set(xlabel=self.x, ylabel=self.y, xlim=(0, 1), ylim=(0, 1.02))
        _legend_below(ax, ax.get_lines())

    def _banded(self) -> list[str]:
        """The entries whose spread is drawn; of a single fold there is none."""
        names = sorted(self.values, key=lambda name: -np.nan_to_num(self.values[name], nan=-1))
        names = names if len(names) <= MOST_BANDS else names[:2]
        return [name for name in names if not np.array_equal(*self.spreads[name], equal_nan=True)]


class PrecisionRecallDisplay(_CurveDisplay):
    """Precision against recall, with the mean average precision."""

    curve = staticmethod(precision_over_recall)
    measure = "average_precision"
    x, y = "recall", "precision"


class RocDisplay(_CurveDisplay):
    """Recall against false-positive rate, with the mean area."""

    curve = staticmethod(recall_over_fallout)
    measure = "roc_auc"
    x, y = "false-positive rate", "recall"


class ConfusionDisplay:
    """Counts of one entry; rows are the truth, columns the prediction, as in scikit-learn."""

    CLASSES = ("planet", "no planet")

    def __init__(self, summary: EntrySummary) -> None:
        cells = summary.confusion
        self.counts = np.array([[cells.tp, cells.fn], [cells.fp, cells.tn]])

    def frame(self) -> pd.DataFrame:
        """One row a cell: truth, prediction, count."""
        cells = [
            {"truth": truth, "prediction": prediction, "count": self.counts[row, column]}
            for row, truth in enumerate(self.CLASSES)
            for column, prediction in enumerate(self.CLASSES)
        ]
        return pd.DataFrame(cells)

    def plot(self, ax: Any) -> None:
        """Draws the counts on shares of each true class; an empty class has none."""
        totals = self.counts.sum(axis=1, keepdims=True)
        shares = self.counts / np.where(totals > 0, totals, 1)
        ax.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        for (row, column), count in np.ndenumerate(self.counts):
            share = shares[row, column]
            text = f"{count:.9g}\n{share:.1%}" if totals[row, 0] > 0 else f"{count:.9g}"
            colour = "white" if share > 0.5 else "black"
            ax.text(column, row, text, ha="center", va="center", color=colour, fontsize=10)
        ax.set_xticks([0, 1], self.CLASSES)
        ax.set_yticks([0, 1], self.CLASSES)
        ax.set(xlabel="prediction", ylabel="truth")


class LearningCurveDisplay:
    """Losses (left axis) and validation average precision (right axis), a thin line a fold.

    They share no axis: a loss has no upper end and is often far smaller than 1. Of more than
    `LINES` fits the median is drawn, and a band that holds 90 in 100 of them, as long as half of
    them train.
    """

    LINES = 12

    LOSSES = (
        ("loss", "training loss", COLOURS[0], "-"),
        ("val_loss", "validation loss", COLOURS[1], "--"),
    )
    SCORE = ("val_average_precision", "validation average precision", COLOURS[2], "-.")

    def __init__(self, fits: Sequence[HasHistory]) -> None:
        self.histories = [fit.history for fit in fits]

    def frame(self) -> pd.DataFrame:
        """One row a fold, epoch and measure."""
        rows = [
            {"fold": fold, "epoch": epoch, "measure": key, "value": value}
            for fold, history in enumerate(self.histories)
            for key, values in history.items()
            for epoch, value in enumerate(values, start=1)
        ]
        return pd.DataFrame(rows, columns=["fold", "epoch", "measure", "value"])

    def plot(self, ax: Any) -> None:
        """Draws every fold's curves on `ax` and on a second axis at its right."""
        right = ax.twinx()
        handles = [self._draw(ax, *line) for line in self.LOSSES] + [self._draw(right, *self.SCORE)]
        ax.set(xlabel="epoch", ylabel="loss", ylim=(0, None))
        ax.xaxis.get_major_locator().set_params(integer=True)
        right.set_ylabel("average precision", color=self.SCORE[2])
        right.set_ylim(0, 1.02)
        right.tick_params(axis="y", colors=self.SCORE[2])
        right.spines["right"].set(visible=True, color=self.SCORE[2])
        _legend_below(ax, [handle for handle in handles if handle is not None])

    def _draw(self, ax: Any, key: str, label: str, colour: str, style: str) -> Any:
        """Draws one measure of every fold that has it; the last line stands for all, or None."""
        curves = [history[key] for history in self.histories if history.get(key)]
        look: dict[str, Any] = {"color": colour, "linestyle": style, "label": label}
        if len(curves) > self.LINES:
            low, middle, high = band_of(curves)
            epochs = range(1, len(middle) + 1)
            ax.fill_between(epochs, low, high, color=colour, alpha=0.15, linewidth=0)
            return ax.plot(epochs, middle, linewidth=1.6, marker=_mark(middle), **look)[0]
        line = None
        for values in curves:
            epochs, mark = range(1, len(values) + 1), _mark(values)
            (line,) = ax.plot(epochs, values, linewidth=0.9, alpha=0.8, marker=mark, **look)
        return line


def _mark(values: Sequence[float] | Floats) -> str | None:
    """A line of one point would not be seen."""
    return "o" if len(values) == 1 else None


def band_of(curves: Sequence[Sequence[float]]) -> Floats:
    """Percentiles 5, 50 and 95 at each epoch that at least half of the fits reached, shape (3, n).

    Of the fits that reached the epoch; undefined values are left out.
    """
    n = sorted(map(len, curves))[len(curves) // 2]
    table = np.full((len(curves), n), np.nan)
    for row, values in zip(table, curves, strict=True):
        row[: len(values)] = values[:n]
    known = [column[np.isfinite(column)] for column in table.T]
    ends = [np.percentile(one, BAND) if len(one) else np.full(3, np.nan) for one in known]
    return np.transpose(ends)
