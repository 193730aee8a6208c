"""Options of registered things, checked against the function that takes them."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from kepler_keras.errors import InputError, suggestion


def check_options(what: str, function: Callable[..., Any], options: Mapping[str, Any]) -> None:
    """Refuses options that a function does not take.

    Args:
        what: How the error names the thing, as ``model 'conv1d'``.
        function: Its keyword-only parameters without a leading underscore are the options.
        options: What the experiment file says.

    Raises:
        InputError: An option is unknown; the sentence names the nearest one.
    """
    known = [
        name
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    ]
    for name in options:
        if name not in known:
            hint = suggestion(name, known) if known else "it takes none"
            raise InputError(f"{what}: unknown option {name!r}; {hint}")
