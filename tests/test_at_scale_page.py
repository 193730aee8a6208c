"""The page of large computations: its tables are those of the figures, its model what it says."""

import importlib.util
import sys

import pandas as pd
import pytest
from main_job import ROOT

PAGE = (ROOT / "docs" / "at_scale.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def model():
    folder = str(ROOT / "benchmarks")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        patch.setenv("KEPLER_KERAS_DATA", ".")
        spec = importlib.util.spec_from_file_location("cost_model", f"{folder}/cost_model.py")
        module = importlib.util.module_from_spec(spec)
        patch.setitem(sys.modules, "cost_model", module)  # its dataclasses look it up
        spec.loader.exec_module(module)
        yield module


def test_the_plan_is_that_of_the_figures(model):
    constants, _ = model.read_figures()
    lines = model.plan(model.zoo(), constants, 200_000)
    assert model.as_table(lines) in PAGE
    assert sum(line.step.startswith("fit ") for line in lines) == len(model.zoo().entries)


def test_the_check_is_that_of_the_figures(model):
    _, checked = model.read_figures()
    assert model.checked_table(checked) in PAGE
    together = checked[checked["step"] == "together"]
    others = checked[checked["step"] != "together"]
    for column in ("predicted", "measured"):
        assert together[column].item() == pytest.approx(others[column].sum(), rel=1e-4)


def test_a_line_goes_through_both_costs(model):
    costs = model.Cost(3.0), model.Cost(7.0, n_bytes=2.0, memory=5.0)
    assert model.line_through("x", (10, 30), costs) == model.Constant("x", 1.0, 0.2, 2.0, 5.0)
    downhill = model.line_through("x", (10, 30), costs[::-1])  # noise: nothing costs less than 0
    assert (downhill.start, downhill.each) == (7.0, 0.0)


def test_a_plan_counts_stars_epochs_members_folds_and_neighbours(model):
    experiment = model.zoo()
    steps = [f"fit {entry.name}" for entry in experiment.entries]
    steps += ["search", "views", "report", "tracking"]
    ones = {step: model.Constant(step, 0, 1, 0, 0) for step in steps}
    lines = model.plan(experiment, ones, 100)
    seconds = pd.Series({line.step: line.hours * 3600 for line in lines})
    folds = experiment.protocol.folds
    epochs = {entry.name: entry.training.epochs for entry in experiment.entries}
    assert seconds["search"] == pytest.approx(100)
    assert seconds["fit conv1d"] == pytest.approx(100 * epochs["conv1d"] * folds)
    assert seconds["fit ensemble"] == pytest.approx(5 * 100 * epochs["ensemble"] * folds)
    assert seconds["fit logistic_regression"] == pytest.approx(100 * folds)
    assert seconds["fit knn_dtw"] == pytest.approx(100**2 * folds)
    assert seconds["report"] == pytest.approx(len(experiment.entries) * 2 * 100)
    assert seconds["tracking"] == pytest.approx(len(experiment.entries) * folds)
    assert {line.step for line in lines if not line.shared} == {
        "files as they come", "flux on one grid", "report", "tracking",
    }  # fmt: skip
