"""Files that are there whole or not at all, whatever the machine does meanwhile."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

WRITING = ".writing-"  # begins the name of what is not finished


def write_file(path: Path, content: bytes) -> None:
    """Puts a file in place of any that there is; on the disk when this returns."""
    unfinished = path.with_name(f"{WRITING}{os.getpid()}-{path.name}")
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
    sync(path.parent)


def write_json(path: Path, content: Any) -> None:
    """The same of what JSON can say."""
    write_file(path, (json.dumps(content, indent=1) + "\n").encode())


def read_json(path: Path) -> Any:
    """What is in a file of JSON; None where there is none, or no JSON in it."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def move_folder(unfinished: Path, path: Path) -> None:
    """Puts a folder in place of any that there is, with all its files on the disk."""
    for file in unfinished.rglob("*"):
        sync(file)
    if path.exists():
        shutil.rmtree(path)
    unfinished.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Waits until a file or a folder is on the disk; where folders cannot be opened, it is not."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
