"""The remedies by name: each module of this package lists its own in `STRATEGIES`."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from pydantic import ValidationError

import kepler_keras.data.imbalance
from kepler_keras.data.augmentation.registry import augmentations, find_augmentation
from kepler_keras.data.imbalance.counting import check_classes
from kepler_keras.data.imbalance.strategy import Labels, Plan, Resampled, Strategy, View
from kepler_keras.data.view_kind import ViewKind
from kepler_keras.errors import InputError, suggestion
from kepler_keras.experiment import Choice
from kepler_keras.options import check_options, take_force


@cache
def strategies() -> Mapping[str, Strategy]:
    """All remedies by name, sorted; nothing heavy is imported."""
    package = kepler_keras.data.imbalance
    modules = [
        import_module(f"{package.__name__}.{m.name}") for m in iter_modules(package.__path__)
    ]
    found = [strategy for module in modules for strategy in getattr(module, "STRATEGIES", ())]
    return {strategy.name: strategy for strategy in sorted(found, key=lambda found: found.name)}


@dataclass(frozen=True)
class Remedy:
    """A strategy with all its options, bound to a kind of view.

    Every method raises an InputError that begins with the strategy's name where it cannot be
    applied to the rows.
    """

    strategy: Strategy
    options: Mapping[str, Any]
    kind: ViewKind

    def check(self, labels: Labels) -> None:
        """Refuses training rows with these labels where the labels alone tell it."""
        with self._named():
            check_classes(labels)
            self.strategy.check(labels, **self.options)

    def plan(self, labels: Labels, seed: int) -> Plan:
        """The plan for training rows with these labels."""
        assert self.strategy.make is not None
        self.check(labels)
        with self._named():
            return self.strategy.make(labels, seed, **self.options)

    def resample(self, view: View, labels: Labels, seed: int) -> Resampled:
        """The training rows after resampling."""
        assert self.strategy.resample is not None
        self.check(labels)
        with self._named():
            return self.strategy.resample(view, labels, self.kind, seed, **self.options)

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except InputError as error:
            raise InputError(f"{self.strategy.name}: {error}") from error


def find_strategy(choice: Choice, kind: ViewKind) -> Remedy:
    """The remedy that an experiment names, ready to take training rows and a seed.

    Raises:
        InputError: The strategy or one of its options is unknown, or it does not suit the view.
    """
    if choice.name not in strategies():
        hint = suggestion(choice.name, strategies())
        raise InputError(f"imbalance: there is no strategy {choice.name!r}; {hint}")
    strategy = strategies()[choice.name]
    what = f"imbalance {choice.name!r}"
    given = dict(choice.options)
    forced = take_force(what, given)
    options = _complete(what, strategy.function, given)
    if reason := strategy.impossible(kind):
        raise InputError(f"{what} on the view {kind.name!r}: {reason}")
    if (reason := strategy.unsuited(kind)) and not forced:
        raise InputError(
            f"{what} on the view {kind.name!r} is not physical: {reason}; "
            "with force: true it is done all the same"
        )
    for augmentation in options.get("augmentations", ()):
        _check_augmentation(what, augmentation, kind)
    return Remedy(strategy, options, kind)


def _complete(
    what: str, function: Callable[..., Any], given: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The options given, checked, with the defaults of all others."""
    check_options(what, function, given)
    options = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            options[name] = given.get(name, parameter.default)
            if options[name] is inspect.Parameter.empty:
                raise InputError(f"{what}: the option {name!r} is needed")
    return options


def _check_augmentation(what: str, augmentation: Any, kind: ViewKind) -> None:
    try:
        choice = Choice.model_validate(augmentation)
        find_augmentation(choice, kind)
    except ValidationError as error:
        raise InputError(
            f"{what}: augmentations: a name, or a mapping with a name, is needed, "
            f"got {augmentation!r}"
        ) from error
    except InputError as error:
        raise InputError(f"{what}: {error}") from error
    if augmentations()[choice.name].relabels or augmentations()[choice.name].mixes_rows:
        raise InputError(
            f"{what}: augmentations: repeats of planets stay planets, and {choice.name!r} changes "
            "labels or mixes rows; give it to the entry itself"
        )
