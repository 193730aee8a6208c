"""The section of the report that shows what each remedy bought, entry by entry."""

from dataclasses import dataclass

from markupsafe import Markup

from kepler_keras.record import Record
from kepler_keras.reporting.remedy_pictures import effects_picture
from kepler_keras.reporting.remedy_results import RemedyResult, SelectionResult
from kepler_keras.reporting.remedy_wording import (
    choice_sentence,
    decided_sentence,
    remedy_name,
)
from kepler_keras.reporting.results import Results

SHOWN = ("average_precision", "recall_at_precision", "calibration_error")


@dataclass(frozen=True)
class RemedyRow:
    """One remedy; `effects` is in the order of `SHOWN`, None where scores lack the measure."""

    name: str
    effects: tuple[RemedyResult | None, ...]


@dataclass(frozen=True)
class RemedyGroup:
    """All remedies of one entry: a sentence a measure, a picture, a table, and the choice."""

    base: str
    sentences: tuple[str, ...]
    picture: Markup
    rows: tuple[RemedyRow, ...]
    selection: SelectionResult
    choice: tuple[str, ...]


def remedy_groups(record: Record, results: Results) -> list[RemedyGroup]:
    """One group for each entry that has ablations; none without ablations."""
    bases = dict.fromkeys(effect.against for effect in results.remedies)
    margin = record.experiment.protocol.margin
    return [_group(results, base, f"remedies{place}", margin) for place, base in enumerate(bases)]


def _group(results: Results, base: str, key: str, margin: float) -> RemedyGroup:
    by_measure = {measure: _effects(results, base, measure) for measure in SHOWN}
    (selection,) = (item for item in results.selection if item.base == base)
    said = (choice_sentence(selection), selection.sentence)
    return RemedyGroup(
        base=base,
        sentences=tuple(
            decided_sentence(list(effects.values())) for effects in by_measure.values() if effects
        ),
        picture=effects_picture(list(by_measure[SHOWN[0]].values()), margin=margin, key=key),
        rows=tuple(
            RemedyRow(
                remedy_name(name, base),
                tuple(effects.get(name) for effects in by_measure.values()),
            )
            for name in by_measure[SHOWN[0]]
        ),
        selection=selection,
        choice=tuple(sentence for sentence in said if sentence),
    )


def _effects(results: Results, base: str, measure: str) -> dict[str, RemedyResult]:
    """The effects of one entry's remedies by the ablation's name."""
    found = (one for one in results.remedies if (one.against, one.measure) == (base, measure))
    return {one.entry: one for one in found}
