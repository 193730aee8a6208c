"""Files of the driver's disk on the nodes of a cluster: each comes to a node once.

Workers of one node share a folder. Who needs a file first copies it from the driver, piece by
piece, so that no file has to fit into anybody's memory; the others wait for it.
"""

import atexit
import fcntl
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kepler_keras.errors import RunError
from kepler_keras.executors.interface import Portable
from kepler_keras.whole_files import WRITING, move_folder, write_file

PIECE = 16 << 20  # bytes that travel at once
PREFIX = "kepler_keras-node-"
FAREWELL = 10.0  # seconds that nodes have to remove their copies
ABANDONED = 24 * 3600  # seconds after which the folder of a driver that was killed is removed


class FileServer:
    """Gives out pieces of files; an actor on the driver's node, which reads no file not offered."""

    def __init__(self) -> None:
        self._files: dict[tuple[str, str], Path] = {}

    def offer(self, offer: "Offer", path: Path) -> None:
        """Adds a file or a folder."""
        self._files |= {(offer.name, part): path / part for part in offer.parts}

    def piece(self, name: str, part: str, start: int) -> bytes:
        """`PIECE` bytes of a file, fewer at its end, none behind it.

        Args:
            name: Of what was offered.
            part: The file's path below it; empty where it is the file itself.
            start: Bytes before the piece.
        """
        with self._files[name, part].open("rb") as file:
            file.seek(start)
            return file.read(PIECE)


@dataclass(frozen=True)
class Offer:
    """A file or a folder on the driver's disk.

    Attributes:
        name: Under which the server knows it, with a number before its own.
        parts: Paths of the files below it; one empty path of a file itself.
    """

    name: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class FilesOf:
    """The files of a job, as a worker finds them.

    Attributes:
        server: Handle of the `FileServer`.
        offers: By path on the driver's disk.
        home: Id of the driver's node.
        session: Of all jobs that share files.
    """

    server: Any
    offers: Mapping[Path, Offer]
    home: str
    session: str

    def at_home(self) -> bool:
        """Whether this is the driver's own node, with its disk."""
        import ray

        return bool(ray.get_runtime_context().get_node_id() == self.home)


@dataclass(frozen=True)
class Delivery:
    """What a job gave.

    Attributes:
        result: Of its function.
        scratch: The folder that it wrote into in place of its own; None where it wrote into that.
        written: By path below that folder what it wrote; None of a folder.
    """

    result: Any
    scratch: Path | None = None
    written: Mapping[str, bytes | None] = field(default_factory=dict)


class Lender:
    """Offers the driver's files to the nodes, as long as the driver lives."""

    def __init__(self) -> None:
        self._session = uuid.uuid4().hex
        self._server: Any = None
        self._home = ""
        self._offers: dict[tuple[object, ...], Offer] = {}

    def of(self, job: Any) -> FilesOf | None:
        """What goes with a job; None where it names no file."""
        if not isinstance(job, Portable):
            return None
        if self._server is None:
            self._start()
        offers = {path: self._offered(path) for path in job.reads}
        return FilesOf(self._server, offers, self._home, self._session)

    def _start(self) -> None:
        import ray

        self._home = ray.get_runtime_context().get_node_id()
        self._server = ray.remote(FileServer).options(**_on_node(self._home)).remote()
        atexit.register(self._clear)

    def _offered(self, path: Path) -> Offer:
        import ray

        state = path.stat()  # of a folder that of its list of files
        key = (path, state.st_size, state.st_mtime_ns, state.st_ino)
        if key not in self._offers:
            offer = Offer(f"{len(self._offers)}/{path.name}", _parts(path))
            ray.get(self._server.offer.remote(offer, path.absolute()))
            self._offers[key] = offer
        return self._offers[key]

    def _clear(self) -> None:
        """Removes the copies from the other nodes."""
        import ray

        with suppress(Exception):  # a cluster that is gone has taken them along
            nodes = [node["NodeID"] for node in ray.nodes() if node["Alive"]]
            remove = ray.remote(_remove_copies)
            tasks = [
                remove.options(**_on_node(node)).remote(self._session)
                for node in nodes
                if node != self._home
            ]
            ray.wait(tasks, num_returns=len(tasks), timeout=FAREWELL)


def _parts(path: Path) -> tuple[str, ...]:
    if not path.is_dir():
        return ("",)
    files = sorted(one for one in path.rglob("*") if one.is_file())
    return tuple(one.relative_to(path).as_posix() for one in files)


def _on_node(node: str) -> dict[str, Any]:
    """Options of what runs on one node and takes no processor from jobs."""
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    return {
        "num_cpus": 0,
        "scheduling_strategy": NodeAffinitySchedulingStrategy(node, soft=False),
    }


def worked_apart(function: Callable[[Any], Any], job: Portable, files: FilesOf) -> Delivery:
    """Does a job on a node without the driver's disk; what it wrote is in the delivery."""
    import ray

    folder = _made(_folder_of(files.session))
    try:
        places = {path: _fetched(folder, files, files.offers[path]) for path in job.reads}
    except OSError as error:
        place = ray.util.get_node_ip_address()
        raise RunError(
            f"node {place}: what a job reads cannot be copied to {folder}: {error.strerror}"
        ) from error
    if job.writes is None:
        return Delivery(_in_own_words(function(job.at(places)), places))
    with tempfile.TemporaryDirectory(dir=folder, prefix="written-") as name:
        scratch = Path(name)
        result = function(job.at({**places, job.writes: scratch}))
        return Delivery(_in_own_words(result, places), scratch, _contents(scratch))


def _in_own_words(result: Any, places: Mapping[Path, Path]) -> Any:
    """A sentence about a file names it as it is called where it came from."""
    if isinstance(result, str):
        for path, place in places.items():
            result = result.replace(str(place), str(path))
    return result


def _folder_of(session: str) -> Path:
    """The folder that workers of this node share."""
    return Path(tempfile.gettempdir()) / f"{PREFIX}{session}"


def _made(folder: Path) -> Path:
    """Makes it, and removes those whose drivers were killed long ago."""
    if not folder.exists():
        for old in folder.parent.glob(f"{PREFIX}*"):
            with suppress(OSError):  # another worker may be at it too
                if time.time() - old.stat().st_mtime > ABANDONED:
                    _remove_copies(old.name.removeprefix(PREFIX))
        folder.mkdir(mode=0o700, exist_ok=True)
    os.utime(folder)
    return folder


def _remove_copies(session: str) -> None:
    shutil.rmtree(_folder_of(session), ignore_errors=True)


def _fetched(folder: Path, files: FilesOf, offer: Offer) -> Path:
    """The path of a file or folder on this node, copied if this is the first to ask."""
    path = folder / offer.name
    if path.exists():
        return path
    path.parent.mkdir(exist_ok=True)
    with _locked(path.with_name("lock")):
        if path.exists():
            return path
        unfinished = path.with_name("unfinished")
        if offer.parts != ("",):
            unfinished.mkdir(exist_ok=True)
        for part in offer.parts:
            _copy(files.server, offer.name, part, unfinished / part)
        unfinished.replace(path)
    return path


def _copy(server: Any, name: str, part: str, target: Path) -> None:
    import ray

    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        while piece := ray.get(server.piece.remote(name, part, file.tell())):
            file.write(piece)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One process of this node at a time; the lock ends with its process."""
    with path.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _contents(folder: Path) -> dict[str, bytes | None]:
    return {
        path.relative_to(folder).as_posix(): None if path.is_dir() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
    }


def bring_home(delivery: Delivery, job: Any) -> Any:
    """The result of a job, after all that it wrote elsewhere is in its own folder.

    A path in the folder it wrote into becomes the path in its own.
    """
    if delivery.scratch is None:
        return delivery.result
    _put_down(delivery.written, job.writes)
    result = delivery.result
    if isinstance(result, Path) and result.is_relative_to(delivery.scratch):
        return job.writes / result.relative_to(delivery.scratch)
    return result


def _put_down(written: Mapping[str, bytes | None], folder: Path) -> None:
    """Writes files and folders, each whole or not at all; folders first, which files tell of."""
    names = {name.partition("/")[0] for name in written}
    for name in sorted(names, key=lambda name: (written[name] is not None, name)):
        content = written[name]
        if content is not None:
            write_file(folder / name, content)
            continue
        unfinished = folder / f"{WRITING}{name}"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        for path, part in written.items():
            if not path.startswith(f"{name}/"):
                continue
            target = unfinished / path.removeprefix(f"{name}/")
            if part is None:
                target.mkdir()
            else:
                target.write_bytes(part)
        move_folder(unfinished, folder / name)
