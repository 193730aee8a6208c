"""One comparison at a time in a report folder.

The system holds the lock for the process and takes it back when that ends, however it ends: a file
that a killed command left behind hinders nobody.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from kepler_keras.errors import InputError
from kepler_keras.whole_files import read_json

with suppress(ImportError):  # Windows: two comparisons in one folder are the user's to avoid
    import fcntl

FILE = "lock"
LOOKS, BETWEEN = 10, 0.1  # how often a lock is tried, and seconds between


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Keeps others out of a folder.

    Raises:
        InputError: Another process is in it.
        OSError: The file of the lock cannot be made.
    """
    with (folder / FILE).open("a+", encoding="ascii") as file:
        for _ in range(LOOKS):
            if _taken(file):
                break
            time.sleep(BETWEEN)  # it may be somebody who only looks
        else:
            raise InputError(refusal(folder))
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), "started": time.time()}))
        file.flush()
        yield


def is_held(folder: Path) -> bool:
    """Whether a process is in the folder."""
    try:
        with (folder / FILE).open("r", encoding="ascii") as file:
            return not _taken(file, shared=True)
    except OSError:
        return False


def refusal(folder: Path) -> str:
    """The sentence on who is in the folder."""
    holder = read_json(folder / FILE) or {"pid": "unknown", "started": time.time()}
    since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(holder["started"]))
    return (
        f"{folder.parent}: another comparison is at work there, process {holder['pid']} since "
        f"{since}; wait for it, or name another folder with --out"
    )


def _taken(file: IO[str], *, shared: bool = False) -> bool:
    """Takes the lock, which closing the file gives back; False where another has it.

    Who only looks shares it with others who look, and may have the file for reading alone.
    """
    if os.name == "nt":
        return True
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
