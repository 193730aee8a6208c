"""Several comparisons that were scored alike, as the record of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import pandas as pd

from kepler_keras.diagnostics import Canaries, Diagnostics, LearningCurve
from kepler_keras.evaluation.predictions import check_predictions, sort_predictions
from kepler_keras.experiment import Entry, Experiment
from kepler_keras.record import FeaturePicture, Record, member_name
from kepler_keras.same_machine import made_otherwise, scored_otherwise

LONGEST_NAME = 64
Names = Mapping[str, str]  # of entries: as their comparison calls them, as the merged one does


@dataclass(frozen=True)
class Source:
    """A comparison and the MLflow run that it comes from."""

    run_id: str
    record: Record


def merged(sources: Sequence[Source]) -> Record:
    """One record of all entries; where two share a name, both say which comparison they are of.

    Args:
        sources: Scored alike, as `same_scoring.what_differs` says. The first one's baseline is the
            baseline of all.
    """
    if len(sources) == 1:
        return sources[0].record
    first, names = sources[0].record, _names(sources)
    pairs = [(source.record, own) for source, own in zip(sources, names, strict=True)]
    predictions = [_renamed_rows(record.predictions, own) for record, own in pairs]
    changes: dict[str, Any] = {
        "experiment": _experiment(pairs),
        "command": _command(sources),
        "data": first.data.model_copy(
            update={
                "notes": [*_once(r.data.notes for r, _ in pairs), *_other_settings(sources)],
                "warnings": _once(record.data.warnings for record, _ in pairs),
            }
        ),
        "faults": _once(record.faults for record, _ in pairs),
        "diagnostics": _diagnostics(pairs),
        "planets": next((record.planets for record, _ in pairs if record.planets), {}),
        "pictures": {
            own[name]: _picture(picture, name, own[name])
            for record, own in pairs
            for name, picture in record.pictures.items()
        },
        "predictions": sort_predictions(pd.concat(predictions, ignore_index=True)),
        "members": _members(pairs),
    }
    for key in ("cards", "view_shapes"):
        changes[key] = {
            own[name]: value
            for record, own in pairs
            for name, value in getattr(record, key).items()
        }
    for key in ("fits", "left_out"):
        changes[key] = [_of(one, own) for record, own in pairs for one in getattr(record, key)]
    changes["tunings"] = [
        _of(one, own).model_copy(update={"of": own.get(one.of, one.of)})
        for record, own in pairs
        for one in record.tunings
    ]
    check_predictions(changes["predictions"])
    return first.model_copy(update=changes)


def _names(sources: Sequence[Source]) -> list[Names]:
    """New names of each comparison's entries."""
    every = [entry.name for source in sources for entry in source.record.experiment.entries]
    experiments = [source.record.experiment.name for source in sources]
    alike = len(set(experiments)) < len(experiments)
    taken = {name for name in every if every.count(name) == 1}
    names: list[Names] = []
    for source in sources:
        ending = f"run_{source.run_id[:8]}" if alike else f"of_{source.record.experiment.name}"
        own = {}
        for entry in source.record.experiment.entries:
            own[entry.name] = entry.name
            if entry.name not in taken:
                own[entry.name] = _shortened(entry.name, ending, taken)
                taken.add(own[entry.name])
        names.append(own)
    return names


def _shortened(name: str, ending: str, taken: set[str]) -> str:
    """`name_ending`, as long as a name may be and like no other."""
    ending = ending[: LONGEST_NAME // 2]
    number, made = 1, f"{name[: LONGEST_NAME - len(ending) - 1]}_{ending}"
    while made in taken:
        number += 1
        more = f"{ending}_{number}"
        made = f"{name[: LONGEST_NAME - len(more) - 1]}_{more}"
    return made


def _experiment(pairs: Sequence[tuple[Record, Names]]) -> Experiment:
    first, own = pairs[0][0].experiment, pairs[0][1]
    experiments = [record.experiment for record, _ in pairs]
    asked = _once([one.question] for one in experiments)
    questions = [f"({i}) {text}" for i, text in enumerate(asked, start=1)] if asked[1:] else asked
    changes = {
        "name": "_and_".join(_once([one.name] for one in experiments))[:LONGEST_NAME],
        "question": " ".join(questions),
        "baseline": own[first.baseline],
        "entries": tuple(
            _entry(entry, own) for record, own in pairs for entry in record.experiment.entries
        ),
        "questions": tuple(
            one.model_copy(update={"better": own[one.better], "than": own[one.than]})
            for record, own in pairs
            for one in record.experiment.questions
        ),
        "tuning": tuple(_of(one, own) for record, own in pairs for one in record.experiment.tuning),
    }
    return Experiment.model_validate(first.model_copy(update=changes).model_dump(mode="json"))


def _entry(entry: Entry, own: Names) -> Entry:
    against = None if entry.against is None else own[entry.against]
    return entry.model_copy(update={"name": own[entry.name], "against": against})


def _of(part: Any, own: Names) -> Any:
    """A part of a record under the entry's new name."""
    return part.model_copy(update={"entry": own.get(part.entry, part.entry)})


def _once(lists: Any) -> list[str]:
    """All texts in order, each once."""
    return list(dict.fromkeys(chain.from_iterable(lists)))


def _other_settings(sources: Sequence[Source]) -> list[str]:
    """What the settings below, which are the first comparison's, do not say of the others."""
    first, said = sources[0].record, []
    alike = len({source.record.experiment.name for source in sources}) < len(sources)
    for source in sources[1:]:
        record = source.record
        name = f"run {source.run_id[:8]}" if alike else record.experiment.name
        keys = [
            key
            for key in ("data", "conditioning", "search")
            if getattr(record.experiment, key) != getattr(first.experiment, key)
        ]
        if keys:
            said.append(f"The settings are those of the first comparison; {name} has another "
                        f"{', another '.join(keys)}.")  # fmt: skip
        differs = "; ".join(made_otherwise(first.environment, record.environment))
        if differs:
            said.append(f"The first comparison and {name} were not made alike: {differs}.")
        if changed := scored_otherwise(first, record):
            cause = "the differences named may be why" if differs else "nothing recorded says why"
            said.append(f"The same settings gave other scores in {name} than in the first "
                        f"comparison, of {', '.join(changed)}: {cause}.")  # fmt: skip
    return said


def _command(sources: Sequence[Source]) -> str:
    """The command that makes the report again, and those that made the comparisons."""
    runs = " ".join(source.run_id for source in sources)
    made = [f"# run {source.run_id}: {source.record.command}" for source in sources]
    return "\n".join([f"kepler-keras report {runs}", *made])


def _picture(picture: FeaturePicture, old: str, new: str) -> FeaturePicture:
    """Its ids bear the entry's name, and no two pictures of a page may share one."""
    return picture.model_copy(update={"svg": picture.svg.replace(f"maps-{old}-", f"maps-{new}-")})


def _renamed_rows(table: pd.DataFrame, own: Names) -> pd.DataFrame:
    return table.assign(entry=table["entry"].map(dict(own)))


def _members(pairs: Sequence[tuple[Record, Names]]) -> pd.DataFrame | None:
    tables = []
    for record, own in pairs:
        if record.members is not None:
            names = {
                member_name(entry.name, seed): member_name(own[entry.name], seed)
                for entry in record.experiment.entries
                for seed in entry.seeds
            }
            tables.append(_renamed_rows(record.members, names))
    return sort_predictions(pd.concat(tables, ignore_index=True)) if tables else None


def _diagnostics(pairs: Sequence[tuple[Record, Names]]) -> Diagnostics:
    """What is wrong with the folds is the same in all; canaries and curves are put together."""
    canaries = [(r.diagnostics.canaries, own) for r, own in pairs if r.diagnostics.canaries]
    curves = [(r.diagnostics.learning_curve, o) for r, o in pairs if r.diagnostics.learning_curve]
    changes: dict[str, Any] = {}
    if canaries:
        runs = [
            run.model_copy(update={"entries": [own.get(name, name) for name in run.entries]})
            for one, own in canaries
            for run in one.runs
        ]
        changes["canaries"] = Canaries(
            runs=runs,
            seconds=sum(one.seconds for one, _ in canaries),
            n_pipelines=sum(one.n_pipelines for one, _ in canaries),
            n_stars=canaries[0][0].n_stars,
        )
    if curves:
        changes["learning_curve"] = LearningCurve(
            points=[_of(point, own) for one, own in curves for point in one.points],
            expected_seconds=sum(one.expected_seconds for one, _ in curves),
            seconds=sum(one.seconds for one, _ in curves),
        )
    return pairs[0][0].diagnostics.model_copy(update=changes)
