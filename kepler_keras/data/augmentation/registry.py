"""The augmentations by name: each module of this package lists its own in `AUGMENTATIONS`."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import numpy as np

import kepler_keras.data.augmentation
from kepler_keras.data.augmentation.augmentation import Augmentation, Batch
from kepler_keras.data.view_kind import ViewKind, curves_of
from kepler_keras.errors import InputError, suggestion
from kepler_keras.experiment import Choice
from kepler_keras.options import check_options, take_force

Transform = Callable[[Batch, np.random.Generator], Batch]


@cache
def augmentations() -> Mapping[str, Augmentation]:
    """All augmentations by name, sorted."""
    package = kepler_keras.data.augmentation
    modules = [
        import_module(f"{package.__name__}.{m.name}") for m in iter_modules(package.__path__)
    ]
    found = [one for module in modules for one in getattr(module, "AUGMENTATIONS", ())]
    return {one.name: one for one in sorted(found, key=lambda one: one.name)}


def find_augmentation(choice: Choice, kind: ViewKind) -> Transform:
    """The augmentation that an experiment names, ready to take a batch.

    Raises:
        InputError: It is unknown, takes no such option, does not suit the view, or breaks the
            label and was not forced.
    """
    if choice.name not in augmentations():
        hint = suggestion(choice.name, augmentations())
        raise InputError(f"augmentations: there is no {choice.name!r}; {hint}")
    return bind(augmentations()[choice.name], choice.options, kind)


def bind(augmentation: Augmentation, options: Mapping[str, Any], kind: ViewKind) -> Transform:
    """An augmentation with its options, ready to take a batch of a kind of view.

    Raises:
        InputError: As of `find_augmentation`.
    """
    what = f"augmentation {augmentation.name!r}"
    chosen = dict(options)
    forced = take_force(what, chosen)
    check_options(what, augmentation.apply, chosen)
    if reason := augmentation.impossible(kind):
        raise InputError(f"{what} on the view {kind.name!r}: {reason}")
    if not augmentation.physical and not forced:
        raise InputError(
            f"{what} is not physical: {augmentation.physics} "
            "With force: true it is done all the same"
        )
    if (reason := augmentation.unsuited(kind)) and not forced:
        raise InputError(
            f"{what} breaks the label on the view {kind.name!r}: {reason}; "
            "with force: true it is done all the same"
        )
    return lambda batch, rng: augmentation.apply(batch, rng, kind, **chosen)


def bind_to_views(
    choices: Sequence[Choice], kinds: Mapping[str, ViewKind]
) -> list[Mapping[str, Transform]]:
    """Augmentations by their choices: of each, how it changes each curve among the views.

    Raises:
        InputError: One does not suit a view, or cannot treat several views alike.
    """
    bound: list[Mapping[str, Transform]] = []
    for choice in choices:
        try:
            curves = curves_of(kinds)
        except InputError as error:
            raise InputError(f"augmentation {choice.name!r}: {error}") from error
        bound.append({name: find_augmentation(choice, kind) for name, kind in curves.items()})
        if len(curves) > 1 and not augmentations()[choice.name].of_several:
            raise InputError(
                f"augmentation {choice.name!r} would change each of the views "
                f"{', '.join(curves)} in another way; it takes one view"
            )
    return bound
