import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
COPYLEFT = {"batman-package", "pyqt5", "pyqt6", "unidecode", "readline", "gnureadline"}  # GPL only


def declared() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = project["dependencies"] + project["optional-dependencies"]["dev"]
    return [Requirement(line) for line in lines]


def locked() -> list[Requirement]:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def project_file() -> Any:
    return yaml.safe_load((ROOT / "mlproject.yaml").read_text())


def test_both_project_files_are_equal() -> None:
    assert (ROOT / "MLproject").read_bytes() == (ROOT / "mlproject.yaml").read_bytes()


def test_every_declared_range_holds_the_locked_version() -> None:
    versions: dict[str, list[str]] = {}
    for pin in locked():
        assert re.fullmatch(r"==[^*,]+", str(pin.specifier)), f"{pin} is not an exact version"
        number = str(pin.specifier).removeprefix("==")
        versions.setdefault(canonicalize_name(pin.name), []).append(number)
    for need in declared():
        found = versions.get(canonicalize_name(need.name), [])
        assert found, f"{need.name} is not in requirements.txt"
        assert all(need.specifier.contains(number, prereleases=True) for number in found), need


def test_lock_holds_no_address_and_no_copyleft() -> None:
    text = (ROOT / "requirements.txt").read_text()
    assert not re.search(r"://|--(extra-)?index-url|--find-links| @ ", text)
    assert not COPYLEFT & {canonicalize_name(pin.name) for pin in locked()}


def test_entry_points_are_the_commands_that_take_long() -> None:
    points = project_file()["entry_points"]
    assert set(points) == {"main", "compare", "tune", "prepare", "report", "search", "predict"}
    assert points["main"] == points["compare"]


@pytest.mark.parametrize(
    "name", ["main", "compare", "tune", "prepare", "report", "search", "predict"]
)
def test_every_parameter_is_used_and_has_a_default(name: str) -> None:
    point = project_file()["entry_points"][name]
    used = set(re.findall(r"{(\w+)}", point["command"]))
    assert used == set(point["parameters"])
    needed = {"search": {"input"}, "predict": {"model", "input"}}.get(name, set())
    for parameter, item in point["parameters"].items():
        assert parameter in needed or item["default"] is not None


def test_environment_names_no_exact_python_and_does_not_install_the_package() -> None:
    environment = yaml.safe_load((ROOT / "python_env.yaml").read_text())
    assert environment == {"python": "3.11", "dependencies": ["-r requirements.txt"]}


def test_ci_script_can_be_run() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_make_alone_lists_the_targets() -> None:
    done = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(re.findall(r"make (\w+)", done.stdout)) >= {
        "install",
        "report",
        "test",
        "lint",
        "benchmark",
    }
