"""What a process writes, wherever it is: Python's own audit events, which no code can avoid."""

import os
import resource
import sys
from collections.abc import Sequence
from pathlib import Path

ROOM = 3 << 30  # bytes beside what a process has mapped already
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
MADE = ("os.mkdir", "os.rename", "os.symlink", "os.link")  # their last path is what is made
_found: list[str] = []


def watch_files(allowed: Sequence[Path]) -> None:
    """Notes every file that is opened for writing, and every name that is made, elsewhere.

    An audit hook stays until the process ends.
    """
    places = [f"{path.resolve()}{os.sep}" for path in allowed]

    def noted(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING:
            path = arguments[0]
        elif event in MADE:
            path = arguments[0] if event == "os.mkdir" else arguments[1]
        else:
            return
        if not isinstance(path, str | bytes):
            return
        whole = os.path.realpath(os.fsdecode(path))
        bytecode = f"{os.sep}__pycache__" in whole
        if not f"{whole}{os.sep}".startswith(("/dev/", "/proc/", *places)) and not bytecode:
            _found.append(whole)

    sys.addaudithook(noted)


def escapes() -> list[str]:
    """Paths outside the allowed folders, each once."""
    return sorted(set(_found))


def limit_memory(*, to_room: bool) -> None:
    """Makes an allocation that no small file can justify an error instead of a slow machine.

    Args:
        to_room: Whether there is a limit from now on; TensorFlow itself maps more than any.
    """
    limit = resource.RLIM_INFINITY
    if to_room:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + ROOM
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
