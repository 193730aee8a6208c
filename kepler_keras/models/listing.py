"""The zoo at a glance, read from its source: nothing that computes is imported."""

import ast
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

import kepler_keras.models
from kepler_keras.choice import Choice
from kepler_keras.models.registry import GROUP, is_own, model_names


@dataclass(frozen=True)
class Listed:
    """A model as the list shows it.

    Attributes:
        name: By which an experiment names it.
        summary: The first line of its module's docstring, or which package brings it.
        presets: Their names, the first being the defaults; those of other packages are not known.
    """

    name: str
    summary: str
    presets: tuple[str, ...] = ()


def list_models() -> list[Listed]:
    """All models that are installed, sorted by name; those of other packages are not loaded."""
    return [
        _from_package(name) if is_own(Choice(name=name)) else _from_source(name)
        for name in model_names()
    ]


def _from_source(name: str) -> Listed:
    source = Path(kepler_keras.models.__path__[0]) / f"{name}.py"
    tree = ast.parse(source.read_text(encoding="utf-8"))
    summary = (ast.get_docstring(tree) or "").partition("\n")[0]
    return Listed(name, summary, tuple(key for node in tree.body for key in _presets(node)))


def _presets(node: ast.stmt) -> list[str]:
    """The keys where a module says `PRESETS = {...}`; none elsewhere."""
    if not isinstance(node, ast.Assign | ast.AnnAssign) or not isinstance(node.value, ast.Dict):
        return []
    target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
    if not (isinstance(target, ast.Name) and target.id == "PRESETS"):
        return []
    return [str(key.value) for key in node.value.keys if isinstance(key, ast.Constant)]


def _from_package(name: str) -> Listed:
    (point, *_) = entry_points(group=GROUP, name=name)
    package = f"the package {point.dist.name}" if point.dist else "another package"
    return Listed(name, f"From {package}: {point.value}")
