"""Every example in the package's docstrings is true, and every public function has one."""

import doctest
import inspect
import types
from importlib import import_module
from pkgutil import iter_modules

import pytest

import kepler_keras.handout

MODULES = [
    f"kepler_keras.handout.{one.name}" for one in iter_modules(kepler_keras.handout.__path__)
]
PROMISES = ("handout", "equation", "figure", "section")


def faults(module):
    """Sentences about public functions without an example or without their place in the handout."""
    functions = [
        one
        for name, one in vars(module).items()
        if inspect.isfunction(one) and one.__module__ == module.__name__ and name[0] != "_"
    ]
    found = []
    for one in functions:
        text = inspect.getdoc(one) or ""
        if ">>>" not in text:
            found.append(f"{one.__name__}: no example")
        if not any(word in text for word in PROMISES):
            found.append(f"{one.__name__}: no place in the handout")
    return found


@pytest.mark.parametrize("name", MODULES)
def test_examples_are_true(name):
    module = import_module(name)
    assert doctest.testmod(module).failed == 0
    assert faults(module) == []


def test_package_is_found():
    assert len(MODULES) > 8


def made(body):
    module = types.ModuleType("made")
    exec(body, module.__dict__)
    return module


def test_a_function_without_an_example_is_seen():
    assert faults(made("def one():\n    'Equation by name: equation 1.'")) == ["one: no example"]
    assert faults(made("def one():\n    '>>> 1'")) == ["one: no place in the handout"]


def test_a_wrong_example_is_seen(capsys):
    module = made("def one():\n    '''Equation 1.\n\n    >>> 1 + 1\n    3\n    '''")
    assert doctest.testmod(module).failed == 1
    assert "Expected:\n    3" in capsys.readouterr().out
