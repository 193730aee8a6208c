"""The tables of docs/statistics.md, from the figures that `verdict_error.py --table` wrote.

python benchmarks/verdict_tables.py docs/statistics_verdicts.csv
"""

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path

Row = dict[str, str]


def read(path: Path) -> list[Row]:
    """The rows of the file, by column."""
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def error_table(rows: Sequence[Row]) -> list[str]:
    """How often each rule finds a difference where there is none."""
    lines = [
        "| population | planets | folds | **verdict** | J - 1 | plain t | bootstrap | McNemar |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        if float(row["asked"]) == 0:
            shares = (row[key] for key in ("uncapped", "plain_t", "bootstrap", "mcnemar"))
            cells = [f"**{_share(row['verdict'])}**", *map(_share, shares)]
            lines.append(f"| {_case(row)} | {' | '.join(cells)} |")
    return lines


def power_table(rows: Sequence[Row]) -> list[str]:
    """What the verdict finds of a difference, and how often it calls it none."""
    lines = [
        "| population | planets | folds | difference | better or worse | equivalent |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        if float(row["asked"]) > 0:
            cells = [row["asked"], _share(row["verdict"]), _share(row["equivalent"])]
            lines.append(f"| {_case(row)} | {' | '.join(cells)} |")
    return lines


def _case(row: Row) -> str:
    return f"{row['population']} | {row['planets']} | {row['repeats']} × 5"


def _share(text: str) -> str:
    return f"{float(text):.3f}" if text else "–"


def main() -> None:
    """Prints both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("table", type=Path)
    rows = read(parser.parse_args().table)
    print("\n".join([*error_table(rows), "", *power_table(rows)]))


if __name__ == "__main__":
    main()
