"""Strict reading of YAML: duplicate keys are refused, and places are known by their line."""

import re
from collections.abc import Sequence
from typing import Any, cast

import yaml

from kepler_keras.errors import InputError

MERGE = "tag:yaml.org,2002:merge"
FLOAT = "tag:yaml.org,2002:float"


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


# YAML 1.2 reads 1e-3 as a number; PyYAML follows 1.1, which wants 1.0e-3, and gives text.
_StrictLoader.add_implicit_resolver(
    FLOAT, re.compile(r"^[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+$"), list("-+0123456789")
)


def load_yaml(text: str) -> Any:
    """Reads plain YAML; tags that would build Python objects are refused.

    Raises:
        InputError: It is not valid YAML, or a mapping has a key twice. The sentence begins with
            what is wrong and names the line where there is one.
    """
    try:
        return yaml.load(text, Loader=_StrictLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"not valid YAML: {_problem(error)}") from error


def _problem(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
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
