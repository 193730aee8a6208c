"""What differs between the settings of the entries, and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from kepler_keras.experiment import Entry
from kepler_keras.reporting.comparison_results import ComparisonResult
from kepler_keras.reporting.entry_results import EntryResult
from kepler_keras.reporting.results import Results

NOT_SET = "–"


@dataclass(frozen=True)
class DifferingSetting:
    """One setting on which the entries do not agree; `values` is in the order of the entries."""

    key: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class DataOptionPair:
    """Two entries that differ in how the data were prepared, and in nothing else."""

    options: tuple[DifferingSetting, ...]
    first: EntryResult
    second: EntryResult
    comparison: ComparisonResult


@dataclass(frozen=True)
class AblationSettings:
    """What an ablation does in another way than its entry, as ``imbalance: smote``."""

    name: str
    against: str
    changes: tuple[str, ...]


def flattened(entry: Entry) -> dict[str, str]:
    """The settings of an entry by dotted key, as ``training.epochs`` or ``model.filters``.

    What belongs to the comparison and not to the model is not among them.
    """
    settings = entry.model_dump(exclude={"name", "against", "optional", "augmentations"})
    views = {view.name: view.options for view in entry.views}
    settings["views"] = {"name": ", ".join(entry.view_names), **views}
    if entry.ensemble is None:
        del settings["ensemble"]
    flat = _flat(settings)
    flat["augmentations"] = ", ".join(choice.label for choice in entry.augmentations) or "none"
    return {key.replace(".options", "").removesuffix(".name"): flat[key] for key in flat}


def differing_settings(entries: Sequence[Entry]) -> list[DifferingSetting]:
    """The settings on which not all entries agree, in the order of the experiment file."""
    flat = [flattened(entry) for entry in entries]
    keys = dict.fromkeys(key for settings in flat for key in settings)
    rows = (
        DifferingSetting(key, tuple(settings.get(key, NOT_SET) for settings in flat))
        for key in keys
    )
    return [row for row in rows if len(set(row.values)) > 1]


def ablation_settings(entries: Sequence[Entry]) -> list[AblationSettings]:
    """What each ablation changes of its entry, in the order of the entries."""
    by_name = {entry.name: entry for entry in entries}
    return [
        AblationSettings(
            entry.name,
            entry.against,
            tuple(
                f"{row.key}: {row.values[1]}"
                for row in differing_settings([by_name[entry.against], entry])
            ),
        )
        for entry in entries
        if entry.against is not None
    ]


def data_option_pairs(entries: Sequence[Entry], results: Results) -> list[DataOptionPair]:
    """The compared pairs of entries that differ in `data_options` alone."""
    by_name = {entry.name: entry for entry in results.entries}
    pairs = []
    for first, second in combinations(entries, 2):
        same = {"name": first.name, "against": first.against, "data_options": first.data_options}
        renamed = second.model_copy(update=same)
        comparison = _comparison(results, first.name, second.name)
        same_options = first.data_options == second.data_options
        if comparison is None or same_options or renamed != first:
            continue
        options = tuple(
            DifferingSetting(
                row.key.removeprefix("data_options."),
                tuple("default" if value == NOT_SET else value for value in row.values),
            )
            for row in differing_settings([first, second])
        )
        pairs.append(DataOptionPair(options, by_name[first.name], by_name[second.name], comparison))
    return pairs


def _comparison(results: Results, a: str, b: str) -> ComparisonResult | None:
    found = [c for c in results.comparisons if {c.a, c.b} == {a, b}]
    return found[0] if found else None


def _flat(value: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, item in value.items():
        if isinstance(item, Mapping):
            flat.update(_flat(item, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = str(item)
    return flat
