"""What `docs/write_up.md` says is done here as it says it."""

import re
import subprocess
from pathlib import Path

import pytest
from latex import needs_latex
from made_up_record import experiment, make_record

from kepler_keras.publish import write_folder

PAGE = (Path(__file__).parents[2] / "docs" / "write_up.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `reports/quickstart` lies."""
    place = tmp_path_factory.mktemp("place")
    write_folder(
        make_record(experiment(name="quickstart", protocol={"folds": 2})),
        place / "reports" / "quickstart",
    )
    return place


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def test_it_fits_one_screen() -> None:
    assert len(PAGE.splitlines()) < 65


def test_the_notebook_shows_tables(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    *lines, last = block("python").strip().splitlines()
    names: dict[str, object] = {}
    exec("\n".join(lines), names)
    assert len(eval(last, names)) > 0


@needs_latex
def test_a_document_takes_table_and_figure(place: Path) -> None:
    head, body = block("latex").strip().split("\n\n")
    lines = [r"\documentclass{article}", head, r"\begin{document}", body]
    for label in re.findall(r"`(tab:[\w-]+)`", PAGE):
        lines.append(rf"\ref{{{label}}}")
    lines.append(r"\cite{nadeau2003}\end{document}")
    (place / "mine.tex").write_text("\n".join(lines))
    for command in (["pdflatex", "-halt-on-error"], ["bibtex"], *[["pdflatex"]] * 2):
        file = "mine" if command == ["bibtex"] else "mine.tex"
        done = subprocess.run(
            [*command, file], cwd=place, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
        assert done.returncode == 0, done.stdout[-2000:]
    assert "undefined" not in done.stdout
