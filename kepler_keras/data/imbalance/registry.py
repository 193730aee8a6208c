"""The remedies by name: each module of this package lists its own in `STRATEGIES`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import kepler_keras.data.imbalance
from kepler_keras.data.augmentation.registry import find_augmentation
from kepler_keras.data.imbalance.strategy import Labels, Plan, Resampled, Strategy, View
from kepler_keras.data.view_kind import ViewKind
from kepler_keras.errors import InputError, suggestion
from kepler_keras.experiment import Choice
from kepler_keras.options import check_options

FORCE = "force"


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
    """A strategy with its options, bound to a kind of view."""

    strategy: Strategy
    options: Mapping[str, Any]
    kind: ViewKind

    def plan(self, labels: Labels, seed: int) -> Plan:
        """The plan for training rows with these labels."""
        assert self.strategy.make is not None
        return self.strategy.make(labels, seed, **self.options)

    def resample(self, view: View, labels: Labels, seed: int) -> Resampled:
        """The training rows after resampling."""
        assert self.strategy.resample is not None
        return self.strategy.resample(view, labels, self.kind, seed, **self.options)


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
    options = dict(choice.options)
    forced = options.pop(FORCE, False) is True
    check_options(what, strategy.make or strategy.resample, options)  # type: ignore[arg-type]
    if reason := strategy.impossible(kind):
        raise InputError(f"{what} on the view {kind.name!r}: {reason}")
    if (reason := strategy.unsuited(kind)) and not forced:
        raise InputError(
            f"{what} on the view {kind.name!r} is not physical: {reason}; "
            "with force: true it is done all the same"
        )
    for augmentation in options.get("augmentations", ()):
        find_augmentation(Choice.model_validate(augmentation), kind)
    return Remedy(strategy, options, kind)
