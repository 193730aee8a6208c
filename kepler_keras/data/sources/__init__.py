"""Where light curves come from: one file a layout, found by its name.

A source is a module of this package with one function, `load`. A new file here is a new source;
nothing else has to be told about it. Names that begin with an underscore are no sources.
"""

import inspect
import pkgutil
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Protocol, cast, get_type_hints

import numpy as np
from pydantic import TypeAdapter, ValidationError

from kepler_keras.data.light_curves import UNKNOWN, LightCurves
from kepler_keras.errors import InputError, suggestion
from kepler_keras.experiment import TrainTestPaths

SourcePath = str | TrainTestPaths | None


class Source(Protocol):
    """What a module of this package provides.

    `load` takes its options as keyword-only parameters with types and defaults: from these the
    plug point knows which options exist and which values they take.
    """

    def load(self, path: SourcePath, **options: Any) -> LightCurves:
        """Reads or makes labelled curves; the same call gives the same curves.

        Raises:
            InputError: The files or the options cannot be used.
        """


def source_names() -> list[str]:
    """Names of all sources, sorted."""
    names = (module.name for module in pkgutil.iter_modules(__path__))
    return sorted(name for name in names if not name.startswith("_"))


def load_source(name: str, path: SourcePath, options: Mapping[str, Any]) -> LightCurves:
    """Loads curves that can be compared on: every row has a label and both classes occur.

    Args:
        name: One of `source_names()`; only this source's module is imported.
        path: What the experiment file gives as `data.path`.
        options: What the experiment file gives as `data.options`.

    Raises:
        InputError: Unknown source or option, a value of the wrong type, data that cannot be
            used, a missing label, or fewer than two classes.
    """
    curves = read_source(name, path, options)
    check_classes(curves, place=_place(name, path))
    return curves


def read_source(name: str, path: SourcePath, options: Mapping[str, Any]) -> LightCurves:
    """Loads light curves as they are; searching and predicting need no labels.

    Raises:
        InputError: Unknown source or option, a value of the wrong type, or data that cannot be
            used.
    """
    names = source_names()
    if name not in names:
        raise InputError(f"data.source: unknown source {name!r}; {suggestion(name, names)}")
    source = cast(Source, import_module(f"{__name__}.{name}"))
    return source.load(path, **_checked_options(name, source.load, options))


def check_classes(curves: LightCurves, *, place: str) -> None:
    """Refuses data that hold one class only or lack labels; `place` begins the sentence.

    Raises:
        InputError: A row has no label, no row is a planet, or every row is one.
    """
    if curves.one_class and len(np.unique(curves.labels)) == 1:
        raise InputError(f"{place}: the labels must hold both classes, but {curves.one_class}")
    n_unknown = int((curves.labels == UNKNOWN).sum())
    if n_unknown:
        raise InputError(
            f"{place}: a comparison needs a label for every row, but {n_unknown} of {len(curves)} "
            "rows have none (the source's options say where labels come from)"
        )
    n_positive = int((curves.labels == 1).sum())
    if n_positive in (0, len(curves)):
        came = "none is a planet" if n_positive == 0 else "every one is a planet"
        raise InputError(
            f"{place}: the labels must hold both classes, but of {len(curves)} rows {came}"
        )


def _checked_options(
    name: str, load: Callable[..., LightCurves], options: Mapping[str, Any]
) -> dict[str, Any]:
    """Checks names and types of the options against the parameters of `load`."""
    parameters = inspect.signature(load).parameters.values()
    known = [item.name for item in parameters if item.kind is inspect.Parameter.KEYWORD_ONLY]
    hints = get_type_hints(load, include_extras=True)  # paths are expanded by such an extra
    checked = {}
    for option, value in options.items():
        if option not in known:
            help_text = suggestion(option, known) if known else "it takes no options"
            raise InputError(f"data.options: source {name} has no option {option!r}; {help_text}")
        try:
            checked[option] = TypeAdapter(hints[option]).validate_python(value)
        except ValidationError as error:
            rule = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
            if rule.endswith("an instance of Sequence"):
                rule = "must be a list, as [1, 2]"
            place = f"data.options.{option}"
            raise InputError(f"{place}: {rule[0].lower()}{rule[1:]}, got {value!r}") from error
    return checked


def _place(name: str, path: SourcePath) -> str:
    if isinstance(path, TrainTestPaths):
        return f"{path.train} and {path.test}"
    return path or f"source {name}"
