"""Reads an experiment file and says in one sentence what is wrong with it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from kepler_keras.errors import InputError, suggestion
from kepler_keras.experiment import (
    Conditioning,
    Data,
    Ensemble,
    Entry,
    Experiment,
    Protocol,
    Search,
    Settings,
    StarTable,
    Threshold,
    Training,
    TrainTestPaths,
    Tuning,
)
from kepler_keras.remedies import Remedy
from kepler_keras.visible import one_line
from kepler_keras.yaml_file import LARGEST_TEXT, line_of, load_yaml

CHOICES = ("model", "view", "imbalance")  # keys with a short form: `model: conv1d`


def read_experiment(path: Path, overrides: Sequence[str] = ()) -> Experiment:
    """Reads and checks an experiment file.

    Args:
        path: The YAML file.
        overrides: ``key=value`` with dotted keys, as ``protocol.folds=3`` or
            ``entries.conv1d.training.epochs=5``; values are read as YAML.

    Raises:
        InputError: The file is missing, not YAML, or says what the model above does not allow.
    """
    text = _text(path)
    try:
        document = _unshared(load_yaml(text))
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    if not isinstance(document, dict):
        raise InputError(f"{path}: an experiment is a mapping of keys, got {_kind(document)}")
    for override in overrides:
        _apply(document, override)
    try:
        return Experiment.model_validate(document)
    except ValidationError as error:
        where = "" if overrides else _line(text, error, document)  # --set is no line of the file
        raise InputError(f"{path}{where}: {_sentence(error, document)}") from error


def _text(path: Path) -> str:
    """The text of a file; of one that is far too long only its beginning, which is refused."""
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(LARGEST_TEXT + 1)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InputError(f"{path}: cannot read the experiment file: {reason}") from error


def _unshared(node: Any) -> Any:
    """The same document with every YAML alias as a copy, so that `--set` changes one place."""
    if isinstance(node, dict):
        return {key: _unshared(value) for key, value in node.items()}
    return [_unshared(item) for item in node] if isinstance(node, list) else node


def _kind(value: Any) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"


def _apply(document: dict[str, Any], override: str) -> None:
    """Changes one value in place; list items are addressed by `name`, or nameless by position."""
    key, equals, text = override.partition("=")
    if not equals or not key or key != one_line(key):
        raise InputError(f"--set needs key=value, got {override!r}")
    try:
        value = load_yaml(text)
    except InputError as error:
        raise InputError(f"--set {key}: {error}, got {text!r}") from error
    *path, last = key.split(".")
    node: Any = document
    for part in path:
        node = _child(node, part, key)
    if not isinstance(node, dict):
        raise InputError(f"--set {key}: {path[-1] if path else key} holds no keys")
    node[last] = value


def _child(node: Any, part: str, key: str) -> Any:
    if isinstance(node, list):
        items = [(place, item) for place, item in enumerate(node) if isinstance(item, dict)]
        named = {str(item.get("name", place)): item for place, item in items}
        if part not in named:
            raise InputError(f"--set {key}: there is no {part!r}; {suggestion(part, named)}")
        return named[part]
    if not isinstance(node, dict):
        raise InputError(f"--set {key}: {part!r} lies below a plain value")
    if part in CHOICES and isinstance(node.get(part), str):
        node[part] = {"name": node[part]}
    return node.setdefault(part, {})


def _worst(error: ValidationError) -> ErrorDetails:
    """The error to tell: a misspelt key before the right one that it leaves missing."""
    errors = error.errors(include_url=False)
    return next((item for item in errors if item["type"] == "extra_forbidden"), errors[0])


def _location(error: ValidationError, document: Any) -> list[str | int]:
    """Where the error stands in the file."""
    location = [part for part in _worst(error)["loc"] if not str(part).startswith("<")]
    if location[2:4] == ["views", 0] and "view" in _found(document, location[:2]):
        location[2:4] = ["view"]  # the short form of a list of one
    return location


def _found(document: Any, location: Sequence[str | int]) -> Any:
    """What stands at a place of the document; an empty mapping where nothing does."""
    for part in location:
        try:
            document = document[part]
        except (KeyError, IndexError, TypeError):
            return {}
    return document


def _line(text: str, error: ValidationError, document: Any) -> str:
    location = _location(error, document)
    return f", line {line_of(text, location)}" if location else ""


def _place(location: Sequence[str | int], document: Any) -> str:
    """The place as `--set` takes it: items of a list by their name, where they have one."""
    parts = []
    for end, part in enumerate(location, start=1):
        node = _found(document, location[:end]) if isinstance(part, int) else None
        name = node.get("name") if isinstance(node, dict) else None
        parts.append(name if isinstance(name, str) else str(part))
    return one_line(".".join(parts))


def _sentence(error: ValidationError, document: Any) -> str:
    """The error in one sentence."""
    first = _worst(error)
    location = _location(error, document)
    place = _place(location, document)
    if first["type"] == "extra_forbidden":
        name = str(location[-1])
        return f"{place}: unknown key {name!r}; {suggestion(name, _fields_at(location[:-1]))}"
    if first["type"] == "missing":
        return f"{place}: this key is required"
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "value_error":
        return f"{place}: {message}" if place else message
    rule = message[0].lower() + message[1:]
    return f"{place}: {rule}, got {first['input']!r}"


def _fields_at(location: Sequence[str | int]) -> list[str]:
    """Names of the keys that exist at a place of the file."""
    parts: dict[str, type[Settings]] = {
        "data": Data,
        "conditioning": Conditioning,
        "search": Search,
        "protocol": Protocol,
        "threshold": Threshold,
        "entries": Entry,
        "remedies": Remedy,
        "training": Training,
        "ensemble": Ensemble,
        "path": TrainTestPaths,
        "scalars": StarTable,
        "tuning": Tuning,
    }
    model: type[Settings] = Experiment
    for part in location:
        model = parts.get(cast(str, part), model)
    short: dict[type[Settings], list[str]] = {Experiment: ["remedies"], Entry: ["view"]}
    return [*model.model_fields, *short.get(model, [])]
