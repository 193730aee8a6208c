"""The page on statistics says what its studies found, and the intervals that ship cover."""

from pathlib import Path

import pandas as pd
import pytest

from kepler_keras.evaluation.measures import METRICS
from kepler_keras.reporting.wording import METRIC_NAMES, capitalize_first

DOCS = Path(__file__).parents[1] / "docs"
NONE = "not estimable"


@pytest.fixture(scope="module")
def coverage() -> pd.DataFrame:
    return pd.read_csv(DOCS / "interval_coverage.csv")


def interval_rows(coverage: pd.DataFrame, planets: int) -> list[str]:
    """The table of the page for a number of planets in five folds."""
    part = coverage[(coverage["planets"] == planets) & (coverage["folds"] == 5)]
    lines = []
    for row in part.to_dict("records"):
        name = capitalize_first(METRIC_NAMES[row["measure"]])
        shipped = [row["coverage"], row["least"]]
        cells = [NONE, "", ""]
        if pd.notna(row["coverage"]):
            cells = [*(f"{value:.2f}" for value in shipped), f"{row['width']:.3g}"]
        width = "" if pd.isna(row["bootstrap width"]) else f"{row['bootstrap width']:.3g}"
        cells += [f"{row['bootstrap coverage']:.2f}", width]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def test_the_tables_are_those_of_the_study(coverage):
    page = (DOCS / "statistics.md").read_text()
    for planets in coverage["planets"].unique():
        rows = interval_rows(coverage, planets)
        assert len(rows) == len(METRICS)
        assert f"{planets} planets:" in page
        assert "\n".join(rows) in page


def test_every_interval_covers(coverage):
    known = coverage[coverage["coverage"].notna()]
    assert set(coverage["measure"]) == set(METRICS)
    assert (known["coverage"] >= 0.93).all()
    assert set(coverage.loc[coverage["coverage"].isna(), "measure"]) == {"precision_at_recall"}


def test_the_bootstrap_alone_does_not(coverage):
    few = coverage[(coverage["planets"] == 5) & (coverage["measure"] == "average_precision")]
    assert (few["bootstrap coverage"] < 0.9).all()
