"""What remedies and augmentations bought: collects, draws and prints the tables of two pages.

python docs/draw_remedies.py                   # from docs/remedies.csv: remedies.png and the tables
python docs/draw_remedies.py reports/imbalance ...    # first collects the results of these reports
"""

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

FOLDER = Path(__file__).parent
COLUMNS = ("experiment", "what", "entry", "measure", "mean", "low", "high", "p", "verdict", "stars")
TITLES = {
    "imbalance": "remedies, real folded curves, 2 % planets",
    "imbalance_simulated": "remedies, simulated flux, 4 % planets",
    "augmentation": "augmentations, real folded curves, 2 % planets",
    "augmentation_simulated": "augmentations, simulated flux, 4 % planets",
    "remedies": "both, real folded curves, 2 % planets",
}
MARKS = {  # colour and marker: apart for every eye
    "better": ("#0072b2", "^"),
    "worse": ("#d55e00", "v"),
    "equivalent": ("#009e73", "s"),
    "not decided": ("#777777", "o"),
}
CHANGES = ("average_precision", "recall_at_precision", "calibration_error")
MARGIN = 0.02


def main(reports: list[str]) -> None:
    """Collects where reports are named, draws and prints."""
    path = FOLDER / "remedies.csv"
    if reports:
        collected = pd.concat([collect(Path(report)) for report in reports])
        collected.to_csv(path, index=False, float_format="%.6g", lineterminator="\n")
    table = pd.read_csv(path)
    draw(table)
    print("\n\n".join(markdown_tables(table).values()))


def collect(report: Path) -> pd.DataFrame:
    """The figures of one report that the pages show, a row each."""
    results = json.loads((report / "results.json").read_text(encoding="utf-8"))
    rows: list[tuple[Any, ...]] = []
    for entry in results["entries"]:
        value = entry["metrics"]["average_precision"]
        rows.append(
            ("value", entry["name"], "average_precision", *_interval(value), None, "", None)
        )
    for one in results["remedies"]:
        judged = (one["adjusted_p_value"], one["verdict"], one["stars_to_decide"])
        rows.append(
            ("change", one["entry"], one["measure"], *_interval(one["difference"]), *judged)
        )
    for one in results["selection"]:
        judged = (one["p_value"], one["verdict"], one["stars_to_decide"])
        value = _interval(one["difference"])
        rows.append(("chosen", one["base"], "average_precision", *value, *judged))
    for one in results["calibration"]:
        for when in ("before", "after"):
            if one[when] is not None:
                value = _interval(one[when]["mean_score"])
                rows.append((when, one["entry"], "mean_score", *value, None, "", None))
    table = pd.DataFrame(rows, columns=COLUMNS[1:])
    table.insert(0, "experiment", results["experiment"])
    return table


def _interval(value: dict[str, Any]) -> tuple[float | None, float | None, float | None]:
    return value["mean"], value["low"], value["high"]


def markdown_tables(table: pd.DataFrame) -> dict[tuple[str, str], str]:
    """The pages' tables, by experiment and base entry."""
    return {
        (experiment, base): changes_table(table[table["experiment"] == experiment], base)
        for experiment in TITLES
        for base in bases(table[table["experiment"] == experiment])
    }


def bases(table: pd.DataFrame) -> list[str]:
    """The entries that remedies were tried on."""
    return table.loc[table["what"] == "chosen", "entry"].tolist()


def changes_table(table: pd.DataFrame, base: str) -> str:
    """Every remedy of one entry, the choice among them last."""
    plain = table[(table["what"] == "value") & (table["entry"] == base)].iloc[0]
    head = (
        f"| {base}: average precision {words(plain)} | change in average precision | adjusted p | "
        "verdict | stars to decide | change in recall at precision 0.9 | change in calibration "
        "error | mean score before, after correction |"
    )
    lines = [head, "|---" * 8 + "|"]
    of_base = table[table["entry"].str.startswith(f"{base}.")]
    for name in of_base.loc[of_base["what"] == "change", "entry"].unique():
        mine = of_base[of_base["entry"] == name]
        ap, recall, error = (row_of(mine, "change", measure) for measure in CHANGES)
        cells = [
            words(ap, sign=True),
            p_words(ap["p"]),
            str(ap["verdict"]),
            stars_words(ap["stars"]),
        ]
        cells += [f"{words(x, sign=True)}{judged(x)}" for x in (recall, error)]
        lines.append(f"| {name.removeprefix(f'{base}.')} | {' | '.join(cells)} | {means(mine)} |")
    ap = row_of(table[table["entry"] == base], "chosen", "average_precision")
    cells = verdict_cells(ap)
    lines.append(f"| *chosen on validation rows* | {' | '.join(cells)} | | | |")
    return "\n".join(lines)


def verdict_cells(row: "pd.Series[Any]") -> list[str]:
    """A change, its p-value, the verdict and the stars that would decide it."""
    return [
        words(row, sign=True),
        p_words(row["p"]),
        str(row["verdict"]),
        stars_words(row["stars"]),
    ]


def row_of(table: pd.DataFrame, what: str, measure: str) -> "pd.Series[Any]":
    """The one row of a kind and measure."""
    chosen = table[(table["what"] == what) & (table["measure"] == measure)]
    if len(chosen) != 1:
        raise ValueError(f"the table must have one row of {what}, {measure}, got {len(chosen)}")
    return chosen.iloc[0]


def means(mine: pd.DataFrame) -> str:
    """Mean score before and after the correction; the one that there is where none was made."""
    found = mine[mine["measure"] == "mean_score"].set_index("what")["mean"]
    after = f"{found['after']:.3f}"
    return f"{found['before']:.3f}, {after}" if "before" in found else after


def words(row: "pd.Series[Any]", *, sign: bool = False) -> str:
    """A value with its interval."""
    form = "+.3f" if sign else ".3f"
    if pd.isna(row["low"]):
        return f"{row['mean']:{form}}"
    return f"{row['mean']:{form}} [{row['low']:{form}}, {row['high']:{form}}]"


def judged(row: "pd.Series[Any]") -> str:
    """A verdict where there is one."""
    return "" if row["verdict"] == "not decided" else f" {row['verdict']}"


def p_words(value: float) -> str:
    """A p-value to three decimals."""
    if pd.isna(value):
        return "undefined"
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def stars_words(value: float) -> str:
    """A number of stars to two digits."""
    if pd.isna(value):
        return ""
    return "over a million" if value > 1e6 else f"{int(float(f'{value:.2g}')):,}"


def draw(table: pd.DataFrame) -> None:
    """The change in average precision of every remedy, a panel for each experiment and entry."""
    experiments = [name for name in TITLES if (table["experiment"] == name).any()]
    heights = [len(_names(table[table["experiment"] == name], "conv1d")) for name in experiments]
    figure = Figure(figsize=(9.5, 1.4 + 0.24 * sum(heights)), layout="constrained")
    grid = figure.subplots(len(experiments), 2, height_ratios=heights, sharex="col", squeeze=False)
    for axes, experiment in zip(grid, experiments, strict=True):
        mine = table[table["experiment"] == experiment]
        for axis in axes[len(bases(mine)) :]:
            axis.set_visible(False)
        for axis, base in zip(axes, bases(mine), strict=False):
            draw_changes(axis, mine, base)
            axis.set_title(f"{base}: {TITLES[experiment]}", fontsize=8.5, loc="left")
    for axis in grid[-1]:
        axis.set_xlabel("change in average precision, 95 % interval", fontsize=9)
    figure.savefig(FOLDER / "remedies.png", dpi=110, metadata={"Software": None})


def _names(table: pd.DataFrame, base: str) -> list[str]:
    changed = table[(table["what"] == "change") & (table["measure"] == "average_precision")]
    return [name for name in changed["entry"] if name.startswith(f"{base}.")]


def draw_changes(axis: Axes, table: pd.DataFrame, base: str) -> None:
    """One panel: a bar a remedy, its mark and colour the verdict."""
    axis.axvspan(-MARGIN, MARGIN, color="#eeeeee", zorder=0)
    axis.axvline(0, color="#222222", lw=0.8)
    names = _names(table, base)
    for line, name in enumerate(names):
        row = row_of(table[table["entry"] == name], "change", "average_precision")
        colour, marker = MARKS[row["verdict"]]
        axis.plot([row["low"], row["high"]], [-line, -line], lw=1.8, color=colour)
        axis.plot(row["mean"], -line, marker, ms=6, color=colour)
    labels = [name.removeprefix(f"{base}.") for name in names]
    axis.set_yticks([-line for line in range(len(names))], labels, fontsize=8)
    axis.tick_params(axis="y", length=0)
    axis.tick_params(axis="x", labelsize=8)
    axis.spines[["top", "right"]].set_visible(False)


if __name__ == "__main__":
    main(sys.argv[1:])
