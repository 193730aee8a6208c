"""The page docs/the_wrong_way.md: its code does what it says, its figures are the study's."""

import os
import re
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold
from threadpoolctl import threadpool_limits

from kepler_keras.evaluation.null import average_precision_null

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "the_wrong_way.md").read_text(encoding="utf-8")
DATA, WRONG, RIGHT = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)


def small_noise():
    """What the page's first block makes, but little of it."""
    rng = np.random.default_rng(0)
    labels = (rng.permutation(600) < 36).astype(int)
    return {"X": rng.normal(size=(600, 30)), "y": labels, "star": np.arange(600)}


def printed(block, capsys):
    """The number that a block prints for small noise."""
    with threadpool_limits(1):
        exec(block, small_noise())
    return float(capsys.readouterr().out)


def drawing():
    """The module that makes the page's tables; docs is no package."""
    spec = spec_from_file_location("draw_the_wrong_way", DOCS / "draw_the_wrong_way.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_first_block_makes_noise_of_which_2_percent_are_called_planets():
    names = {}
    exec(DATA, names)
    assert names["X"].shape == (2000, 200)
    assert names["y"].sum() == 40
    assert len(np.unique(names["star"])) == 2000


def test_wrong_block_finds_planets_in_noise(capsys):
    assert printed(WRONG, capsys) > 0.98


def test_right_block_ranks_noise_blindly(capsys):
    noise = small_noise()
    folds = StratifiedGroupKFold(5, shuffle=True, random_state=0)
    truths = [noise["y"][test] for _, test in folds.split(noise["X"], noise["y"], noise["star"])]
    low, high = np.quantile(average_precision_null(truths, draws=1000), [0.005, 0.995])
    assert low <= printed(RIGHT, capsys) <= high


def test_tables_of_the_page_are_those_of_the_study():
    draw = drawing()
    for table in draw.markdown_tables(pd.read_csv(DOCS / "the_wrong_way.csv")):
        assert table in PAGE


def test_a_figure_that_moved_is_seen():
    moved = pd.read_csv(DOCS / "the_wrong_way.csv")
    moved["mean"] += 0.01
    assert not any(table in PAGE for table in drawing().markdown_tables(moved))


def test_study_runs_quickly_on_noise_and_shows_the_gap(tmp_path):
    environment = {key: value for key, value in os.environ.items() if key != "KEPLER_KERAS_DATA"}
    command = [sys.executable, str(DOCS / "the_wrong_way_study.py"), "--quick", "--seed", "7"]
    done = subprocess.run(
        [*command, "--out", str(tmp_path)],
        env={**environment, "PYTHONPATH": str(DOCS.parent), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    table = pd.read_csv(tmp_path / "the_wrong_way.csv").query("measure == 'average_precision'")
    forest = table[(table.model == "random forest") & (table.way == "SMOTE, then split")]
    means = forest.set_index("scored_on")["mean"]
    assert means["own test rows"] > 0.98
    assert means["untouched stars"] < 0.3
    assert set(table.data) == {"noise"}
