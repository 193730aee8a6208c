"""What the zoo reaches against what it costs: collects, draws and prints the tables of models.md.

python docs/draw_zoo.py                      # from docs/zoo.csv: zoo.png and the tables
python docs/draw_zoo.py reports/kepler_zoo ...    # first collects the results of these reports
"""

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kepler_keras.reporting.point_names import name_points

FOLDER = Path(__file__).parent
TITLES = {
    "kepler_zoo": "real folded curves of Kepler",
    "kepler_zoo_flux": "simulated unfolded flux",
    "tess_triage": "TESS, published split",
    "tess_triage_by_star": "TESS, folds by star",
    "handout": "the handout's networks",
}
DRAWN = ("kepler_zoo", "kepler_zoo_flux")
NETWORK, PEER = "#0072b2", "#d55e00"
LEAST_SECONDS = 0.01


def main(reports: list[str], *, folder: Path = FOLDER) -> None:
    """Collects into `folder` where reports are named, draws what is there and prints."""
    path = folder / "zoo.csv"
    if reports:
        collected = pd.concat([collect(Path(report)) for report in reports])
        collected.to_csv(path, index=False, float_format="%.6g", lineterminator="\n")
    table = pd.read_csv(path)
    draw(table, folder)
    print("\n\n".join(markdown_tables(table).values()))


def collect(report: Path) -> pd.DataFrame:
    """The figures of one report that the page shows: a row an entry, a member or an answer."""
    results = json.loads((report / "results.json").read_text(encoding="utf-8"))
    rows: list[dict[str, Any]] = []
    for entry in results["entries"]:
        rows.append(
            {
                "what": "entry",
                "name": entry["name"],
                "words": entry["model"],
                **_interval(entry["metrics"]["average_precision"]),
                "parameters": entry["n_parameters"],
                "seconds": entry["cpu_seconds"],
            }
        )
    for member in results["members"]:
        value = _interval(member["metrics"]["average_precision"])
        rows.append({"what": "member", "name": member["entry"], "words": member["seed"], **value})
    for one in results["answers"]:
        words = f"**{one['reply']}**. {one['sentence']}"
        rows.append({"what": "answer", "name": one["ask"], "words": words})
    table = pd.DataFrame(rows)
    table["parameters"] = table["parameters"].astype("Int64")  # no float_format rounds them
    table.insert(0, "experiment", results["experiment"])
    return table


def _interval(value: dict[str, Any]) -> dict[str, float | None]:
    return {key: value[key] for key in ("mean", "low", "high")}


def markdown_tables(table: pd.DataFrame) -> dict[str, str]:
    """A table of entries, seeds and answers for each experiment."""
    return {
        name: "\n\n".join(part for part in _parts(table[table["experiment"] == name]) if part)
        for name in TITLES
        if (table["experiment"] == name).any()
    }


def _parts(table: pd.DataFrame) -> list[str]:
    return [_entries(table), _members(table), _answers(table)]


def _entries(table: pd.DataFrame) -> str:
    lines = ["| Entry | average precision | parameters | CPU seconds a fold |", "|---" * 4 + "|"]
    entries = table[table["what"] == "entry"].sort_values("mean", ascending=False)
    for _, row in entries.iterrows():
        parameters = "" if pd.isna(row["parameters"]) else f"{int(row['parameters']):,}"
        cells = [row["name"], _words(row), parameters, _seconds(row["seconds"])]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _seconds(seconds: float) -> str:
    if pd.isna(seconds):
        return ""
    return f"{seconds:.2g}" if seconds < 10 else f"{seconds:.0f}"


def _words(row: "pd.Series[Any]") -> str:
    return f"{row['mean']:.3f} ({row['low']:.3f} to {row['high']:.3f})"


def _members(table: pd.DataFrame) -> str:
    members = table[table["what"] == "member"]
    lines = []
    for name, group in members.groupby("name", sort=False):
        values = ", ".join(f"{value:.4f}" for value in group["mean"])
        lines.append(f"Seeds of `{name}` alone, median {group['mean'].median():.4f}: {values}.")
    return "\n\n".join(lines)


def _answers(table: pd.DataFrame) -> str:
    answers = table[table["what"] == "answer"]
    return "\n".join(f"- {row['name']} {row['words']}" for _, row in answers.iterrows())


def draw(table: pd.DataFrame, folder: Path) -> None:
    """Writes `zoo.png`: average precision against training seconds, a panel an experiment."""
    present = [name for name in DRAWN if (table["experiment"] == name).any()]
    figure = Figure(figsize=(9, 5 * len(present)), layout="constrained", dpi=110)
    panels = figure.subplots(len(present), squeeze=False)[:, 0]
    shown = {}
    for axes, name in zip(panels, present, strict=True):
        mine = table[(table["experiment"] == name) & (table["what"] == "entry")]
        shown[name] = mine[mine["name"] != "prevalence"]
        _panel(axes, shown[name])
        axes.set_title(TITLES[name], loc="left", fontsize=11)
    for axes, name in zip(panels, present, strict=True):  # last: it fixes the layout of all panels
        seconds = shown[name]["seconds"].clip(lower=LEAST_SECONDS).tolist()
        name_points(axes, shown[name]["name"].tolist(), seconds, shown[name]["mean"].tolist())
    figure.savefig(folder / "zoo.png", metadata={"Software": None})


def _panel(axes: Axes, entries: pd.DataFrame) -> None:
    seconds = entries["seconds"].clip(lower=LEAST_SECONDS)
    for is_network, color, label in ((True, NETWORK, "networks"), (False, PEER, "peers")):
        mine = entries["parameters"].notna() == is_network
        axes.plot(seconds[mine], entries.loc[mine, "mean"], "o", color=color, label=label)
        axes.vlines(
            seconds[mine], entries.loc[mine, "low"], entries.loc[mine, "high"], color, alpha=0.35
        )
    axes.set_xscale("log")
    axes.set_xlabel("CPU seconds of training a fold (logarithmic)")
    axes.set_ylabel("average precision")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="lower right", fontsize=9)


if __name__ == "__main__":
    main(sys.argv[1:])
