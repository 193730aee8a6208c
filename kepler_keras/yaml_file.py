"""Strict reading of YAML: duplicate keys are refused, and places are known by their line."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, cast

import yaml

from kepler_keras.errors import InputError

MERGE = "tag:yaml.org,2002:merge"
FLOAT = "tag:yaml.org,2002:float"
LARGEST_TEXT = 1 << 18  # characters: the shipped experiments have some thousand
MOST_VALUES = 50_000  # aliases counted each time: a few lines of them can stand for billions
DEEPEST = 50  # mappings and lists inside each other
LARGEST_NUMBER = 1 << 64
# What PyYAML's constructors raise beside its own errors, as for `!!bool x` and `!!timestamp x`.
BAD_YAML = (yaml.YAMLError, ValueError, RecursionError, KeyError, AttributeError, IndexError)


class _StrictLoader(yaml.SafeLoader):
    """PyYAML's safe loader, without its habit of letting the last of two equal keys win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: dict[str, int] = {}
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode) or key.tag == MERGE:
                continue
            if key.value in seen:
                raise InputError(
                    f"line {line}: the key {key.value!r} stands twice, first in line "
                    f"{seen[key.value]}"
                )
            seen[key.value] = line
        return cast(dict[Any, Any], super().construct_mapping(node, deep=deep))

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Puts in what `<<` names; merges of merges grow as aliases do, and are counted."""
        super().flatten_mapping(node)
        self._merged = getattr(self, "_merged", 0) + len(node.value)
        if self._merged > MOST_VALUES:
            raise InputError(_too_many())


# YAML 1.2 reads 1e-3 as a number; PyYAML follows 1.1, which wants 1.0e-3, and gives text.
_StrictLoader.add_implicit_resolver(
    FLOAT, re.compile(r"^[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+$"), list("-+0123456789")
)


def load_yaml(text: str) -> Any:
    """Reads plain YAML; tags that would build Python objects are refused.

    Raises:
        InputError: It is not valid YAML, a mapping has a key twice, or it is larger than any
            settings are. The sentence begins with what is wrong and names the line where there is
            one.
    """
    if len(text) > LARGEST_TEXT:
        raise InputError(f"settings may have {LARGEST_TEXT} characters, got more")
    try:
        document = yaml.load(text, Loader=_StrictLoader)
    except BAD_YAML as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"not valid YAML: {_problem(error)}") from error
    _check_extent(document)
    return document


def _check_extent(document: Any) -> None:
    """Refuses what is small as text and endless as values."""
    level, n = [document], 1
    for _ in range(DEEPEST):
        inner = (item for node in level for item in _inside(node))
        level = list(islice(inner, MOST_VALUES - n + 1))
        n += len(level)
        if n > MOST_VALUES:
            raise InputError(_too_many())
        if not level:
            return
    raise InputError(f"settings may be nested {DEEPEST} levels deep, got more")


def _inside(node: Any) -> Iterator[Any]:
    if isinstance(node, int) and abs(node) > LARGEST_NUMBER:
        raise InputError(f"a whole number may have 64 bits, got one of {node.bit_length()}")
    if isinstance(node, dict):
        yield from node
        yield from node.values()
    elif isinstance(node, list | tuple | set):
        yield from node


def _too_many() -> str:
    return f"settings may hold {MOST_VALUES} values, each alias counted as what it names, got more"


def _problem(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, KeyError | AttributeError | IndexError):
        return "a value is not of the kind that its tag says"
    problem = getattr(error, "problem", None) or " ".join(str(error).split())
    mark = getattr(error, "problem_mark", None)
    return f"line {mark.line + 1}, column {mark.column + 1}: {problem}" if mark else problem


def line_of(text: str, location: Sequence[str | int]) -> int:
    """The line, counted from 1, of a place in YAML that `load_yaml` has read.

    Args:
        text: The YAML.
        location: Keys and positions from the top down; where it goes on below what the text
            holds, the line of the last part that is there.
    """
    node = yaml.compose(text, Loader=_StrictLoader)
    line = 1
    for part in location:
        step = _step(node, part)
        if step is None:
            break
        line, node = step
    return line


def _step(node: Any, part: str | int) -> tuple[int, Any] | None:
    """Line and node of one key of a mapping or one item of a list."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == str(part):
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        item = node.value[part]
        return item.start_mark.line + 1, item
    return None
