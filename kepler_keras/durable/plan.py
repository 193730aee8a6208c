"""What a comparison is to fit, as `status` and a later run read it."""

import os
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kepler_keras.whole_files import read_json, write_json

FILE = "plan.json"
VERSION = 1


@dataclass(frozen=True)
class Fit:
    """One of the fits of a plan.

    Attributes:
        key: See `durable.key`.
        entry: Whose it is.
        place: `repeat 1, fold 2`, or `refit`.
    """

    key: str
    entry: str
    place: str


@dataclass
class Plan:
    """The fits of one command so far: folds at first, what looks at them later.

    Attributes:
        command: What goes on with them.
        jobs: Worker processes.
        pid: Of the command.
        started: Seconds since 1970.
        ended: In a word: ``finished``, ``failed``, ``interrupted``; None of a command that goes on,
            or was killed.
        fits: In the order of their jobs.
    """

    command: str
    jobs: int
    pid: int = field(default_factory=os.getpid)
    started: float = field(default_factory=time.time)
    ended: str | None = None
    fits: list[Fit] = field(default_factory=list)

    def write(self, folder: Path) -> None:
        """Writes the plan for others to read.

        Raises:
            OSError: It cannot be written.
        """
        write_json(folder / FILE, {"version": VERSION, **asdict(self)})

    @property
    def keys(self) -> set[str]:
        """The keys of all its fits."""
        return {fit.key for fit in self.fits}


def read_plan(folder: Path) -> Plan | None:
    """The plan of the last command in a folder; None where there is none that can be read."""
    found: Any = read_json(folder / FILE)
    if not isinstance(found, dict) or found.pop("version", None) != VERSION:
        return None
    fits = [Fit(**fit) for fit in found.pop("fits")]
    return Plan(**found, fits=fits)
