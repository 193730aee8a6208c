"""The page on statistics shows the committed figures, and these hold what it promises."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "benchmarks"))
from verdict_tables import error_table, power_table, read

ROWS = read(ROOT / "docs" / "statistics_verdicts.csv")


@pytest.mark.parametrize("table", [error_table, power_table])
def test_the_page_shows_the_committed_figures(table):
    page = (ROOT / "docs" / "statistics.md").read_text()
    assert "\n".join(table(ROWS)) in page


def test_the_committed_verdicts_err_rarely():
    null = [row for row in ROWS if float(row["asked"]) == 0]
    assert {(row["planets"], row["repeats"]) for row in null} == {
        (planets, repeats) for planets in ("5", "37", "500") for repeats in ("1", "3")
    }
    for row in null:
        assert int(row["data_sets"]) >= 1000
        assert float(row["verdict"]) <= 0.07


def test_the_rules_that_do_not_decide_err_often():
    null = [row for row in ROWS if float(row["asked"]) == 0]
    assert max(float(row["plain_t"]) for row in null if row["repeats"] == "3") > 0.2
    assert max(float(row["mcnemar"]) for row in null) > 0.2
