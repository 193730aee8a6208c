"""What commands do about the files that they are going to write."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

import typer

from kepler_keras.errors import InputError
from kepler_keras.executors import end_workers
from kepler_keras.stopping import INTERRUPTED, stoppable


@contextmanager
def nothing_half_done() -> Iterator[None]:
    """Ctrl-C before there is anything to write ends the command in a line."""
    with stoppable():
        try:
            yield
        except KeyboardInterrupt:
            print("interrupted: nothing was written", file=sys.stderr)
            raise typer.Exit(INTERRUPTED) from None


@contextmanager
def resumable(command: str) -> Iterator[None]:
    """Ctrl-C ends the work in seconds, and in the command that goes on with it."""
    with stoppable():
        try:
            yield
        except KeyboardInterrupt:
            end_workers()
            print(f"stopped; to go on: {command}", file=sys.stderr)
            raise typer.Exit(INTERRUPTED) from None


def check_folders(folders: Mapping[str, Path]) -> None:
    """Refuses early what could not be written late.

    Args:
        folders: Of each option the folder that its file goes to.

    Raises:
        InputError: A folder does not exist or takes no files.
    """
    for name, folder in folders.items():
        if not folder.is_dir():
            raise InputError(f"{name}: the folder {folder} does not exist")
        try:
            TemporaryFile(dir=folder).close()
        except OSError as error:
            raise InputError(
                f"{name}: no file can be made in {folder}: {error.strerror}"
            ) from error


def check_file(name: str, file: Path, read: Sequence[Path], *, what: str) -> None:
    """Refuses to write over a folder, or over what is read.

    Args:
        name: The option.
        file: What will be written.
        read: What is read.
        what: What is done to it, as ``searched``.

    Raises:
        InputError: It is one of these.
    """
    if file.is_dir():
        raise InputError(f"{name}: must name a file, but {file} is a folder")
    if file.exists() and any(path.exists() and path.samefile(file) for path in read):
        raise InputError(f"{name}: {file} is what is {what}; the table would take its place")
