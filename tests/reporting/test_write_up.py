"""The files of a write-up beside the report."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from latex import needs_latex
from made_up_record import ablated, entry, experiment, make_record, with_ablations
from made_up_zoo import zoo, zoo_record

from kepler_keras.publish import write_folder
from kepler_keras.record import Record
from kepler_keras.reporting.entries import taking_part
from kepler_keras.reporting.report import write_report
from kepler_keras.reporting.results import build_results
from kepler_keras.reporting.write_up.content import Content, content_of
from kepler_keras.reporting.write_up.panels import pages
from kepler_keras.reporting.write_up.rows import result_rows, shown_pairs, verdict_rows
from kepler_keras.reporting.write_up.texts import texts

HERE = Path(__file__).parent
LONG_NAME = "a-network-whose-name-has-as-many-letters-as-the-file-allows-4567"
MINIMAL = r"""\documentclass[%s]{article}
\usepackage{booktabs}
\begin{document}
\input{table}
\end{document}
"""
ELSEWHERE = """import sys
from pathlib import Path
from made_up_record import make_record
from kepler_keras.record import Record
from kepler_keras.reporting.entries import taking_part
from kepler_keras.reporting.report import write_report
write_report(make_record(), Path(sys.argv[1]))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plain")
    write_report(make_record(), folder)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_same_record_gives_the_same_bytes_in_another_process(
    folder: Path, tmp_path: Path
) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "77", "SOURCE_DATE_EPOCH": "1"}
    environment["PYTHONPATH"] = os.pathsep.join([str(HERE), str(HERE.parents[1])])
    subprocess.run([sys.executable, "-c", ELSEWHERE, str(tmp_path)], check=True, env=environment)
    assert contents(tmp_path) == contents(folder)


def test_figures_hold_no_date_and_letters_stay_letters(folder: Path) -> None:
    names = {path.name for path in (folder / "figures").iterdir()}
    assert names == {
        "differences.pdf", "estimates.pdf", "learning_curves.pdf", "light_curves.pdf",
        "precision_recall.pdf", "roc.pdf", "thresholds.pdf",
    }  # fmt: skip
    for path in (folder / "figures").iterdir():
        data = path.read_bytes()
        assert data.startswith(b"%PDF")
        assert b"Date" not in data
        assert b"/Subtype /Type3" not in data


def test_many_entries_are_dealt_into_pages() -> None:
    assert [len(part) for part in pages(range(22), 20)] == [11, 11]
    assert [len(part) for part in pages(range(7), 6)] == [4, 3]
    assert [len(part) for part in pages(range(20), 20)] == [20]
    content = plain_content(make_record())
    table = texts(replace(content, rows=5 * content.rows))["table.tex"]
    assert table.count(r"\begin{table}") == 3
    assert table.count(r"\label{tab:made-up-results}") == 1


def test_figures_of_an_earlier_report_do_not_stay(tmp_path: Path) -> None:
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "stale.pdf").write_bytes(b"old")
    write_folder(make_record(experiment(entries=[entry("mlp", "mlp")])), tmp_path)
    assert not (tmp_path / "figures" / "stale.pdf").exists()
    assert (tmp_path / "figures" / "roc.pdf").exists()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_link_in_the_place_of_figures_goes_and_its_target_stays(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine.pdf").write_bytes(b"mine")
    out = tmp_path / "out"
    out.mkdir()
    (out / "figures").symlink_to(elsewhere)
    write_report(make_record(experiment(entries=[entry("mlp", "mlp")])), out)
    assert not (out / "figures").is_symlink()
    assert [path.name for path in elsewhere.iterdir()] == ["mine.pdf"]


def test_rows_hold_what_results_hold() -> None:
    record = make_record()
    results = build_results(record)
    row = result_rows(record, results)[0]
    found = results.entries[0]
    cells, precision = found.confusion, found.metrics["precision"]
    assert (row.name, row.baseline) == ("mlp", True)
    assert row.cells[0].value == f"{found.metrics['average_precision'].mean:.3f}"
    assert row.cells[2].value == f"{precision.mean:.2f}"
    assert row.cells[2].interval == f"[{precision.low:.2f}, {precision.high:.2f}]"
    assert row.cells[2].counts == f"{cells.tp:g}/{cells.tp + cells.fp:g}"
    pairs = shown_pairs(record, results)
    assert [(pair.a, pair.b) for pair in pairs] == [
        ("conv1d", "mlp"), ("conv1d_raw", "mlp"), ("prevalence", "mlp"),
    ]  # fmt: skip
    assert verdict_rows(pairs)[0].verdict == pairs[0].verdict


def test_at_a_prevalence_precision_has_no_counts() -> None:
    record = make_record(experiment(protocol={"folds": 2, "prevalence": 0.02}))
    row = result_rows(record, build_results(record))[0]
    assert [bool(cell.counts) for cell in row.cells] == [False, False, False, True]


def test_another_primary_measure_comes_first_and_ablations_stay_out(tmp_path: Path) -> None:
    record = with_ablations(ablated(protocol={"folds": 2, "primary_metric": "f1"}))
    write_report(record, tmp_path)
    table = (tmp_path / "table.tex").read_text()
    markdown = (tmp_path / "report.md").read_text()
    assert "smote" not in table
    assert "| Entry | F1 | Average precision |" in markdown
    assert "Left out: 5 entries with a remedy" in markdown
    assert (tmp_path / "figures" / "calibration.pdf").exists()


def test_one_test_set_decides_nothing() -> None:
    record = make_record(experiment(protocol={"split": "given"}), quick=True)
    made = texts(plain_content(record))
    for name in ("table.tex", "report.md", "write_up.tex"):
        assert "mean nothing" in made[name]
        assert "How a verdict is reached" not in made[name]
    assert "one test set decides nothing" in made["table.tex"]
    assert "nadeau" not in made["references.bib"]


def test_markdown_links_to_each_figure(folder: Path) -> None:
    links = re.findall(r"\]\((.*?)\)", (folder / "report.md").read_text())
    assert {folder / link for link in links} == set((folder / "figures").iterdir())


@needs_latex
def test_the_tables_fit_a_plain_article(tmp_path: Path) -> None:
    items = [*(one.model_dump() for one in zoo().entries), entry(LONG_NAME, "conv1d")]
    record = zoo_record(zoo(entries=items, protocol={"folds": 2}))
    (tmp_path / "table.tex").write_text(texts(plain_content(record))["table.tex"])
    for size in ("10pt", "12pt"):
        (tmp_path / "minimal.tex").write_text(MINIMAL % size)
        log = compiled(tmp_path, "pdflatex", "minimal.tex")
        assert "Overfull" not in log
        assert "Float too large" not in log


@needs_latex
def test_the_write_up_compiles_with_its_references(folder: Path, tmp_path: Path) -> None:
    work = shutil.copytree(folder, tmp_path / "work")
    compiled(work, "pdflatex", "write_up.tex")
    assert "Warning" not in compiled(work, "bibtex", "write_up")
    compiled(work, "pdflatex", "write_up.tex")
    log = compiled(work, "pdflatex", "write_up.tex")
    assert not re.findall("Overfull.*|LaTeX Warning.*", log)


def plain_content(record: Record) -> Content:
    """The content of a write-up without figures."""
    return content_of(taking_part(record), build_results(record), [])


def compiled(folder: Path, program: str, file: str) -> str:
    modes = ["-interaction=nonstopmode", "-halt-on-error"] if program == "pdflatex" else []
    done = subprocess.run(
        [program, *modes, file], cwd=folder, capture_output=True, text=True, errors="replace"
    )
    assert done.returncode == 0, done.stdout[-2000:]
    return done.stdout
