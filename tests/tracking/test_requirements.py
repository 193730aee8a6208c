"""What a logged model says that it needs."""

from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import pytest

from kepler_keras.experiment import Choice
from kepler_keras.models.registry import find_builder
from kepler_keras.models.trusted import AEON_MODULES, PEER_TYPES
from kepler_keras.tracking.format import requirements
from kepler_keras.training.fitted import FittedSklearn

AEON = f"aeon=={version('aeon')}"


@pytest.mark.parametrize(
    ("name", "needs_aeon"),
    [
        ("minirocket", True),
        ("multirocket_hydra", True),
        ("knn_dtw", True),
        ("hist_gradient_boosting", False),
        ("logistic_regression", False),
    ],
)
def test_aeon_is_named_where_the_estimator_needs_it(
    tmp_path: Path, name: str, needs_aeon: bool
) -> None:
    estimator = find_builder(Choice(name=name))({"global_view": (48, 1)})
    FittedSklearn(estimator).save(tmp_path / "model-2.skops")  # its types are known unfitted
    named = requirements(tmp_path)
    assert (AEON in named) is needs_aeon
    assert f"skops=={version('skops')}" in named
    assert named == sorted(set(named), key=str.lower)


def test_a_network_needs_no_aeon(tmp_path: Path) -> None:
    (tmp_path / "model.keras").touch()
    named = {pin.partition("==")[0] for pin in requirements(tmp_path)}
    assert "keras" in named
    assert not {"aeon", "skops"} & named


def test_every_module_of_a_peer_that_imports_aeon_is_known() -> None:
    for module in {name.rpartition(".")[0] for name in PEER_TYPES}:
        if module.startswith("kepler_keras."):
            spec = find_spec(module)
            assert spec
            assert spec.origin
            imports = "from aeon" in Path(spec.origin).read_text(encoding="utf-8")
            assert imports == (module in AEON_MODULES), module
