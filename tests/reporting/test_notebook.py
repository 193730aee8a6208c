import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from made_up_record import experiment, make_record

import kepler_keras
from kepler_keras.errors import InputError
from kepler_keras.publish import write_folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    write_folder(make_record(experiment(protocol={"folds": 2})), folder)
    return folder


def test_a_report_is_read_and_shown(folder: Path) -> None:
    report = kepler_keras.read_report(folder)
    html = report._repr_html_()
    assert report.results.verdict in html
    assert html.count("<tr>") == 1 + len(report.results.entries)
    assert "color:" not in html.replace("color: inherit", "")  # the notebook's, light or dark
    assert not {"<script", "<style", "http"} & set(html.split())


def test_its_numbers_are_tables(folder: Path) -> None:
    report = kepler_keras.read_report(str(folder))
    frame = report.frame()
    first = report.results.entries[0]
    assert list(frame.index) == [entry.name for entry in report.results.entries]
    assert frame.loc["mlp", "average_precision"] == first.metrics["average_precision"].mean
    assert frame.loc["mlp", "average_precision_low"] == first.metrics["average_precision"].low
    assert frame.loc["mlp", "tp"] == first.confusion.tp
    expected = pd.read_parquet(folder / "predictions.parquet")
    assert len(report.predictions) == len(expected)


def test_a_folder_without_a_report_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"results.json: cannot read the results: No such file"):
        kepler_keras.read_report(tmp_path)
    (tmp_path / "results.json").write_text("{}")
    with pytest.raises(InputError, match="not results of this version of kepler_keras: experiment"):
        kepler_keras.read_report(tmp_path)


def test_the_package_is_light_to_import() -> None:
    code = "import sys, kepler_keras; print(len({'numpy', 'pandas', 'keras'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"
    assert "read_report" in dir(kepler_keras)
    with pytest.raises(AttributeError, match="has no attribute 'read_reports'"):
        kepler_keras.read_reports  # noqa: B018
