"""What a remedy may know of the rows it is given, besides the rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kepler_keras.errors import InputError
from kepler_keras.experiment import Choice
from kepler_keras.lightcurve.views import is_features, is_folded, shows_light


@dataclass(frozen=True)
class ViewKind:
    """The kind of view that an entry learns from.

    Attributes:
        name: The view's name in the experiment file.
        folded: Whether the last axis before the channel is orbital phase, on which transits of all
            stars lie in one place. Curves of unfolded flux are not aligned.
        options: The view's options.
        cadence: Days between columns of unfolded flux; None where the view is folded.
        features: Whether it is a row of numbers and no curve.
        light: Whether it shows the star's light along time or phase.
    """

    name: str
    folded: bool
    options: Mapping[str, Any] = field(default_factory=dict)
    cadence: float | None = None
    features: bool = False
    light: bool = True


def kind_of(view: Choice, *, cadence: float | None) -> ViewKind:
    """The kind of a view that an experiment names.

    Args:
        view: Name and options.
        cadence: Days between columns of the source's curves; None where they come folded.
    """
    # Whatever is made of curves that came folded has a phase axis.
    folded = cadence is None or is_folded(view.name)
    step = None if folded else cadence
    name = view.name
    return ViewKind(name, folded, view.options, step, is_features(name), shows_light(name))


def kinds_of(views: Sequence[Choice], *, cadence: float | None) -> dict[str, ViewKind]:
    """The kind of each of an entry's views, by name; arguments as of `kind_of`."""
    return {view.name: kind_of(view, cadence=cadence) for view in views}


def curves_of(kinds: Mapping[str, ViewKind]) -> dict[str, ViewKind]:
    """Those of an entry's views that are curves and may be changed as light may.

    Raises:
        InputError: There is none, or beside them stands what is made of a curve and would no longer
            belong to it; the end of a sentence.
    """
    for name, kind in kinds.items():
        if not (kind.light or kind.features):
            raise InputError(
                f"the star's light along time or phase is needed, and view {name!r} shows what is "
                "made of it"
            )
    curves = {name: kind for name, kind in kinds.items() if not kind.features}
    if not curves:
        raise InputError("a curve is needed, got features alone")
    return curves


def kind_for_remedy(views: Sequence[Choice], *, cadence: float | None) -> ViewKind:
    """The kind that a remedy is told: of an entry's first curve, or of its first features.

    Arguments as of `kind_of`.
    """
    kinds = kinds_of(views, cadence=cadence).values()
    return next((kind for kind in kinds if not kind.features), next(iter(kinds)))
