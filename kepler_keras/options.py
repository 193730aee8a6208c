"""Options of registered things, checked against the function that takes them."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from kepler_keras.errors import InputError, suggestion


def check_options(what: str, function: Callable[..., Any], options: Mapping[str, Any]) -> None:
    """Refuses options that a function does not take, and values that it does not allow.

    Args:
        what: How the error names the thing, as ``model 'conv1d'``.
        function: Its keyword-only parameters are the options; their type hints say which values
            are allowed, strictly: ``true`` is no number and ``"5"`` no whole number. Without a hint
            every value is.
        options: What the experiment file says.

    Raises:
        InputError: An option is unknown (the sentence names the nearest one) or has a value that
            its type hint does not allow.
    """
    known = [
        name
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    ]
    hints = get_type_hints(function, include_extras=True)
    for name, value in options.items():
        if name not in known:
            hint = suggestion(name, known) if known else "it takes none"
            raise InputError(f"{what}: unknown option {name!r}; {hint}")
        try:
            TypeAdapter(hints.get(name, Any)).validate_python(value, strict=True)
        except ValidationError as error:
            message = error.errors(include_url=False)[0]["msg"]
            rule = message[0].lower() + message[1:]
            raise InputError(f"{what}: {name}: {rule}, got {value!r}") from error


def take_force(what: str, options: dict[str, Any]) -> bool:
    """Takes the option `force` out of `options`: whether a refusal on physical grounds is waived.

    Raises:
        InputError: It is neither true nor false.
    """
    forced = options.pop("force", False)
    if not isinstance(forced, bool):
        raise InputError(f"{what}: force: must be true or false, got {forced!r}")
    return forced
