"""The section of the report on single stars: the worst mistakes of the best entries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import pandas as pd
from markupsafe import Markup

from kepler_keras.attention import Mistake
from kepler_keras.evaluation.misplaced import first_calls
from kepler_keras.record import Record
from kepler_keras.reporting.mistake_pictures import (
    folded_picture,
    largest_change,
    raw_picture,
    view_picture,
)
from kepler_keras.reporting.mistake_words import Call, facts, title
from kepler_keras.reporting.results import Results

MOST_ENTRIES = 3
MOST_VIEWS = 2  # of a star, those whose hiding changes most
FEWEST_JUDGES = 3  # of two, more than half are both
MOST_NAMES = 5  # of stars that most entries got wrong


@dataclass(frozen=True)
class ShownMistake:
    """One star that one entry got wrong, as the page shows it.

    Attributes:
        title: What kind of mistake it is, and the star's name.
        facts: Sentences.
        raw, folded: None where there is no such curve.
        views: Name and picture of what the model saw.
        not_drawn: Names of its other views.
    """

    title: str
    facts: tuple[str, ...]
    raw: Markup | None
    folded: Markup | None
    views: tuple[tuple[str, Markup], ...]
    not_drawn: tuple[str, ...]


@dataclass(frozen=True)
class EntryMistakes:
    """The worst mistakes of one entry; `ensemble` says that its first member is looked into."""

    entry: str
    ensemble: bool
    others: tuple[ShownMistake, ...]
    planets: tuple[ShownMistake, ...]


@dataclass(frozen=True)
class WrongByMost:
    """The rows of one class that more than half of the entries called wrongly.

    Attributes:
        number: How many there are.
        of: Rows of the class.
        stars: Of the worst, the name and how many entries were wrong.
    """

    number: int
    of: int
    stars: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class MistakesSection:
    """The whole section.

    Attributes:
        entries: The best first.
        judges: The entries that are counted where it says who else was wrong.
        alarms, missed: What most of them got wrong; None where there are less than three.
    """

    entries: tuple[EntryMistakes, ...]
    judges: tuple[str, ...]
    alarms: WrongByMost | None
    missed: WrongByMost | None


def mistakes_section(record: Record, results: Results) -> MistakesSection | None:
    """The section of a record whose entries all take part; None where it keeps no mistakes.

    Args:
        record: Ablations, and entries with data options of their own, are no competitors.
        results: Of this record; its thresholds decide what was called a planet.
    """
    competing = {
        entry.name: entry
        for entry in record.experiment.entries
        if entry.against is None and not entry.data_options
    }
    thresholds = {
        entry.name: [value for value in entry.threshold.folds if value is not None]
        for entry in results.entries
        if entry.name in competing
    }
    calls = first_calls(record.predictions, thresholds)
    judges = tuple(name for name in thresholds if name in set(calls["entry"]))
    kept = [name for name in _best_first(results) if name in judges]
    own = {name: [one for one in record.mistakes if one.entry == name] for name in kept}
    best = [name for name in kept if own[name]][:MOST_ENTRIES]
    if not best:
        return None
    rows = _Rows(calls, judges, record)
    return MistakesSection(
        entries=tuple(
            EntryMistakes(
                entry=name,
                ensemble=competing[name].ensemble is not None,
                others=rows.shown([one for one in own[name] if one.label != 1]),
                planets=rows.shown([one for one in own[name] if one.label == 1]),
            )
            for name in best
        ),
        judges=judges,
        alarms=_wrong_by_most(calls, judges, label=0),
        missed=_wrong_by_most(calls, judges, label=1),
    )


def _best_first(results: Results) -> list[str]:
    """The entries by the primary measure, of which more is better; undefined ones last."""
    means = {entry.name: entry.metrics[results.primary_metric].mean for entry in results.entries}
    return sorted(means, key=lambda name: (means[name] is None, -(means[name] or 0.0)))


def _wrong_by_most(calls: pd.DataFrame, judges: Sequence[str], *, label: int) -> WrongByMost | None:
    if len(judges) < FEWEST_JUDGES:
        return None
    mine = calls[(calls["label"] == 1) == (label == 1)]
    by_row = mine.groupby("example_id").agg(
        star=("star", "first"), wrong=("wrong", "sum"), far=("misplaced", "mean")
    )
    wrong = by_row[2 * by_row["wrong"] > len(judges)]
    wrong = wrong.sort_values(["wrong", "far"], ascending=False, kind="stable")
    worst = wrong.drop_duplicates("star").head(MOST_NAMES)
    stars = tuple(
        (str(star), int(n)) for star, n in zip(worst["star"], worst["wrong"], strict=True)
    )
    return WrongByMost(len(wrong), len(by_row), stars)


class _Rows:
    """What is known of the rows that are shown, and their pictures, each under its own key."""

    def __init__(self, calls: pd.DataFrame, judges: Sequence[str], record: Record) -> None:
        columns = [field.name for field in fields(Call)]
        self._calls = {
            (entry, int(row)): Call(*values)
            for entry, row, *values in calls[["entry", "example_id", *columns]].itertuples(
                index=False, name=None
            )
        }
        self._judges, self._record = judges, record

    def shown(self, mistakes: Sequence[Mistake]) -> tuple[ShownMistake, ...]:
        """Those that were called wrongly first, else as they came."""
        rightly = [not self._calls[one.entry, one.example_id].wrong for one in mistakes]
        order = sorted(range(len(mistakes)), key=lambda place: rightly[place])
        return tuple(self._shown(mistakes[place]) for place in order)

    def _shown(self, mistake: Mistake) -> ShownMistake:
        row, record = mistake.example_id, self._record
        star = record.shown[row]
        call = self._calls[mistake.entry, row]
        also = [
            name for name in self._judges if name != mistake.entry and self._calls[name, row].wrong
        ]
        known: Mapping[str, float] = {
            name: values[row] for name, values in record.planets.items() if row in values
        }
        key = f"mistake-{self._judges.index(mistake.entry)}-{row}"
        views = sorted(mistake.views, key=largest_change, reverse=True)
        drawn = [one for one in mistake.views if one in views[:MOST_VIEWS]]
        return ShownMistake(
            title=title(star, call),
            facts=facts(star, call, known=known, also=also, n_others=len(self._judges) - 1),
            raw=raw_picture(star, key=f"{key}-raw"),
            folded=folded_picture(star, key=f"{key}-folded"),
            views=tuple(
                (one.view, view_picture(one, star, key=f"{key}-{number}"))
                for number, one in enumerate(drawn)
            ),
            not_drawn=tuple(one.view for one in mistake.views if one not in drawn),
        )
