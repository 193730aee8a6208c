"""What a check is, what it finds, and how checks are found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Literal

import kepler_keras.evaluation.checks
from kepler_keras.evaluation.checks.evidence import Evidence

# `red`: the figures cannot be believed. `warning`: a reader should know before the verdict.
# `note`: worth knowing, and often as it should be.
Level = Literal["note", "warning", "red"]
LEVELS: tuple[Level, ...] = ("red", "warning", "note")


@dataclass(frozen=True)
class Found:
    """What one check has to say.

    Attributes:
        level: How much it matters.
        sentence: What was found, with numbers, and what to do.
        entries: Whom it is about; empty where it is about the data or the run.
    """

    level: Level
    sentence: str
    entries: tuple[str, ...] = ()


@dataclass(frozen=True)
class Check:
    """One check, registered by standing in the tuple `CHECKS` of a module of this package.

    Attributes:
        code: Never used again for anything else; docs/checks.md explains it under its name.
        title: What is found, in a few words.
        find: Gives what it finds in the evidence: nothing, where all is well.
    """

    code: str
    title: str
    find: Callable[[Evidence], Iterator[Found]]


@dataclass(frozen=True)
class Finding:
    """One finding of a comparison; attributes as of `Check` and `Found`."""

    code: str
    title: str
    level: Level
    entries: tuple[str, ...]
    sentence: str


@cache
def checks() -> tuple[Check, ...]:
    """All checks by code."""
    package = kepler_keras.evaluation.checks
    modules = [
        import_module(f"{package.__name__}.{m.name}") for m in iter_modules(package.__path__)
    ]
    found = [check for module in modules for check in getattr(module, "CHECKS", ())]
    return tuple(sorted(found, key=lambda check: check.code))


def findings(evidence: Evidence) -> list[Finding]:
    """All that the checks find: red before warnings before notes, each by code."""
    found = [
        Finding(check.code, check.title, one.level, one.entries, one.sentence)
        for check in checks()
        for one in check.find(evidence)
    ]
    return sorted(found, key=lambda finding: LEVELS.index(finding.level))
