"""A card with what a step of each view is worth, for one stated transit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import ConfigDict

from kepler_keras.choice import Choice
from kepler_keras.lightcurve.view_scale import ReferenceTransit, ViewScale, view_scale
from kepler_keras.models.anatomy.card import ModelCard
from kepler_keras.models.anatomy.shift_error import ShiftError


@dataclass(frozen=True)
class ScaledCard:
    """A card, and what a step along the last axis of every view is worth.

    It can be a field of a record: pydantic reads and writes it as it stands.

    Attributes:
        card: The card.
        scales: Of each view.
        reference: The transit that they are stated for.
        shifts: How the layers answer to a moved curve, where that was measured.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    card: ModelCard
    scales: Mapping[str, ViewScale]
    reference: ReferenceTransit = field(default_factory=ReferenceTransit)
    shifts: tuple[ShiftError, ...] = ()

    def width(self, view: str) -> float | None:
        """Steps of a view that the reference transit lasts; None where it has no such steps."""
        durations = self.scales[view].durations
        return 1 / durations if durations else None


def scaled_card(
    card: ModelCard, views: Sequence[Choice], *, reference: ReferenceTransit | None = None
) -> ScaledCard:
    """A card with the scales of its views.

    Args:
        card: Of a network.
        views: As the experiment names them; an input that is not among them has no scale.
        reference: A typical transit of the data; by default 3 h every 10 d, at Kepler's long
            cadence.
    """
    reference = reference or ReferenceTransit()
    options = {view.name: view.options for view in views}
    scales = {
        name: view_scale(name, options[name], length=shape[-2], reference=reference)
        if name in options and len(shape) > 1
        else ViewScale()
        for name, shape in card.views.items()
    }
    return ScaledCard(card, scales, reference)
