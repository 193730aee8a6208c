"""The table of the augmentation study as a CSV file, and as the tables of docs/augmentations.md."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from augmentation_changes import physics
from augmentation_rule import LIMITS, Figure, Verdict, reasons, verdict

COLUMNS = (
    "transformation", "physical", "view", "stars", "figure", "value", "low", "high", "n",
    "before", "after", "after_low", "after_high", "p16", "p84",
)  # fmt: skip
FOLDED = ("global_view", "local_view", "folded_image")
PLACES = {
    ("flux", "simulated"): "flux",
    ("flux", "real"): "real flux",
    **{(view, "simulated"): view for view in FOLDED},
}
DIGITS = 4


def write(table: pd.DataFrame, path: Path) -> None:
    """Writes the table; equal figures give equal bytes."""
    table.reindex(columns=list(COLUMNS)).round(DIGITS).to_csv(path, index=False)


def read(path: Path) -> pd.DataFrame:
    """Reads what `write` wrote."""
    return pd.read_csv(path)


def judged(table: pd.DataFrame, name: str, view: str, stars: str) -> Mapping[str, Figure]:
    """The figures of a transform that the rule looks at."""
    rows = _of(table, name, view, stars)
    return {
        str(row.figure): Figure(row.value, row.low, row.high, int(row.n))  # type: ignore[arg-type]
        for row in rows.itertuples()
        if row.figure in LIMITS
    }


def outcome(table: pd.DataFrame, name: str, view: str, stars: str) -> Verdict | None:
    """The verdict on a transform; None where it was not done."""
    found = judged(table, name, view, stars)
    return verdict(found) if found else None


def tables(table: pd.DataFrame) -> tuple[str, str, str]:
    """The three tables of the page."""
    return verdict_table(table), flux_table(table), folded_table(table)


def verdict_table(table: pd.DataFrame) -> str:
    """A transform a row: its physics and the verdict in every view; `-` where it cannot be done."""
    lines = [
        f"| transformation | physics | {' | '.join(PLACES.values())} |",
        f"|---|---|{len(PLACES) * '---|'}",
    ]
    for name, physical in _cases(table, "physical"):
        verdicts = [outcome(table, name, *place) or "-" for place in PLACES]
        shown = f"`{name}`" if physical else f"`{name}` (not physical)"
        lines.append(f"| {shown} | {physics(name)} | {' | '.join(verdicts)} |")
    return "\n".join(lines)


def flux_table(table: pd.DataFrame) -> str:
    """Unfolded flux: a transform a row, simulated stars and, where there are any, real ones."""
    lines = [
        "| transformation | stars | verdict | hosts found, before → after | depth | duration | "
        "SNR | false alarms, before → after | odd-even |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, stars in _cases(table[table.view == "flux"], "stars"):
        cells = [
            _result(table, name, "flux", stars),
            _share(table, name, "flux", stars, "found") + _injected(table, name, stars),
            *(_ratio(table, name, "flux", stars, one) for one in ("depth", "duration", "snr")),
            _share(table, name, "flux", stars, "alarms"),
            _ratio(table, name, "flux", stars, "odd_even"),
        ]
        lines.append(f"| `{name}` | {stars} | {' | '.join(cells)} |")
    return "\n".join(lines)


def folded_table(table: pd.DataFrame) -> str:
    """The folded views of simulated stars: a transform and view a row."""
    lines = [
        "| transformation | view | verdict | transit at phase 0, before → after | depth | "
        "duration | odd-even |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, view in _cases(table[table.view.isin(FOLDED)], "view"):
        cells = [
            _result(table, name, view, "simulated"),
            _share(table, name, view, "simulated", "found"),
            *(
                _ratio(table, name, view, "simulated", one)
                for one in ("depth", "duration", "odd_even")
            ),
        ]
        lines.append(f"| `{name}` | `{view}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cases(table: pd.DataFrame, second: str) -> list[tuple[str, str]]:
    """Each transform with each value of a column, physical ones first."""
    order = table.sort_values(
        ["physical", "transformation"], ascending=[False, True], kind="stable"
    )
    pairs = zip(order.transformation, order[second], strict=True)
    return list(dict.fromkeys(pairs))


def _of(table: pd.DataFrame, name: str, view: str, stars: str) -> pd.DataFrame:
    same = (table.transformation == name) & (table.view == view) & (table.stars == stars)
    return table[same]


def _row(table: pd.DataFrame, name: str, view: str, stars: str, figure: str) -> pd.Series | None:
    rows = _of(table, name, view, stars)
    rows = rows[rows.figure == figure]
    return rows.iloc[0] if len(rows) else None


def _result(table: pd.DataFrame, name: str, view: str, stars: str) -> str:
    """The verdict in words, with the criteria that stand against keeping; `?` is undecided."""
    against = ", ".join(reasons(judged(table, name, view, stars)))
    found = outcome(table, name, view, stars)
    return f"**{found}**" + (f" ({against})" if against else "")


def _share(table: pd.DataFrame, name: str, view: str, stars: str, figure: str) -> str:
    row = _row(table, name, view, stars, figure)
    if row is None:
        return "-"
    n = int(row["n"])
    before, after = (round(row[side] * n) for side in ("before", "after"))
    low, high = 100 * row["low"], 100 * row["high"]
    return f"{before} → {after} of {n} ({low:+.1f} to {high:+.1f} points)"


def _injected(table: pd.DataFrame, name: str, stars: str) -> str:
    row = _row(table, name, "flux", stars, "injected")
    if row is None:
        return ""
    return f"; injected rows {row['after']:.1%}, {row['low']:+.1%} to {row['high']:+.1%} of hosts'"


def _ratio(table: pd.DataFrame, name: str, view: str, stars: str, figure: str) -> str:
    row = _row(table, name, view, stars, figure)
    if row is None:
        return "-"
    return f"{row['value']:.2f} [{row['p16']:.2f}, {row['p84']:.2f}]"
