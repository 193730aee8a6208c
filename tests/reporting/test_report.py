import json
import re
import stat

import pytest
from made_up_record import data_summary, entry, experiment, gallery, make_record

from kepler_keras.record import GalleryCurve, Record
from kepler_keras.reporting import report
from kepler_keras.reporting.page import page
from kepler_keras.reporting.report import write_report
from kepler_keras.reporting.results import build_results

INJECTION = '<script>alert("x")</script><img src=x onerror=alert(1)>'


def html_of(record: Record) -> str:
    return page(record, build_results(record))


@pytest.fixture(scope="module")
def html() -> str:
    return html_of(make_record())


def test_sections_stand_in_their_order(html) -> None:
    titles = re.findall(r"<h2>(.*?)</h2>", html)
    assert titles == [
        "Question and answer",
        "The data",
        "The protocol",
        "The results",
        "Precision and recall",
        "The comparisons",
        "What it costs",
        "Are the scores shares of planets?",
        "Right and wrong calls",
        "Other thresholds",
        "Learning curves",
        "What these data can decide",
        "Checks",
        "What differs between the entries",
        "How to reproduce it",
        "How the numbers were made",
        "Glossary",
    ]


def test_verdict_comes_before_any_table_or_picture(html) -> None:
    verdict = build_results(make_record()).verdict
    assert html.index(verdict) < min(html.index("<table"), html.index("<svg"))


def test_warnings_and_quick_mode_stand_at_the_head() -> None:
    text = html_of(make_record(quick=True))
    head = text[text.index("<main>") : text.index('<section id="answer">')]
    assert "QUICK MODE" in head
    assert "Few positives: only 12 stars with a planet." in head
    calm = html_of(make_record(data=data_summary(warnings=[])))
    assert 'class="banner"' not in calm


def test_markup_in_what_the_user_wrote_is_shown_as_text() -> None:
    setup = experiment(
        question=INJECTION,
        entries=[entry("mlp", {"name": "mlp", "units": INJECTION}), entry("conv1d", "conv1d")],
    )
    curve = GalleryCurve(star=INJECTION, label=1, x=[0, 1], flux=[1, 2])
    data = data_summary(source=INJECTION, notes=[INJECTION], warnings=[INJECTION], gallery=[curve])
    text = html_of(make_record(setup, data=data, command=INJECTION))
    assert text.count("<script") == 2  # the page's own, and its data
    assert "<img" not in text
    assert text.count("&lt;script&gt;") >= 6


def test_nothing_points_outside(html) -> None:
    assert "://" not in html
    assert "url(#" in html
    assert not re.search(r"url\((?!#)|@import|<script src|<iframe|<object", html)
    links = re.findall(r'(?:href|src)="([^"]*)"', html)
    assert all(link.startswith("#") or link == "data:," for link in links)


def test_every_colour_of_a_picture_follows_the_page(html) -> None:
    for picture in re.findall(r"<svg .*?</svg>", html, re.DOTALL):
        own = re.sub(r"var\(--[a-z0-9-]+, #[0-9a-f]{6}\)", "", picture)
        assert not re.search(r"(?:fill|stroke): (?!none)[^;\" ]", own)


def test_ids_are_unique(html) -> None:
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_every_picture_has_a_text_alternative(html) -> None:
    pictures = re.findall(r"<svg [^>]*>", html)
    # Gallery; intervals, differences, power, costs, precision-recall, ROC; thresholds; reliability;
    # learning.
    assert len(pictures) == 2 + 6 + 3 + 4 + 3
    assert all('role="img" aria-label="' in head for head in pictures)


def test_counts_stand_beside_rates_and_undefined_is_said() -> None:
    setup = experiment(
        protocol={"split": "given"}, entries=[entry("mlp", "mlp"), entry("other", "conv1d")]
    )
    record = make_record(setup)
    table = record.predictions
    # Test scores of `other` below every threshold that its validation rows could give.
    low = (table["entry"] == "other") & (table["split"] == "test")
    table = table.assign(score=table["score"].where(~low, table["score"] * 1e-9))
    text = html_of(make_record(setup, predictions=table))
    assert "undefined (0/0)" in text
    assert re.search(r"0\.00 \(0/\d+\)", text)


def test_at_a_prevalence_no_count_stands_beside_precision() -> None:
    plain, rare = (
        html_of(make_record(experiment(protocol={"folds": 3, "repeats": 2, "prevalence": share})))
        for share in (None, 0.02)
    )
    cells = [
        re.findall(
            r'<td class="number"[^>]*>(.*?)</td>', text[text.index('<table class="results') :]
        )[:3]
        for text in (plain, rare)
    ]
    counted = [[bool(re.search(r"\([\d.]+/[\d.]+\)", cell)) for cell in row] for row in cells]
    assert counted == [[False, True, True], [False, False, True]]
    for sentence in (
        "with few planets that is more than the prevalence of 0.02",
        "All measures are weighted to a prevalence of 0.02; the counts beside recall are whole",
        "Precision is that at a prevalence of 0.02.",
        "These are whole rows; precision and F1 weigh them to a prevalence of 0.02.",
        "their rows thinned to the prevalence as in the folds",
    ):
        assert sentence in rare
    assert "more than their share among the rows" not in rare
    assert "revalence of" not in plain


def test_chance_is_that_at_the_prevalence() -> None:
    setup = experiment(protocol={"folds": 3, "repeats": 2, "prevalence": 0.001})
    text = html_of(make_record(setup))
    (chance,) = re.findall(r"at random gives ([\d.]+) on average", text)
    assert 0 < float(chance) < 0.1  # by rows it is above 1/10


def test_a_given_split_says_for_what_the_verdict_holds() -> None:
    text = html_of(make_record(experiment(protocol={"split": "given"})))
    methods = text[text.index('<section id="methods">') :]
    assert "holds for these fitted models" in methods
    assert "Nadeau" not in methods
    assert "for these fitted models" in text[: text.index("<h2>What these data can decide")]


def test_one_constant_entry_alone_makes_a_report() -> None:
    setup = experiment(entries=[entry("prevalence", "prevalence")], baseline="prevalence")
    data = data_summary(gallery=[], notes=[])
    text = html_of(make_record(setup, data=data))
    assert "The comparisons" not in text
    assert "Learning curves" not in text
    assert "do not differ in any setting" in text


def test_models_are_named_unless_the_entries_already_are() -> None:
    plain = experiment(entries=[entry("mlp", "mlp"), entry("conv1d", "conv1d")])
    assert ">Model</th>" not in html_of(make_record(plain))
    other = experiment(entries=[entry("mlp", "mlp"), entry("wide", "conv1d")])
    assert ">Model</th>" in html_of(make_record(other))


def test_uncommitted_changes_are_told(html) -> None:
    assert "with changes that were not committed" in html
    environment = make_record().environment.model_copy(
        update={"git_commit": None, "git_dirty": None}
    )
    assert "not in a git checkout" in html_of(make_record(environment=environment))


def test_folded_curves_are_shown_by_phase() -> None:
    data = data_summary(cadence=None, n_columns=201, gallery=gallery(201))
    text = html_of(make_record(data=data))
    assert "by phase" in text
    assert ">days<" not in text


def test_files_are_small_whole_readable_and_alone(tmp_path) -> None:
    path = write_report(make_record(), tmp_path)
    assert path == tmp_path / "report.html"
    names = sorted(file.name for file in tmp_path.iterdir())
    assert names == [
        "figures", "references.bib", "report.html", "report.md", "results.json", "table.tex",
        "write_up.tex",
    ]  # fmt: skip
    assert 50_000 < path.stat().st_size < 1_000_000
    assert stat.S_IMODE(path.stat().st_mode) & 0o444 == 0o444
    assert json.loads((tmp_path / "results.json").read_text())["experiment"] == "made-up"


def test_many_folds_and_entries_stay_below_three_megabytes(tmp_path) -> None:
    names = ["mlp", *(f"network-with-a-long-name-{i}" for i in range(9))]
    setup = experiment(protocol={"folds": 10}, entries=[entry(name, "conv1d") for name in names])
    path = write_report(make_record(setup), tmp_path)
    assert path.stat().st_size < 3_000_000


def test_a_failure_leaves_the_earlier_report_as_it_was(tmp_path, monkeypatch) -> None:
    (tmp_path / "report.html").write_text("earlier")

    def fails(*given: object) -> str:
        raise RuntimeError("planted")

    monkeypatch.setattr(report, "page", fails)
    with pytest.raises(RuntimeError, match="planted"):
        write_report(make_record(), tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]
    assert (tmp_path / "report.html").read_text() == "earlier"
