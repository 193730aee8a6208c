"""Every kind of bad input through the command: one sentence, exit code 2, nothing written."""

import sys
from pathlib import Path

import numpy as np
import pytest

from kepler_keras import cli

COLUMNS = 200
EXPERIMENT = """
name: bad
question: does bad input end well?
data: {{source: {source}, path: {path}}}
protocol: {{folds: 2}}
search: {{durations: [0.1], max_period: 1.2}}
entries:
  - {{name: only, model: {model}, {view_key}: {view}, optional: {optional}}}
baseline: {baseline}
"""


def write_csv(path: Path, change=lambda rows: None) -> None:
    random = np.random.default_rng(0)
    rows = [["LABEL", *(f"FLUX.{i + 1}" for i in range(COLUMNS))]]
    for row in range(24):
        rows.append([str(1 + (row < 8)), *(f"{x:.3f}" for x in random.normal(size=COLUMNS))])
    change(rows)
    path.write_text("\n".join(",".join(row) for row in rows) + "\n")


def write_folded(path: Path) -> None:
    random = np.random.default_rng(0)
    curves = random.normal(size=(24, 51)).astype(np.float32)
    np.savez(path, X=curves, y=np.arange(24) % 2, kepid=np.arange(24))


def put(row: int, column: int, value: str):
    def change(rows: list[list[str]]) -> None:
        rows[row][column] = value

    return change


def cut(rows: list[list[str]]) -> None:
    del rows[7][150:]


def dark(rows: list[list[str]]) -> None:
    rows[5][1:] = ["nan"] * (len(rows[5]) - 1)


def one_class(rows: list[list[str]]) -> None:
    for row in rows[1:]:
        row[0] = "1"


def one_host(rows: list[list[str]]) -> None:
    one_class(rows)
    rows[3][0] = "2"


CASES = {
    "no_file": ({"path": "absent.csv"}, None, ["absent.csv"]),
    "wrong_header": ({}, put(0, 3, "FLUX.33"), ["FLUX.3"]),
    "short_row": ({}, cut, ["row 7", "150", "201"]),
    "text_in_flux": ({}, put(5, 4, "bright"), ["row 5", "FLUX.4", "bright"]),
    "infinity": ({}, put(5, 4, "inf"), ["row 5", "FLUX.4", "inf"]),
    "no_flux": ({}, dark, ["example 4", "no flux at all"]),
    "unknown_label": ({}, put(5, 0, "7"), ["row 5", "LABEL", "7"]),
    "one_class": ({}, one_class, ["class"]),
    "too_few_hosts": ({}, one_host, ["positive stars", "2 folds"]),
    "folded_again": (
        {"source": "folded", "path": "data.npz", "view": "folded_image"},
        None,
        ["folded_image", "global_view"],
    ),
    "unknown_view": ({"view": "flox"}, None, ["flox", "did you mean 'flux'"]),
    "unknown_model": ({"model": "conv1"}, None, ["conv1", "did you mean 'conv1d'"]),
    "unknown_option": (
        {"model": "{name: conv1d, filter: [8]}"},
        None,
        ["filter", "did you mean 'filters'"],
    ),
    "model_and_view_that_do_not_fit": ({"model": "conv2d"}, None, ["conv2d", "rows"]),
    "unknown_source": ({"source": "kaggle_cvs"}, None, ["did you mean 'kaggle_csv'"]),
    "view_that_the_data_cannot_give": ({"view": "scalars"}, None, ["entry 'only'", "scalars"]),
    "baseline_left_out": (
        {"view": "scalars", "optional": "true"},
        None,
        ["the baseline 'only' cannot take part", "scalars"],
    ),
    "view_twice": ({"view_key": "views", "view": "[flux, flux]"}, None, ["'flux' stands 2 times"]),
    "views_that_one_augmentation_cannot_treat_alike": (
        {"view_key": "views", "view": "[flux, global_view], augmentations: [noise]"},
        None,
        ["entry 'only'", "'noise'", "flux, global_view"],
    ),
    "own_model_without_a_file": (
        {"model": "{name: net, file: absent.py}"},
        None,
        ["the baseline 'only' cannot take part", "absent.py", "No such file"],
    ),
    "unknown_entry": ({"baseline": "onli"}, None, ["baseline", "did you mean 'only'"]),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_ends_in_one_sentence(case, tmp_path, monkeypatch, capsys):
    settings, change, words = CASES[case]
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    write_csv(tmp_path / "data.csv", change or (lambda rows: None))
    write_folded(tmp_path / "data.npz")
    defaults = {
        "source": "kaggle_csv",
        "path": "data.csv",
        "model": "mlp",
        "view": "flux",
        "view_key": "view",
        "optional": "false",
        "baseline": "only",
    }
    (tmp_path / "bad.yaml").write_text(EXPERIMENT.format(**{**defaults, **settings}))
    before = sorted(path.name for path in tmp_path.iterdir())
    monkeypatch.setattr(sys, "argv", ["kepler-keras", "compare", "bad.yaml", "--jobs", "1"])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    error = capsys.readouterr().err
    assert stopped.value.code == 2
    (sentence,) = [line for line in error.splitlines() if line.startswith("Error: ")]
    assert error.rstrip().endswith(sentence)
    assert "Traceback" not in error
    for word in words:
        assert word in sentence
    assert sorted(path.name for path in tmp_path.iterdir()) == before
