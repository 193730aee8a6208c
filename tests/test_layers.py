"""Imports run one way only; this reads the source of every module and checks it."""

import ast
from pathlib import Path

import pytest

import kepler_keras

PACKAGE = "kepler_keras"
# From left to right; a unit imports from units further left only, so peers never meet.
LAYERS = (
    ("visible",),
    ("errors", "whole_files"),
    (
        "compiled",
        "disk",
        "options",
        "progress",
        "executors",
        "yaml_file",
        "diagnostics",
        "attention",
    ),
    ("choice", "stopping"),
    ("remedies", "entry", "data_settings", "threshold_rule"),
    ("tuning_space",),
    ("experiment",),
    ("experiment_file",),
    ("lightcurve", "handout"),
    ("data", "models", "evaluation"),
    ("record", "candidates", "search_plan"),
    ("environment", "training"),
    ("checking", "preparation", "searching", "durable"),
    ("closeup", "search_ending", "scores_table", "same_machine"),
    ("predicting",),
    ("merging", "same_scoring", "tracking", "reporting"),
    ("run_labels", "champion"),
    ("fitting", "publish", "tuning", "canaries", "canary_model"),
    ("portraits", "mistake_recording", "learning_curve", "rebuilding"),
    ("self_checks", "recording"),
    ("run", "preparing"),
    ("cli_caller", "cli_card", "cli_places", "cli_executor"),
    ("cli_curves", "cli_compare"),
    (
        "cli_across",
        "cli_data",
        "cli_models",
        "cli_predict",
        "cli_prepare",
        "cli_search",
        "cli_status",
    ),
    ("cli",),
)
RANK = {unit: rank for rank, layer in enumerate(LAYERS) for unit in layer}
ALONE = {"loky": "executors", "mlflow": "tracking", "optuna": "tuning", "ray": "executors"}
LEARNING = {"keras", "tensorflow"}
FORBIDDEN = {
    "lightcurve": {"sklearn", *LEARNING},
    "handout": {"scipy", "sklearn", *LEARNING},  # the equations are the point
    "evaluation": LEARNING,
}


def unit_of(module: str) -> str:
    """The part of the package that a dotted name belongs to: ``data`` for kepler_keras.data.splits.

    Every top-level ``tracking*.py`` counts as tracking. The package itself is ``""``.
    """
    name = module.removeprefix(PACKAGE).lstrip(".").partition(".")[0]
    return "tracking" if name.startswith("tracking") else name


def imported(tree: ast.Module, package: str) -> set[str]:
    """Dotted names of all that a module imports, also inside functions; relative ones resolved."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*(parents if node.level else []), *filter(None, [node.module])])
            names |= {f"{base}.{alias.name}" for alias in node.names} if base == PACKAGE else {base}
    return names


def wrong_imports(root: Path) -> list[str]:
    """Sentences about every import below `root`, the package's folder, that breaks the order."""
    found = []
    for path in sorted(root.rglob("*.py")):
        parts = [PACKAGE, *path.relative_to(root).with_suffix("").parts]
        unit = unit_of(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
        if unit and unit not in RANK:
            found.append(f"{unit}: stands in no layer")
            continue
        for name in sorted(imported(ast.parse(path.read_text()), ".".join(parts[:-1]))):
            rule = broken_rule(unit, name)
            if rule:
                found.append(f"{path.relative_to(root).as_posix()} imports {name}: {rule}")
    return found


def broken_rule(unit: str, name: str) -> str | None:
    outside = name.partition(".")[0]
    if outside != PACKAGE:
        if unit != ALONE.get(outside, unit):
            return f"only {ALONE[outside]} imports {outside}"
        return f"{unit} never does" if outside in FORBIDDEN.get(unit, ()) else None
    target = unit_of(name)
    if target == unit or target not in RANK:  # such as kepler_keras.__version__
        return None
    return None if RANK[target] < RANK.get(unit, -1) else f"{target} stands not left of {unit}"


def test_imports_run_one_way():
    root = Path(kepler_keras.__file__).parent
    assert len(list(root.rglob("*.py"))) > 5
    assert wrong_imports(root) == []


@pytest.mark.parametrize(
    ("path", "line", "words"),
    [
        ("lightcurve/fold.py", "from kepler_keras.data import splits", "data stands not left"),
        ("lightcurve/fold.py", "import sklearn.cluster", "lightcurve never does"),
        ("lightcurve/fold.py", "from tensorflow import keras", "lightcurve never does"),
        ("handout/pooling.py", "from scipy.signal import convolve", "handout never does"),
        ("handout/slips.py", "import keras", "handout never does"),
        ("handout/slips.py", "import kepler_keras.lightcurve", "lightcurve stands not left"),
        ("models/mlp.py", "from kepler_keras.data.splits import Fold", "data stands not left of"),
        ("models/mlp.py", "import kepler_keras.evaluation", "evaluation stands not left of models"),
        ("models/mlp.py", "from ..data import splits", "data stands not left of models"),
        ("models/mlp.py", "from .. import data", "kepler_keras.data: data stands not left"),
        ("models/anatomy/shapes.py", "from ...data import splits", "data stands not left"),
        ("data/sources/csv.py", "from kepler_keras import models", "models stands not left of"),
        ("data/__init__.py", "from ..models import mlp", "data/__init__.py imports"),
        ("evaluation/ap.py", "def f():\n    import keras", "evaluation never does"),
        ("evaluation/ap.py", "from kepler_keras.record import Record", "record stands not left"),
        ("experiment.py", "from .data import splits", "data stands not left of experiment"),
        ("errors.py", "import kepler_keras.experiment", "experiment stands not left of errors"),
        ("training/fit.py", "import mlflow.keras", "only tracking imports mlflow"),
        ("fitting.py", "import ray", "only executors imports ray"),
        ("training/fit.py", "if TYPE_CHECKING:\n    from kepler_keras import cli", "cli stands"),
        ("reporting/html.py", "from kepler_keras.tracking import log", "tracking stands not left"),
        ("tracking_model.py", "import kepler_keras.run", "run stands not left of tracking"),
        ("__init__.py", "from kepler_keras.cli import main", "cli stands not left"),
        ("helpers.py", "", "helpers: stands in no layer"),
    ],
)
def test_a_planted_wrong_import_is_caught(tmp_path, path, line, words):
    file = tmp_path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(line + "\n")
    (sentence,) = wrong_imports(tmp_path)
    assert words in sentence


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("lightcurve/fold.py", "import numba\nfrom .ephemeris import Ephemerides"),
        ("data/splits.py", "from kepler_keras.experiment import Protocol\nimport sklearn.cluster"),
        ("data/splits.py", "from kepler_keras import __version__"),
        ("data/sources/csv.py", "from ..light_curves import LightCurves"),
        ("data/sources/csv.py", "from . import folded"),
        ("models/mlp.py", "import keras"),
        ("evaluation/ap.py", "import sklearn.metrics"),
        ("tracking.py", "import mlflow\nfrom kepler_keras.record import Record"),
        ("tracking_model.py", "import mlflow\nfrom kepler_keras.tracking import log"),
        ("cli.py", "def main():\n    from kepler_keras.run import compare"),
    ],
)
def test_a_right_import_is_let_through(tmp_path, path, line):
    file = tmp_path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(line + "\n")
    assert wrong_imports(tmp_path) == []
