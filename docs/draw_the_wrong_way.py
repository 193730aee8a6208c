"""Draws the picture of docs/the_wrong_way.md and prints the page's tables from the study's CSV.

python docs/draw_the_wrong_way.py    # seconds; the_wrong_way_study.py writes the CSV
"""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

FOLDER = Path(__file__).parent
WRONG, RIGHT, NONE = "#d55e00", "#0072b2", "#222222"  # apart for every eye
GREY, BLIND = "#777777", "#bbbbbb"
MODELS = ("random forest", "logistic regression")
TITLES = {"noise": "white noise", "Kepler": "real Kepler curves"}
# Way and rows scored on, what the page calls them, colour and marker.
MAIN = (
    ("SMOTE, then split", "own test rows", "the wrong way reports", WRONG, "X"),
    ("SMOTE, then split", "untouched stars", "the same model, new stars", WRONG, "s"),
    ("split, then SMOTE", "untouched stars", "the right way, new stars", RIGHT, "o"),
    ("no SMOTE", "untouched stars", "no SMOTE, new stars", NONE, "D"),
)
SMALLER = (
    ("copies, then split", "own test rows", "planets copied before the split: reports"),
    ("copies, then split", "untouched stars", "the same model, new stars"),
    (
        "SMOTE, then split",
        "own test rows, real ones",
        "SMOTE first, only real rows tested: reports",
    ),
    (
        "split, then SMOTE",
        "untouched stars after SMOTE",
        "the right way, but SMOTE on the test too",
    ),
)
HEAD = ("average precision", "ROC AUC", "accuracy", "recall")
MEASURES = ("average_precision", "roc_auc", "accuracy", "recall")
# Places of real planets, and of synthetic ones: two parents and the share of the way between them.
PLANETS = np.array([(0.6, 0.7), (1.3, 2.2), (2.6, 1.5), (3.3, 3.0), (1.0, 3.4)])
MADE = ((0, 1, 0.55), (1, 2, 0.4), (2, 3, 0.6), (1, 4, 0.65), (0, 2, 0.5), (3, 4, 0.45))
TESTED = (1, 3)  # of those made


def main() -> None:
    """Draws and prints."""
    table = pd.read_csv(FOLDER / "the_wrong_way.csv")
    draw(table)
    print("\n\n".join(markdown_tables(table)))


def cell(table: pd.DataFrame, **place: str) -> "pd.Series[float]":
    """Mean, low and high of the one row at a place."""
    chosen = table.loc[(table[list(place)] == pd.Series(place)).all(axis=1)]
    if len(chosen) != 1:
        raise ValueError(f"the study's table must have one row for {place}, got {len(chosen)}")
    return chosen[["mean", "low", "high"]].iloc[0]


def markdown_tables(table: pd.DataFrame) -> list[str]:
    """The page's tables: one for each data set, and that of the smaller sins."""
    return [*(main_table(table, data) for data in TITLES), smaller_table(table)]


def main_table(table: pd.DataFrame, data: str) -> str:
    """Every measure of both models on one data set, and random ranking below."""
    lines = [f"| {TITLES[data]} | | {' | '.join(HEAD)} |", "|---" * (2 + len(HEAD)) + "|"]
    for model in MODELS:
        for way, scored_on, name, _, _ in MAIN:
            place = {"data": data, "model": model, "way": way, "scored_on": scored_on}
            words = [words_of(cell(table, **place, measure=measure)) for measure in MEASURES]
            lines.append(f"| {model} | {name} | {' | '.join(words)} |")
    for scored_on, name in (("own test rows", "its own test"), ("untouched stars", "new stars")):
        blind = words_of(chance(table, data, scored_on))
        lines.append(f"| random ranking | {name} | {blind} | | | |")
    return "\n".join(lines)


def smaller_table(table: pd.DataFrame) -> str:
    """Average precision of the smaller sins."""
    columns = [(data, model) for data in TITLES for model in MODELS]
    heads = [f"{TITLES[data]}, {model}" for data, model in columns]
    lines = [f"| average precision | {' | '.join(heads)} |", "|---" * (1 + len(heads)) + "|"]
    for way, scored_on, name in SMALLER:
        place = {"way": way, "scored_on": scored_on, "measure": MEASURES[0]}
        words = [words_of(cell(table, data=d, model=m, **place)) for d, m in columns]
        lines.append(f"| {name} | {' | '.join(words)} |")
    return "\n".join(lines)


def chance(table: pd.DataFrame, data: str, scored_on: str) -> "pd.Series[float]":
    """Average precision of random ranking."""
    return cell(table, data=data, model="random ranking", scored_on=scored_on)


def words_of(row: "pd.Series[float]") -> str:
    """A mean with its interval."""
    return f"{row['mean']:.3f} [{row['low']:.3f}, {row['high']:.3f}]"


def draw(table: pd.DataFrame) -> None:
    """How SMOTE makes a planet, and what each way says of noise and of real curves."""
    figure = Figure(figsize=(9.5, 4.3), layout="constrained")
    grid = figure.add_gridspec(1, 3, width_ratios=(1, 1.05, 1.05))
    draw_smote(figure.add_subplot(grid[0]))
    first = figure.add_subplot(grid[1])
    for axis, data in ((first, "noise"), (figure.add_subplot(grid[2], sharey=first), "Kepler")):
        draw_ways(axis, table, data)
    figure.axes[2].tick_params(labelleft=False)
    figure.savefig(FOLDER / "the_wrong_way.png", dpi=110, metadata={"Software": None})


def draw_smote(axis: Axes) -> None:
    """Real planets, and synthetic ones on the lines between them, in training and in the test."""
    for number, (one, other, share) in enumerate(MADE):
        ends = PLANETS[[one, other]]
        tested = number in TESTED
        axis.plot(*ends.T, lw=1.6 if tested else 0.8, color=WRONG if tested else GREY, zorder=1)
        x, y = ends[0] + share * (ends[1] - ends[0])
        colour, face = (WRONG, "white") if tested else (GREY, GREY)
        axis.plot(x, y, "D", ms=8, color=colour, mfc=face, mew=1.8)
    axis.plot(*PLANETS.T, "o", ms=10, color=RIGHT, label="real planet, in training")
    axis.plot([], [], "D", ms=8, color=GREY, label="synthetic, in training")
    axis.plot([], [], "D", ms=8, color=WRONG, mfc="white", mew=1.8, label="synthetic, in the test")
    axis.set(xticks=[], yticks=[], xlim=(0.2, 3.7), ylim=(0.3, 3.8))
    axis.set_title("SMOTE before the split", fontsize=10)
    axis.legend(frameon=False, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, 0.0))


def draw_ways(axis: Axes, table: pd.DataFrame, data: str) -> None:
    """Average precision of every way, both models; grey bars are random ranking."""
    places, names = [], []
    for block, model in enumerate(MODELS):
        top = -block * (len(MAIN) + 1.2)
        axis.text(-0.02, top + 0.55, model, fontsize=8.5, style="italic", color=GREY)
        for line, (way, scored_on, name, colour, marker) in enumerate(MAIN):
            place = {"data": data, "model": model, "way": way, "scored_on": scored_on}
            value = cell(table, **place, measure=MEASURES[0])
            blind = chance(table, data, scored_on)
            y = top - line
            axis.plot([blind["mean"]] * 2, [y - 0.38, y + 0.38], lw=3, color=BLIND)
            axis.plot([value["low"], value["high"]], [y, y], lw=2, color=colour)
            axis.plot(value["mean"], y, marker, ms=8, color=colour)
            right = value["mean"] < 0.7
            end = value["high"] + 0.05 if right else min(value["low"], value["mean"]) - 0.05
            side = "left" if right else "right"
            axis.text(end, y, f"{value['mean']:.3f}", fontsize=8.5, va="center", ha=side)
            places.append(y)
            names.append(name)
    axis.set_yticks(places, names, fontsize=8.5)
    axis.set(xlim=(-0.03, 1.04), ylim=(min(places) - 0.7, 1.3))
    axis.set_xlabel("average precision")
    axis.text(0.48, 0.5, "grey: random ranking", fontsize=8.5, color=GREY)
    axis.set_title(TITLES[data], fontsize=10)
    axis.spines[["top", "right"]].set_visible(False)
    axis.tick_params(axis="y", length=0)


if __name__ == "__main__":
    main()
