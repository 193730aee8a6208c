"""Names that are HTML, LaTeX, Markdown, paths or control characters do no harm anywhere."""

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import mlflow
import pytest
from hostile import ALL, CONTROL, HTML, NAMES, hostile_record
from latex import needs_latex
from made_up_record import entry, experiment
from markdown_it import MarkdownIt

from kepler_keras.errors import InputError
from kepler_keras.experiment_file import read_experiment
from kepler_keras.publish import log_comparison
from kepler_keras.reporting.notebook import read_report
from kepler_keras.reporting.report import write_report
from kepler_keras.tracking import start_comparison
from kepler_keras.tracking.format import entry_parameters, trial_parameters
from kepler_keras.visible import HIDDEN, visible

LOADING = {"img", "iframe", "object", "embed", "base", "form"}


class Elements(HTMLParser):
    """What a browser would make of a page: elements, attributes, text, and what would run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = self.scripts = ""
        self.runs = False  # JSON in a script element does not
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.runs = tag == "script" and ("type", "application/json") not in attrs
        self.scripts += " ".join(str(value) for name, value in attrs if name.startswith("on"))

    def handle_data(self, data: str) -> None:
        if self.runs and self.cdata_elem == "script":
            self.scripts += data
        else:
            self.text += data

    def assert_harmless(self) -> None:
        assert not LOADING & set(self.tags)
        assert "alert" not in self.scripts
        links = [value for name, value in self.attributes if name in ("href", "src")]
        assert not [link for link in links if link and ":" in link.replace("data:,", "")]


def test_elements_find_what_acts() -> None:
    for text in ("<script>alert(1)</script>", "<p onclick=alert(1)>", "<a href=javascript:x>"):
        with pytest.raises(AssertionError):
            Elements(text).assert_harmless()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    write_report(hostile_record(), folder)
    return folder


def test_the_page_shows_them_and_obeys_none(folder: Path) -> None:
    text = (folder / "report.html").read_text(encoding="utf-8")
    page = Elements(text)
    page.assert_harmless()
    assert HTML in page.text
    assert visible(CONTROL) in page.text
    assert not HIDDEN.search(text)


def test_a_notebook_shows_them_and_obeys_none(folder: Path) -> None:
    cell = Elements(read_report(folder)._repr_html_())
    cell.assert_harmless()
    assert "script" not in cell.tags
    assert HTML in cell.text


def test_markdown_shows_them_and_obeys_none(folder: Path) -> None:
    text = (folder / "report.md").read_text(encoding="utf-8")
    page = Elements(MarkdownIt("gfm-like", {"linkify": False}).render(text))
    links = [value for name, value in page.attributes if name == "href"]
    assert set(page.tags) <= {
        *("h1", "h2", "p", "strong", "blockquote", "ul", "li", "a", "pre", "code"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    }
    assert all(str(link).startswith("figures/") for link in links)
    assert HTML in page.text
    rows = re.findall(r"^\|.*$", text, re.MULTILINE)
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {6}


def test_only_our_own_names_are_in_the_file_system(folder: Path) -> None:
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert all(re.fullmatch(r"(figures/)?[a-z_]+[0-9]*\.[a-z]+", name) for name in files)
    assert {"table.tex", "figures/learning_curves_1.pdf"} <= files


@needs_latex
def test_latex_prints_them_and_obeys_none(folder: Path, tmp_path: Path) -> None:
    work = shutil.copytree(folder, tmp_path / "work")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "write_up.tex"]
    done = subprocess.run(command, cwd=work, capture_output=True, text=True, errors="replace")
    assert done.returncode == 0, done.stdout[-2000:]
    assert "/etc/passwd" not in re.findall(r"\(([^()\s]+)", done.stdout)
    assert "Overfull" not in done.stdout
    assert b"JavaScript" not in (work / "write_up.pdf").read_bytes()


@pytest.mark.filterwarnings("ignore:Glyph .* missing from font")  # MLflow's pictures draw boxes
def test_mlflow_takes_them(folder: Path, tmp_path: Path, store: str) -> None:
    record = hostile_record()
    with start_comparison(record.experiment, address=store) as tracker:
        log_comparison(record, _with_record(folder, tmp_path), {}, tracker)
    client = mlflow.MlflowClient(store)
    place = client.get_run(tracker.run_id).info.experiment_id
    query = f"tags.`mlflow.parentRunId` = '{tracker.run_id}'"
    names = {run.info.run_name for run in client.search_runs([place], query)}
    assert names == {visible(text) for text in NAMES}
    command = client.get_run(tracker.run_id).data.tags["kepler_keras.command"]
    assert command == visible(ALL)[:8000]
    stored = {item.path for item in client.list_artifacts(tracker.run_id, "figures")}
    assert stored == {f"figures/{path.name}" for path in (folder / "figures").iterdir()}


def test_keys_of_options_become_keys_that_mlflow_takes() -> None:
    options = {"name": "mine", "file": "m.py", "../../x": 1, "a/b": 2, "a$b": 3, "a%b": 4}
    given = experiment(entries=[entry("mlp", options)]).entries[0]
    keys = [key for key in entry_parameters(given) if key.startswith("model.")]
    assert keys == ["model.file", "model..._.._x", "model.a_b", "model.a_b 2", "model.a_b 3"]
    trial = type("Trial", (), {"settings": {"../up": 1, "": 2, "k" * 300: 3}})()
    assert list(trial_parameters(trial)) == ["_up", "_", "k" * 250]


@pytest.mark.parametrize(
    ("line", "place"),
    [
        (r'question: "which\u0000?"', "question"),
        (r'question: "half \ud800"', "question"),
        (r'data: {source: simulated, options: {"a\u001b": 1}}', "data.options"),
        (r'data: {source: kaggle_csv, path: "x\u202ecsv"}', "data.path"),
    ],
)
def test_an_experiment_file_may_not_hold_what_nobody_sees(
    tmp_path: Path, line: str, place: str
) -> None:
    lines = {
        "question": "question: Which?",
        "data": "data: {source: simulated}",
    }
    lines[line.partition(":")[0]] = line
    path = tmp_path / "hidden.yaml"
    path.write_text(
        "\n".join(["name: x", *lines.values(), "entries: [{name: mlp, model: mlp, view: flux}]"])
        + "\nbaseline: mlp\n"
    )
    with pytest.raises(InputError, match=rf"hidden.yaml, line \d: {place}: control characters"):
        read_experiment(path)


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "a b", "x" * 65, "a\n", "é", HTML])
def test_names_of_entries_are_plain(name: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        experiment(entries=[entry(name, "mlp")], baseline=name)


def test_a_path_from_the_environment_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLACE", "a\nb\x1b")
    with pytest.raises(ValueError, match="without control characters"):
        experiment(data={"source": "kaggle_csv", "path": "${PLACE}/x.csv"})


def _with_record(folder: Path, place: Path) -> Path:
    """A copy of the folder with the record's files, whose bytes do not matter here."""
    out = shutil.copytree(folder, place / "out")
    for name in ("record.json", "predictions.parquet"):
        (out / name).write_bytes(b"")
    return out
