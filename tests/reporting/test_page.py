import base64
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from made_up_record import entry, experiment, make_record

from kepler_keras.evaluation.measures import METRICS
from kepler_keras.record import Record
from kepler_keras.reporting.glossary import MEANINGS, glossary
from kepler_keras.reporting.page import contents
from kepler_keras.reporting.report import write_report
from kepler_keras.reporting.results import summarise_record

HOSTILE = "</script><script>alert(1)</script>"


def page_of(made: Record, folder: Path) -> str:
    return write_report(made, folder).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    return page_of(make_record(), tmp_path_factory.mktemp("page"))


def test_contents_name_every_section_in_the_order_of_the_page(html: str) -> None:
    linked = re.findall(r'<li><a href="#([^"]+)">', html)
    assert linked == re.findall(r'<section id="([^"]+)">', html)
    assert linked[:4] == ["answer", "data", "protocol", "results"]
    assert linked[-1] == "glossary"


def test_contents_keep_headings_escaped() -> None:
    (one,) = contents('<section id="a">\n<h2>What &lt;b&gt; is</h2>')
    assert one == ("a", "What &lt;b&gt; is")
    assert one[1].__html__() == "What &lt;b&gt; is"


def test_only_the_pages_own_script_may_run(html: str) -> None:
    (digest,) = re.findall(r"script-src 'sha256-([^']+)'", html)
    (script,) = re.findall(r"<script>(.*?)</script>", html, flags=re.DOTALL)
    assert base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() == digest
    assert "default-src 'none'" in html
    assert not re.findall(r"\son[a-z]+=", html)  # a policy by digest forbids handlers anyhow


def test_a_hostile_name_ends_no_script(tmp_path: Path) -> None:
    setup = experiment(question=HOSTILE, entries=[entry("mlp", "mlp"), entry("x", "prevalence")])
    made = make_record(setup)
    html = page_of(made.model_copy(update={"command": HOSTILE}), tmp_path)
    assert "<script>alert" not in html
    assert html.count("<script") == 2  # the data of the thresholds, and the script


def test_the_explorer_starts_where_the_table_of_one_fold_stands(tmp_path: Path) -> None:
    made = make_record(experiment(protocol={"folds": 3, "repeats": 1, "threshold": {"given": 0.5}}))
    html = page_of(made, tmp_path)
    (text,) = re.findall(r'id="thresholds-data">(.*?)</script>', html, flags=re.DOTALL)
    summaries = summarise_record(made)
    shown = {one["entry"]: one for one in json.loads(text)}
    reached = {name: one.metrics["average_precision"].mean for name, one in summaries.items()}
    assert list(shown) == sorted(reached, key=lambda name: -reached[name])
    for name, one in shown.items():
        start, summary = one["start"], summaries[name]
        assert one["threshold"][start] == 0.5
        assert one["found"][start] == summary.confusion.tp
        assert one["alarms"][start] == summary.confusion.fp
        assert one["planets"] == summary.confusion.tp + summary.confusion.fn
        if one["precision"][start] is not None:
            assert one["precision"][start] == pytest.approx(
                summary.metrics["precision"].mean, rel=1e-3
            )
            assert one["f1"][start] == pytest.approx(summary.metrics["f1"].mean, rel=1e-3)


def test_the_glossary_explains_every_measure_that_is_shown(html: str) -> None:
    assert set(MEANINGS) == set(METRICS)
    assert list(glossary(["recall", "roc_auc"])) == ["ROC AUC", "recall"]
    terms = re.findall(r"<dt[^>]*>([^<]*)</dt>", html[html.index('<section id="glossary">') :])
    assert {"Average precision", "Matthews correlation", "Brier score"} <= set(terms)


def test_a_report_is_written_without_keras() -> None:
    code = "import sys, kepler_keras.reporting.report; sys.exit('keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
