"""What the zoo reached: collected from reports, and the tables of docs/models.md."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pandas as pd
import pytest
from made_up_zoo import zoo, zoo_record

from kepler_keras.experiment import Question
from kepler_keras.reporting.results import Results, build_results, results_json

DOCS = Path(__file__).parents[2] / "docs"
FIGURES = DOCS / "zoo.csv"


@pytest.fixture(scope="module")
def drawing():
    """The module that makes the tables; docs is no package."""
    spec = spec_from_file_location("draw_zoo", DOCS / "draw_zoo.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def results() -> Results:
    ask = Question(ask="Does a CNN help?", better="conv1d", than="mlp")
    record = zoo_record(zoo(name="kepler_zoo", questions=[ask]))
    fits = [
        fit.model_copy(update={"cpu_seconds": 0.25 if fit.entry == "ridge" else 12.4})
        for fit in record.fits
    ]
    return build_results(record.model_copy(update={"fits": fits}))


@pytest.fixture
def report(results, tmp_path) -> Path:
    folder = tmp_path / "report"
    folder.mkdir()
    (folder / "results.json").write_text(results_json(results), encoding="utf-8")
    return folder


def written(drawing, table: pd.DataFrame, page: str) -> bool:
    """Whether every table of the figures stands in a page, and of every experiment there is one."""
    tables = drawing.markdown_tables(table)
    assert set(tables) == set(table["experiment"])
    return all(text in page for text in tables.values())


def test_figures_of_a_report_become_a_table_a_line_of_seeds_and_answers(
    drawing, results, report, tmp_path, capsys
) -> None:
    drawing.main([str(report)], folder=tmp_path)
    printed = capsys.readouterr().out
    header, _, *rows = printed.splitlines()[:7]
    assert header == "| Entry | average precision | parameters | CPU seconds a fold |"
    by_name = {row.split(" | ")[0].removeprefix("| "): row for row in rows}
    assert list(by_name) == [
        item.name
        for item in sorted(
            results.entries, key=lambda item: item.metrics["average_precision"].mean, reverse=True
        )
    ]
    value = results.entries[2].metrics["average_precision"]
    words = f"{value.mean:.3f} ({value.low:.3f} to {value.high:.3f})"
    assert by_name["ridge"] == f"| ridge | {words} |  | 0.25 |"
    assert by_name["conv1d"].endswith(" | 835,137 | 12 |")
    assert printed.count("Seeds of `ensemble` alone, median ") == 1
    answer = results.answers[0]
    assert f"- Does a CNN help? **{answer.reply}**. {answer.sentence}" in printed
    assert (tmp_path / "zoo.png").read_bytes().startswith(b"\x89PNG")


def test_a_later_drawing_needs_the_collected_figures_alone(
    drawing, report, tmp_path, capsys
) -> None:
    drawing.main([str(report)], folder=tmp_path)
    first, picture = capsys.readouterr().out, (tmp_path / "zoo.png").read_bytes()
    drawing.main([], folder=tmp_path)
    assert capsys.readouterr().out == first
    assert (tmp_path / "zoo.png").read_bytes() == picture
    table = pd.read_csv(tmp_path / "zoo.csv")
    assert written(drawing, table, first)
    assert not written(drawing, table.assign(mean=table["mean"] + 0.01), first)


def test_unknown_seconds_are_an_empty_cell(drawing, report) -> None:
    table = drawing.collect(report).assign(seconds=None)
    assert "nan" not in drawing.markdown_tables(table)["kepler_zoo"]


def test_tables_of_the_page_are_those_of_the_figures(drawing) -> None:
    _, reached = (DOCS / "models.md").read_text(encoding="utf-8").split("## What they reach")
    figures = pd.read_csv(FIGURES)
    assert written(drawing, figures, reached)
    assert not written(drawing, figures.assign(mean=figures["mean"] + 0.01), reached)
