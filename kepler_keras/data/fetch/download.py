"""One file from a server: gone on with where it broke off, checked, then put into its place."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from kepler_keras.data.fetch.checks import DamagedError
from kepler_keras.data.fetch.connection import BrokenOffError, Patience, answer, persist
from kepler_keras.data.fetch.part import Part
from kepler_keras.errors import InputError
from kepler_keras.progress import stage

if sys.platform != "win32":
    import fcntl

BLOCK = 1 << 14  # bytes; what came of the last block is lost when a connection breaks
PROGRESS = 1 << 16  # bytes beyond the furthest point that make an attempt a fruitful one
WHOLE_ATTEMPTS = 2  # a file that came whole and is damaged is asked for once more


@dataclass(frozen=True)
class Remote:
    """A file on a server and how to know that it arrived.

    Attributes:
        url: Its address.
        path: Its final place.
        check: Raises `DamagedError` where the bytes are not what was asked for.
    """

    url: str
    path: Path
    check: Callable[[Path], None]

    def is_here(self) -> bool:
        """Whether a file that passes the check stands in its final place."""
        try:
            self.check(self.path)
        except (OSError, DamagedError):
            return False
        return True


def download(
    session: requests.Session, file: Remote, *, patience: Patience | None = None, bar: bool = True
) -> None:
    """Brings one file; what stood in its place is replaced at the end, in one step.

    A download that breaks off leaves `NAME.part` and `NAME.part.json`; the next one goes on from
    there, if the server can prove that the file is still the same.

    Args:
        session: From `open_session`.
        file: What to bring, from where, to which place.
        patience: How long the server is waited for.
        bar: Whether progress is shown.

    Raises:
        InputError: One sentence with the address and what came instead, or with the place that
            cannot be written to.
    """
    part = Part(file.path)
    try:
        file.path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(part):
            try:
                _bring(session, file, part, patience or Patience(), bar=bar)
            except InputError as error:
                raise type(error)(f"{error}{_kept(part, file.url)}") from error
    except OSError as error:
        raise InputError(f"{file.path}: cannot write it: {error.strerror or error}") from error


def _bring(
    session: requests.Session, file: Remote, part: Part, patience: Patience, *, bar: bool
) -> None:
    furthest = 0

    def take() -> None:
        nonlocal furthest
        try:
            _take(session, file.url, part, patience, bar=bar)
        except BrokenOffError as error:  # a server that begins anew each time gets no further
            gained = part.size >= furthest + PROGRESS
            furthest = max(furthest, part.size)
            raise BrokenOffError(str(error), wait=error.wait, gained=gained) from error

    for attempt in range(1, WHOLE_ATTEMPTS + 1):
        persist(take, file.url, patience)
        try:
            file.check(part.data)
        except DamagedError as error:
            part.discard()
            if attempt == WHOLE_ATTEMPTS:
                raise InputError(f"{file.url}: {error}; nothing of it was kept") from error
        else:
            part.become_whole()
            return


def _take(
    session: requests.Session, url: str, part: Part, patience: Patience, *, bar: bool
) -> None:
    """One attempt: asks for what is missing and appends it to the part."""
    asked = part.request_headers(url)
    came = 0
    with answer(session, url, patience, asked) as response:
        total = part.begin(url, response, asked)
        missing = None if total is None else total - part.size
        with part.data.open("ab") as file, _bar(part.path.name, missing if bar else None) as show:
            for block in response.iter_content(BLOCK):
                file.write(block)
                came += len(block)
                show(came)
            file.flush()
            os.fsync(file.fileno())
    if missing is not None and came != missing:
        raise BrokenOffError(f"{came} bytes came where {missing} were due")


def _kept(part: Part, url: str) -> str:
    """What is left for the next time; a part that cannot be gone on with is thrown away."""
    if not part.request_headers(url):
        part.discard()
        return ""
    return f" ({part.size} bytes so far are kept for the next time)"


@contextmanager
def _alone(part: Part) -> Iterator[None]:
    """Keeps other processes away from a part; the lock ends with the process that holds it."""
    if sys.platform == "win32":
        yield
        return
    with part.lock.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError(f"{part.path}: another process is bringing it") from error
        try:
            yield
        finally:
            part.lock.unlink(missing_ok=True)


@contextmanager
def _bar(name: str, missing: int | None) -> Iterator[Callable[[int], None]]:
    """Shows bytes as they come, in kB; a size that is unknown gives no bar."""
    if not missing:
        yield lambda came: None
        return
    with stage(f"{name} (kB)", -(-missing // 1000)) as counter:

        def show(came: int) -> None:
            steps = -(-came // 1000) - counter.done
            if steps:
                counter.advance(steps=min(steps, counter.total - counter.done))

        yield show
