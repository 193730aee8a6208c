"""`kepler-keras predict` as a user runs it: scores, reasons, every mistake in one sentence."""

import json
import sys

import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread

from kepler_keras import cli
from kepler_keras.data.light_curves import UNKNOWN, LightCurves
from kepler_keras.experiment import Choice
from kepler_keras.predicting import predict_curves
from kepler_keras.training.saved import load_fitted
from tests.saved_models import (
    BY_COLUMN,
    BY_NUMBERS,
    FOLDED,
    SEARCHED,
    csv_text,
    noise_and_dips,
    save_model,
)

FAST = ("--option", "cadence=0.02")


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Saved models: of a folded view, of the flux column by column, of folded curves."""
    folder = tmp_path_factory.mktemp("models")
    save_model(folder / "searched", SEARCHED)
    save_model(folder / "by_column", BY_COLUMN, model="hist_gradient_boosting", threshold=None)
    save_model(folder / "folded", FOLDED, model="hist_gradient_boosting")
    save_model(folder / "ranking", BY_NUMBERS, model="bls_snr", threshold=0.0)
    image = Choice(name="folded_image", options={"rows": 8, "bins": 8, "grouping": "cycles"})
    shorter = SEARCHED.model_copy(update={"views": (image,), "n_columns": 200})
    save_model(folder / "image", shorter, model="hist_gradient_boosting")
    return folder


@pytest.fixture
def folder(models, tmp_path, monkeypatch):
    for name in ("MLFLOW_RUN_ID", "MLFLOW_TRACKING_URI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models").symlink_to(models)
    (tmp_path / "data.csv").write_text(csv_text(noise_and_dips(5, 400, seed=7)))
    return tmp_path


def run(monkeypatch, *words):
    monkeypatch.setattr(sys, "argv", ["kepler-keras", "predict", *words])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    return stopped.value.code


def table(path="scores.csv"):
    return pd.read_csv(path, keep_default_na=False, dtype=str)


def test_scores_decisions_and_what_was_found(folder, monkeypatch, capsys):
    assert run(monkeypatch, "data.csv", "--model", "models/searched", *FAST, "--plot", "p.png") == 0
    rows = table()
    expected = load_fitted(folder / "models/searched").score_curves(noise_and_dips(5, 400, seed=7))
    assert rows["score"].astype(float).tolist() == expected.tolist()
    assert rows["decision"].tolist() == ["planet", "no planet"] * 2 + ["planet"]
    assert set(rows["threshold"]) == {"0.5"}
    assert set(rows["score_kind"]) == {"probability"}
    np.testing.assert_allclose(rows["period"][::2].astype(float), 1.3, atol=0.005)
    np.testing.assert_allclose(rows["t0"][::2].astype(float), 0.5, atol=0.03)
    assert set(rows["depth_unit"]) == {"scatter"}
    assert rows["star"].tolist() == [f"row-{row:06d}" for row in range(1, 6)]
    out = capsys.readouterr().out.splitlines()
    assert out[-1] == "scores.csv: 5 scored, 3 called planets, 0 not scored"
    assert imread("p.png")[..., :3].std() > 0.05


def test_the_scores_do_not_depend_on_the_company(folder, monkeypatch):
    """Alone and first of many, in one thread and in two."""
    flux = noise_and_dips(70, 400, seed=7)
    (folder / "many.csv").write_text(csv_text(flux))
    (folder / "one.csv").write_text(csv_text(flux[:1]))
    for name, jobs in (("many", "2"), ("one", "1")):
        words = (f"{name}.csv", "--model", "models/searched", "--out", f"{name}.s.csv")
        assert run(monkeypatch, *words, "--jobs", jobs, *FAST) == 0
    assert table("many.s.csv")["score"][0] == table("one.s.csv")["score"][0]


def test_curves_of_another_length_are_scored_where_all_is_folded(folder, monkeypatch, capsys):
    (folder / "long.csv").write_text(csv_text(noise_and_dips(4, 700)))
    assert run(monkeypatch, "long.csv", "--model", "models/searched", *FAST) == 0
    assert table()["decision"].tolist() == ["planet", "no planet"] * 2
    assert run(monkeypatch, "long.csv", "--model", "models/by_column", *FAST) == 2
    sentence = capsys.readouterr().err
    assert "long.csv: the model takes curves of 400 columns, each by itself, got 700" in sentence


def test_a_curve_without_flux_has_a_row_and_a_reason(folder, monkeypatch, capsys):
    flux = noise_and_dips(4, 400)
    flux[1] = np.nan
    (folder / "data.csv").write_text(csv_text(flux))
    assert run(monkeypatch, "data.csv", "--model", "models/searched", *FAST) == 0
    row = table().iloc[1]
    assert (row["score"], row["decision"], row["reason"]) == ("", "", "no flux at all")
    assert "3 scored, 2 called planets, 1 not scored" in capsys.readouterr().out


def test_a_star_that_the_source_leaves_out_has_a_row_too(models):
    flux = noise_and_dips(2, 400)
    curves = LightCurves(
        source="kepler_fits",
        flux=flux,
        labels=np.full(2, UNKNOWN, np.int8),
        stars=np.array(["7", "9"]),
        cadence=0.02,
        left_out={"8": "no flux at all"},
    )
    rows = predict_curves(curves, load_fitted(models / "searched"), place="x")
    assert [(row.star, row.reason) for row in rows] == [
        ("7", ""),
        ("9", ""),
        ("8", "no flux at all"),
    ]


def test_a_curve_that_breaks_a_view_spoils_no_other(models):
    """More cycles than the image has rows: the reason names them, the others have scores."""
    scorer = load_fitted(models / "image")
    curves = noise_and_dips(3, 700)
    curves[1, 100:] = np.nan  # a short stretch has few cycles
    given = LightCurves(
        source="x",
        flux=curves,
        labels=np.full(3, UNKNOWN, np.int8),
        stars=np.array(["a", "b", "c"]),
        cadence=0.02,
    )
    rows = predict_curves(given, scorer, place="x")
    assert np.isnan([row.score for row in rows]).tolist() == [True, False, True]
    assert "more than rows = 8" in rows[0].reason


def test_another_cadence_is_a_reason_for_every_curve(folder, monkeypatch, capsys):
    words = ("data.csv", "--model", "models/searched", "--option", "cadence=0.03")
    assert run(monkeypatch, *words) == 2
    reason = "a cadence of 43.2 min, the model was trained at 28.8 min"
    assert set(table()["reason"]) == {reason}
    assert f"no curve could be scored, scores.csv says why: {reason}" in capsys.readouterr().err


def test_a_model_without_threshold_decides_nothing(folder, monkeypatch, capsys):
    assert run(monkeypatch, "data.csv", "--model", "models/by_column", *FAST) == 0
    rows = table()
    assert list(rows) == ["star", "score", "score_kind", "decision", "threshold", "reason"]
    assert set(rows["decision"]) == set(rows["threshold"]) == {""}
    out = capsys.readouterr().out
    assert "the model was saved without a threshold: nothing is decided" in out
    assert "5 scored, no threshold is known, 0 not scored" in out


def test_decision_values_are_never_called_probabilities(folder, monkeypatch, capsys):
    words = ("data.csv", "--model", "models/ranking", "--plot", "p.png")
    assert run(monkeypatch, *words, *FAST) == 0
    rows = table()
    assert set(rows["score_kind"]) == {"decision"}
    assert rows["decision"].tolist() == ["planet", "no planet"] * 2 + ["planet"]
    assert rows["score"].astype(float).max() > 1
    assert "they rank curves and are no probabilities" in capsys.readouterr().out


def test_folded_curves_need_no_labels(folder, monkeypatch):
    curves = np.random.default_rng(0).normal(size=(3, 21)).astype(np.float32)
    np.savez(folder / "f.npz", X=curves, kepid=np.array([11, 12, 13]))
    assert run(monkeypatch, "f.npz", "--model", "models/folded", "--plot", "p.png") == 0
    assert table()["star"].tolist() == ["11", "12", "13"]
    expected = load_fitted(folder / "models/folded").score_curves(curves)
    assert table()["score"].astype(float).tolist() == expected.tolist()


BAD = {
    "no_model": (["data.csv", "--model", "absent"], ["--model: neither a folder nor an address"]),
    "no_saved_model": (["data.csv", "--model", "."], [".: is no model that `kepler-keras compare"]),
    "no_store": (["data.csv", "--model", "models:/x@champion"], ["there is no MLflow store yet"]),
    "no_input": (["absent.csv", "--model", "models/searched"], ["absent.csv: there is no such"]),
    "folded": (
        ["f.npz", "--model", "models/searched"],
        ["f.npz: the model takes flux over time, these are curves folded on their period"],
    ),
    "unfolded": (["data.csv", "--model", "models/folded"], ["these are flux over time"]),
    "unit": (
        ["s.yaml", "--model", "models/searched"],
        ["takes flux in a unit without a level, these curves have it in ppm about its median"],
    ),
    "too_short": (["short.csv", "--model", "models/searched", *FAST], ["search does not fit"]),
    "out_is_input": (
        ["data.csv", "--model", "models/searched", "--out", "data.csv"],
        ["--out: data.csv is what is scored"],
    ),
    "no_folder": (
        ["data.csv", "--model", "models/searched", "--out", "no/s.csv"],
        ["--out: the folder no does not exist"],
    ),
    "no_png": (
        ["data.csv", "--model", "models/searched", "--plot", "p.pdf"],
        ["--plot: must name a .png file, got p.pdf"],
    ),
    "option": (["data.csv", "--model", "models/searched", "--option", "x"], ["needs key=value"]),
}
SIMULATED = """
name: x
question: which?
data: {source: simulated, options: {n_stars: 10, n_cadences: 900}}
entries: [{name: only, model: mlp, view: flux}]
baseline: only
"""


@pytest.mark.parametrize("case", BAD)
def test_a_mistake_ends_in_one_sentence_and_nothing_is_written(case, folder, monkeypatch, capsys):
    words, expected = BAD[case]
    np.savez(folder / "f.npz", X=np.ones((2, 21)) * np.arange(21), kepid=np.arange(2))
    (folder / "s.yaml").write_text(SIMULATED)
    (folder / "short.csv").write_text(csv_text(noise_and_dips(2, 60)))
    before = sorted(path.name for path in folder.iterdir())
    assert run(monkeypatch, *words) == 2
    captured = capsys.readouterr()
    (sentence,) = [line for line in captured.err.splitlines() if line.startswith("Error: ")]
    for part in expected:
        assert part in sentence
    assert "scored" not in captured.out
    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_model_of_before_is_loaded_without_a_decision(models, tmp_path):
    folder = tmp_path / "old"
    folder.mkdir()
    for file in (models / "searched").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    kept = json.loads((folder / "preparation.json").read_text())
    assert kept.pop("decision") == {"threshold": 0.5, "score_kind": "probability"}
    (folder / "preparation.json").write_text(json.dumps(kept))
    assert load_fitted(folder).decision is None


def test_help_answers_without_heavy_imports(monkeypatch, capsys):
    assert run(monkeypatch, "--help") == 0
    assert "Example: kepler-keras predict" in capsys.readouterr().out
