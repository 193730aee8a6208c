"""The zoo by name: the module `conv1d` holds the builder `conv1d`, and users bring their own."""

import hashlib
import inspect
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Protocol

from pydantic import TypeAdapter, ValidationError

import kepler_keras.models
from kepler_keras.errors import InputError, suggestion
from kepler_keras.experiment import Choice, DataPath
from kepler_keras.models.own_file import FOREIGN, described, load_file, read_file
from kepler_keras.models.shapes import Shapes
from kepler_keras.options import check_options

GROUP = "kepler_keras.models"  # of entry points


class Builder(Protocol):
    """Makes an unfitted model for examples of the given shapes.

    Returns an uncompiled `keras.Model` with one logit, or an estimator with scikit-learn's methods
    that takes all views flattened side by side, shape (n, d). A dict `PRESETS` beside the builder
    holds sizes by name, as options.
    """

    def __call__(self, input_shapes: Shapes, **options: Any) -> Any:
        """Builds the model."""
        ...


def model_names() -> list[str]:
    """Names of all models that are installed, sorted; nothing heavy is imported."""
    return sorted({*_own_names(), *_plugins()})


def is_own(choice: Choice) -> bool:
    """Whether a model is a user's: from a file or another package, and not from this one."""
    return "file" in choice.options or choice.name not in _own_names()


def origin(choice: Choice) -> str:
    """What a user's own builder comes from, as text that changes with it; empty for one of ours.

    A digest of its file, which what the file imports has no part in, or its package and version.

    Raises:
        InputError: The file cannot be read.
    """
    if "file" in choice.options:
        return hashlib.sha256(read_file(_file(choice))).hexdigest()
    distribution = _plugins()[choice.name].dist if is_own(choice) else None
    return f"{distribution.name} {distribution.version}" if distribution else ""


def find_builder(choice: Choice) -> Callable[[Shapes], Any]:
    """The builder that an experiment names, with its options bound.

    Three options are not the builder's: `preset` names one of its `PRESETS`, whose options give way
    to those beside it; `file` is a Python file with a function of the model's name.

    Raises:
        InputError: The model, its preset or one of its options is unknown, or its file cannot be
            loaded.
    """
    builder = load_builder(choice)
    what = f"model {choice.name!r}"
    options = {key: value for key, value in choice.options.items() if key != "file"}
    options = _with_preset(what, builder, options)
    check_options(what, builder, options)
    return lambda input_shapes: builder(input_shapes, **options)


def presets_of(builder: Builder) -> Mapping[str, Mapping[str, Any]]:
    """The presets that stand beside a builder, the first being its defaults.

    Raises:
        InputError: They are something else than options by name.
    """
    module = inspect.getmodule(builder)
    presets: Mapping[str, Mapping[str, Any]] = getattr(module, "PRESETS", {})
    whole = isinstance(presets, Mapping)
    if not whole or not all(isinstance(options, Mapping) for options in presets.values()):
        place = getattr(module, "__file__", None) or getattr(module, "__name__", "a model")
        raise InputError(
            f"{place}: PRESETS must hold for each name a mapping of options, got {presets!r}"
        )
    return presets


def check_model_name(choice: Choice) -> None:
    """Refuses a name that no model has, without importing one."""
    if "file" not in choice.options and choice.name not in model_names():
        hint = suggestion(choice.name, model_names())
        raise InputError(f"there is no model {choice.name!r}; {hint}")


def load_builder(choice: Choice) -> Builder:
    """The builder that is named, without its options.

    Raises:
        InputError: There is none of the name, or its file or package cannot be loaded.
    """
    check_model_name(choice)
    if "file" in choice.options:
        path = _file(choice)
        builder: Builder | None = getattr(load_file(path), choice.name, None)
        if not callable(builder):
            raise InputError(f"model {choice.name!r}: {path} has no function {choice.name!r}")
    elif choice.name in _own_names():
        builder = getattr(import_module(f"kepler_keras.models.{choice.name}"), choice.name)
    else:
        builder = _plugin(choice.name)
    return builder


def _file(choice: Choice) -> Path:
    """The user's file, `${VARIABLES}` expanded as in the paths of data."""
    path = choice.options["file"]
    if not isinstance(path, str):
        raise InputError(f"model {choice.name!r}: file: a path is needed, got {path!r}")
    try:
        return Path(TypeAdapter(DataPath).validate_python(path))
    except ValidationError as error:
        reason = error.errors(include_url=False)[0]["ctx"]["error"]
        raise InputError(f"model {choice.name!r}: file: {reason}") from error


def _plugin(name: str) -> Builder:
    """The builder that another installed package brings."""
    point = _plugins()[name]
    try:
        builder: Builder = point.load()
    except FOREIGN as error:
        raise InputError(
            f"model {name!r}: {point.value} cannot be loaded: {described(error)}"
        ) from error
    if not callable(builder):
        raise InputError(f"model {name!r}: {point.value} is no function")
    return builder


@cache
def _own_names() -> frozenset[str]:
    """Modules of this package that hold a function of their own name; they are not imported."""
    files = Path(kepler_keras.models.__path__[0]).glob("*.py")
    return frozenset(
        file.stem for file in files if f"\ndef {file.stem}(" in file.read_text(encoding="utf-8")
    )


@cache
def _plugins() -> Mapping[str, EntryPoint]:
    """Builders of other installed packages; they cannot take the place of one of this package."""
    return {point.name: point for point in entry_points(group=GROUP)}


def _with_preset(what: str, builder: Builder, options: dict[str, Any]) -> dict[str, Any]:
    """The options of the preset that is named, under those that stand beside it."""
    if "preset" not in options:
        return options
    presets, name = presets_of(builder), options.pop("preset")
    if not isinstance(name, str) or name not in presets:
        hint = suggestion(str(name), presets) if presets else "it has none"
        raise InputError(f"{what}: there is no preset {name!r}; {hint}")
    return {**presets[name], **options}
