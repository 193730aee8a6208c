"""What a remedy may know of the rows it is given, besides the rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kepler_keras.experiment import Choice
from kepler_keras.lightcurve.views import is_features, is_folded


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
    """

    name: str
    folded: bool
    options: Mapping[str, Any] = field(default_factory=dict)
    cadence: float | None = None
    features: bool = False


def kind_of(view: Choice, *, cadence: float | None) -> ViewKind:
    """The kind of a view that an experiment names.

    Args:
        view: Name and options.
        cadence: Days between columns of the source's curves; None where they come folded.
    """
    # Whatever is made of curves that came folded has a phase axis.
    folded = cadence is None or is_folded(view.name)
    step = None if folded else cadence
    return ViewKind(view.name, folded, view.options, step, is_features(view.name))


def kinds_of(views: Sequence[Choice], *, cadence: float | None) -> dict[str, ViewKind]:
    """The kind of each of an entry's views, by name; arguments as of `kind_of`."""
    return {view.name: kind_of(view, cadence=cadence) for view in views}


def kind_for_remedy(views: Sequence[Choice], *, cadence: float | None) -> ViewKind:
    """The kind that a remedy is told: of an entry's first curve, or of its first features.

    Arguments as of `kind_of`.
    """
    kinds = kinds_of(views, cadence=cadence).values()
    return next((kind for kind in kinds if not kind.features), next(iter(kinds)))
