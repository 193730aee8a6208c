"""The zoo by name: the module `conv1d` holds the builder `conv1d`."""

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Protocol

import kepler_keras.models
from kepler_keras.errors import InputError, suggestion
from kepler_keras.experiment import Choice
from kepler_keras.options import check_options

NOT_MODELS = {"registry", "shapes"}


class Builder(Protocol):
    """Makes an unfitted model for examples of one shape.

    Returns an uncompiled `keras.Model` with one logit, or a scikit-learn classifier that takes
    flattened views.
    """

    def __call__(self, input_shape: tuple[int, ...], **options: Any) -> Any:
        """Builds the model."""
        ...


def model_names() -> list[str]:
    """Names of all models, sorted; nothing heavy is imported."""
    modules = {module.name for module in iter_modules(kepler_keras.models.__path__)}
    return sorted(modules - NOT_MODELS)


def find_builder(choice: Choice) -> Callable[[tuple[int, ...]], Any]:
    """The builder that an experiment names, with its options bound.

    Raises:
        InputError: The model or one of its options is unknown.
    """
    check_model_name(choice.name)
    module = import_module(f"kepler_keras.models.{choice.name}")
    builder: Builder = getattr(module, choice.name)
    check_options(f"model {choice.name!r}", builder, choice.options)
    return lambda input_shape: builder(input_shape, **choice.options)


def check_model_name(name: str) -> None:
    """Refuses a name that no model has, without importing one."""
    if name not in model_names():
        raise InputError(f"there is no model {name!r}; {suggestion(name, model_names())}")
