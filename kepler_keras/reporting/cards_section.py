"""The section of the report that says what each network is."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from kepler_keras.models.anatomy.scaled_card import ScaledCard
from kepler_keras.record import FeaturePicture
from kepler_keras.reporting.card_rows import CardRow, card_rows
from kepler_keras.reporting.card_sentences import receptive_fields, totals


@dataclass(frozen=True)
class ShownCard:
    """One network, as the page shows it.

    Attributes:
        entries: That are this network; they differ in data or training alone.
        rows: A layer each.
        sentences: On its totals and on what a unit sees.
        pictures: One transit through each of the entries' networks.
        reference: The transit that lengths are stated for; None where none is.
    """

    entries: tuple[str, ...]
    rows: tuple[CardRow, ...]
    sentences: tuple[str, ...]
    reference: str | None
    pictures: tuple[Markup, ...] = ()

    @property
    def has_phase(self) -> bool:
        """Whether a length of it is one in phase."""
        return any(row.phase for row in self.rows)

    @property
    def has_shifts(self) -> bool:
        """Whether its answers to a moved curve were measured."""
        return any(row.by_place or row.by_step for row in self.rows)

    @property
    def has_hours(self) -> bool:
        """Whether a length of it is one in hours and durations."""
        return any(row.hours for row in self.rows)


def cards_section(
    cards: Mapping[str, ScaledCard], pictures: Mapping[str, FeaturePicture] | None = None
) -> tuple[ShownCard, ...]:
    """The cards of all entries that are networks, equal ones put together.

    Args:
        cards: By the entries' names; entries without a network have none.
        pictures: Of the same networks at work, of those that have one.
    """
    drawn = pictures or {}
    together: list[tuple[ScaledCard, list[str]]] = []
    for entry, card in cards.items():
        for known, names in together:
            if known == card:
                names.append(entry)
                break
        else:
            together.append((card, [entry]))
    return tuple(_shown(card, names, drawn) for card, names in together)


def _shown(card: ScaledCard, names: list[str], pictures: Mapping[str, FeaturePicture]) -> ShownCard:
    stated = any(scale.hours for scale in card.scales.values())
    return ShownCard(
        tuple(names),
        tuple(card_rows(card)),
        (*totals(card), *receptive_fields(card)),
        card.reference.sentence if stated else None,
        tuple(Markup(pictures[name].svg) for name in names if name in pictures),
    )
