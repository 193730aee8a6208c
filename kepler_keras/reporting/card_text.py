"""A card as text for a terminal, at most a hundred columns wide."""

from collections.abc import Callable, Sequence
from textwrap import wrap

from kepler_keras.models.anatomy.scaled_card import ScaledCard
from kepler_keras.reporting.card_rows import CardRow, card_rows
from kepler_keras.reporting.card_sentences import receptive_fields, totals

WIDEST = 100
NAME = 24  # characters of a layer's name that are shown
WINDOW = 18
Column = tuple[str, Callable[[CardRow], str]]


def card_text(scaled: ScaledCard) -> str:
    """The table of layers, then the totals and what a unit sees.

    Columns in which nothing stands are left out, hours where there is a phase.
    """
    rows = card_rows(scaled)
    columns: list[Column] = [
        ("layer", lambda row: _cut(_named(row), NAME)),
        ("output", lambda row: row.output),
        ("parameters", lambda row: row.parameters),
        ("mult-adds", lambda row: row.multiply_adds),
        ("window", lambda row: _cut(row.window, WINDOW)),
        ("sees", lambda row: row.sees),
        ("phase", lambda row: row.phase),
        ("hours", lambda row: row.hours if not any(one.phase for one in rows) else ""),
        ("durations", lambda row: row.durations),
    ]
    sentences = [*totals(scaled), *receptive_fields(scaled)]
    if any(scale.durations for scale in scaled.scales.values()):
        sentences.append(f"Stated for {scaled.reference.sentence}.")
    lines = [*_table(columns, rows), "", *(_wrapped(one) for one in sentences)]
    return "\n".join([*lines, *_shift_lines(rows)])


def _shift_lines(rows: Sequence[CardRow]) -> list[str]:
    """A second table, where shifts were measured."""
    measured = [row for row in rows if row.by_place or row.by_step]
    columns: list[Column] = [
        ("layer", lambda row: _cut(row.layer, NAME)),
        ("by a place", lambda row: row.by_place),
        ("by a step", lambda row: row.by_step),
    ]
    return ["", "Error when the curve is moved:", *_table(columns, measured)] if measured else []


def _named(row: CardRow) -> str:
    """The name, with the class of a layer that no rule knows."""
    return f"{row.layer} ({row.kind})" if row.parameters == "?" else row.layer


def _table(columns: Sequence[Column], rows: Sequence[CardRow]) -> list[str]:
    filled = [(title, cell) for title, cell in columns if any(cell(row) for row in rows)]
    lines = [[title for title, _ in filled], *([cell(row) for _, cell in filled] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    texts = {"layer", "window"}  # stand at the left, numbers at the right
    return [
        "  ".join(
            f"{cell:{'<' if title in texts else '>'}{width}}"
            for cell, width, (title, _) in zip(line, widths, filled, strict=True)
        ).rstrip()
        for line in lines
    ]


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _wrapped(sentence: str) -> str:
    return "\n".join(wrap(sentence, WIDEST, subsequent_indent="  "))
