"""What a remedy may know of the rows it is given, besides the rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kepler_keras.experiment import Choice
from kepler_keras.lightcurve.views import is_folded


@dataclass(frozen=True)
class ViewKind:
    """The kind of view that an entry learns from.

    Attributes:
        name: The view's name in the experiment file.
        folded: Whether the last axis before the channel is orbital phase, on which transits of all
            stars lie in one place. Curves of unfolded flux are not aligned.
        options: The view's options.
        cadence: Days between columns of unfolded flux; None where the view is folded.
    """

    name: str
    folded: bool
    options: Mapping[str, Any] = field(default_factory=dict)
    cadence: float | None = None


def kind_of(view: Choice, *, cadence: float | None) -> ViewKind:
    """The kind of a view that an experiment names.

    Args:
        view: Name and options.
        cadence: Days between columns of the source's curves; None where they come folded.
    """
    folded = is_folded(view.name)
    return ViewKind(view.name, folded, view.options, None if folded else cadence)
