"""Remedies: what an experiment file tries on its entries, one ablation for each."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Self

from pydantic import Field, ValidationError, model_validator

from kepler_keras.choice import NAME_PATTERN, Choice, Settings, refusal
from kepler_keras.errors import suggestion

Written = Mapping[str, Any]  # an entry as the file has it


class Remedy(Settings):
    """What replaces the imbalance remedy, the augmentations or both of an entry.

    Attributes:
        name: What stands behind the entry's name, as in ``conv1d.focal_g1``; by default the names
            of the choices, as in ``smote.time_reversal``.
        entries: Names of the entries that it is tried on; None means all that are no ablations.
    """

    name: str | None = Field(default=None, pattern=NAME_PATTERN)
    imbalance: Choice | None = None
    augmentations: tuple[Choice, ...] | None = None
    entries: tuple[str, ...] | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _has_something_to_try(self) -> Self:
        if self.imbalance is None and self.augmentations is None:
            raise ValueError("a remedy needs imbalance, augmentations or both, got neither")
        if not self.label:
            raise ValueError("a remedy that only takes augmentations away needs a name, got none")
        return self

    @property
    def label(self) -> str:
        """Its name, given or made of its choices."""
        choices = (*([self.imbalance] if self.imbalance else []), *(self.augmentations or ()))
        return self.name or ".".join(choice.name for choice in choices)

    def is_tried_on(self, entry: Written) -> bool:
        """Whether it is tried on an entry that is no ablation itself."""
        return self.entries is None or entry["name"] in self.entries

    def on(self, entry: Written) -> dict[str, Any]:
        """The ablation of an entry."""
        name = entry["name"]
        return {**entry, "name": f"{name}.{self.label}", "against": name, **self._changes()}

    def is_idle_on(self, entry: Written) -> bool:
        """Whether an entry has it already; False where the entry's own choices are wrong."""
        mine = self._changes()
        default = {"imbalance": "none", "augmentations": ()}
        try:
            had = Remedy(name="had", **{key: entry.get(key, default[key]) for key in mine})
        except ValidationError:
            return False
        return had._changes() == mine

    def _changes(self) -> dict[str, Any]:
        """The settings that it replaces."""
        settings = self.model_dump(include={"imbalance", "augmentations"})
        return {key: value for key, value in settings.items() if value is not None}


class _Remedies(Settings):
    """The list alone, so that its errors have their places."""

    remedies: tuple[Remedy, ...]


def with_remedies(document: Any) -> Any:
    """The same experiment file without `remedies`, their ablations behind its own entries.

    What is wrong with the entries themselves is left to whoever validates them.

    Args:
        document: An experiment before its validation; it stays as it is.

    Raises:
        ValidationError: A remedy breaks a rule, gives a name that is taken, or changes nothing.
    """
    if not isinstance(document, Mapping) or "remedies" not in document:
        return document
    remedies = _Remedies(remedies=document["remedies"]).remedies
    rest = {key: value for key, value in document.items() if key != "remedies"}
    entries = rest.get("entries")
    if not isinstance(entries, list | tuple):
        return rest
    plain = [item.model_dump() if isinstance(item, Settings) else item for item in entries]
    named = [
        item for item in plain if isinstance(item, Mapping) and isinstance(item.get("name"), str)
    ]
    competitors = [item for item in named if item.get("against") is None]
    taken = {item["name"] for item in named}
    for place, remedy in enumerate(remedies):
        tried = [item for item in competitors if remedy.is_tried_on(item)]
        reason = _objection(remedy, tried, taken, known=[item["name"] for item in competitors])
        if reason:
            raise refusal(("remedies", place), reason, remedy.label)
        taken |= {remedy.on(item)["name"] for item in tried}
    ablations = [
        remedy.on(item) for item in competitors for remedy in remedies if remedy.is_tried_on(item)
    ]
    return {**rest, "entries": [*plain, *ablations]}


def _objection(
    remedy: Remedy, tried: Sequence[Written], taken: Collection[str], *, known: Sequence[str]
) -> str | None:
    """What is wrong with a remedy beside the entries that there are; None where it is right."""
    for name in remedy.entries or ():
        if name in taken and name not in known:
            return f"entry {name!r} is itself an ablation, and remedies are tried on others only"
        if name not in known:
            return f"there is no entry {name!r}; {suggestion(name, known)}"
    for entry in tried:
        name = remedy.on(entry)["name"]
        if name in taken:
            return f"the name {name!r} is taken; give the remedy a name of its own"
        if not re.fullmatch(NAME_PATTERN, name):
            return f"names should match pattern {NAME_PATTERN!r}, got {name!r}"
        if remedy.is_idle_on(entry):
            return f"it changes nothing of entry {entry['name']!r}; leave that out of its entries"
    return None
