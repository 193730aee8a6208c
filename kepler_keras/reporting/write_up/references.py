"""The literature of a comparison: what it used of the catalogue, and nothing else."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from kepler_keras.reporting.write_up.latex import tex

PARTS = ("data", "models", "training", "statistics", "software")
# Of a BibTeX entry, in this order.
FIELDS = (
    "author", "title", "journal", "booktitle", "volume", "number", "pages", "howpublished", "note",
    "year",
)  # fmt: skip


@dataclass(frozen=True)
class Reference:
    """One entry of the catalogue.

    Attributes:
        part: Which sentence of the write-up cites it.
        when: Facts (`facts.facts_of`), one of which is enough for it to be cited.
        type: What BibTeX calls it: ``article``, ``inproceedings``, ...
        fields: Plain text by BibTeX's names.
    """

    key: str
    part: str
    when: tuple[str, ...]
    type: str
    fields: dict[str, str]


@cache
def catalogue() -> tuple[Reference, ...]:
    """All references, in the order of `references.yaml`."""
    text = files(__package__).joinpath("references.yaml").read_text(encoding="utf-8")
    return tuple(_reference(key, entry) for key, entry in yaml.safe_load(text).items())


def references_for(facts: Collection[str]) -> list[Reference]:
    """What is cited where these facts are true."""
    return [one for one in catalogue() if set(one.when) & set(facts)]


def bibtex(references: Sequence[Reference]) -> str:
    """The references as a BibTeX file in ASCII; titles keep their capitals."""
    return "\n".join(_entry(one) for one in references)


def _reference(key: str, entry: dict[str, Any]) -> Reference:
    fields = {name: str(entry[name]) for name in FIELDS if name in entry}
    return Reference(key, entry["part"], tuple(entry["when"]), entry["type"], fields)


def _entry(one: Reference) -> str:
    lines = [f"  {name} = {{{_value(name, text)}}}" for name, text in one.fields.items()]
    return f"@{one.type}{{{one.key},\n" + ",\n".join(lines) + "\n}\n"


def _value(name: str, text: str) -> str:
    if name == "pages":
        return text.replace("-", "--")
    if name == "title":
        return f"{{{tex(text)}}}"
    if text.startswith("{"):  # a name that is not to be taken apart
        return f"{{{tex(text[1:-1])}}}"
    return tex(text)
