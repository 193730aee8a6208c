"""Arrays that were costly to make, kept as `.npy` files by what they were made from.

An entry is two files: `<key>.npy` holds the numbers, `<key>.json` all else and a checksum of the
numbers. Both follow from the key alone, so processes that write the same entry at once write the
same bytes, each under a temporary name that then replaces the file: no lock is needed. Whatever
does not agree, because it is damaged, cut off or of another version, counts as absent.

The checksum reads every byte. A change within one 8-byte word is always seen, any other with a
chance of 1 - 2**-64; it is no seal against somebody who forges it. It is taken once, when the
file is mapped: what befalls the file afterwards, while it is in use, is not seen.
"""

import errno
import hashlib
import io
import json
import os
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

VERSION = 1  # of the files below; a new one leaves old entries alone and makes its own
FOLDER_VARIABLE = "KEPLER_KERAS_CACHE"
TEMPORARY = ".writing-"
ABANDONED = 24 * 3600  # seconds after which a temporary file is nobody's
FRESH = 2.0  # seconds within which a change may leave a file's times as they are (FAT: 2)

_N_KEYS = 8192
_KEYS = np.frombuffer(hashlib.shake_128(b"kepler_keras").digest(8 * _N_KEYS), "<u8") | 1


@dataclass(frozen=True)
class Entry:
    """What the cache gives back.

    Attributes:
        flux: Shape (n, n_columns), float32, mapped from the file, read-only.
        flux_sha256: Of the bytes of `flux`.
        about: All else that was put in.
    """

    flux: NDArray[np.float32]
    flux_sha256: str
    about: Any


@dataclass(frozen=True)
class Stamp:
    """By what a file is known again without reading it.

    The time of the last change of its status (ctime) cannot be set back on POSIX systems.
    """

    path: str
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    device: int

    @classmethod
    def of(cls, path: Path) -> Self:
        """Takes the stamp of a file.

        Raises:
            OSError: There is no such file.
        """
        it = path.stat()
        return cls(
            os.path.abspath(path), it.st_size, it.st_mtime_ns, it.st_ctime_ns, it.st_ino, it.st_dev
        )

    @property
    def settled(self) -> bool:
        """Whether the last change lies so far back that another one would show."""
        return time.time() - max(self.mtime_ns, self.ctime_ns) / 1e9 > FRESH


def cache_folder() -> Path:
    """`KEPLER_KERAS_CACHE`, or kepler_keras in the platform's folder for a user's caches.

    Raises:
        OSError: The user has no home.
    """
    given = os.environ.get(FOLDER_VARIABLE)
    try:
        return Path(given).expanduser() if given else _platform_folder() / "kepler_keras"
    except RuntimeError as error:
        raise FileNotFoundError(errno.ENOENT, "there is no home folder") from error


def _platform_folder() -> Path:
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return Path(local) if local else Path.home() / "AppData" / "Local"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    # XDG Base Directory Specification 0.8: a relative path is to be passed over.
    named = os.environ.get("XDG_CACHE_HOME", "")
    return Path(named) if os.path.isabs(named) else Path.home() / ".cache"


class FluxCache:
    """Entries in one folder. Reading never fails; what cannot be read is absent."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / f"flux-{VERSION}"

    def load(self, key: str) -> Entry | None:
        """Maps an entry after a look at each of its bytes; None where it is absent or damaged."""
        about = _read_json(self._folder / f"{key}.json")
        if not isinstance(about, dict) or about.get("version") != VERSION:
            return None
        flux = _map(self._folder / f"{key}.npy", tuple(about["shape"]))
        if flux is None or checksum(flux) != about["checksum"]:
            return None
        return Entry(flux, about["flux_sha256"], about["about"])

    def writer(self) -> "FluxWriter":
        """Begins a new entry.

        Raises:
            OSError: The folder cannot be made or written to.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        remove_abandoned(self._folder)
        return FluxWriter(self._folder)

    def content_of(self, stamp: Stamp) -> str | None:
        """The sha256 of a file's content where a file of this very stamp was read before."""
        known = _read_json(self._index(stamp))
        if not isinstance(known, dict) or known.get("stamp") != vars(stamp):
            return None
        return str(known["sha256"])

    def remember(self, stamp: Stamp, sha256: str) -> None:
        """Notes the content of a file, unless it was changed just now and might be again.

        Raises:
            OSError: The folder cannot be written to.
        """
        if stamp.settled:
            _write_json(self._index(stamp), {"stamp": vars(stamp), "sha256": sha256})

    def _index(self, stamp: Stamp) -> Path:
        name = hashlib.sha256(os.fsencode(stamp.path)).hexdigest()[:32]
        return self._folder / f"path-{name}.json"


class FluxWriter:
    """Writes rows as they come; only `commit` makes an entry of them."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._shape = folder, (0, 0)
        self._digest = hashlib.sha256()
        handle, name = tempfile.mkstemp(prefix=TEMPORARY, suffix=".npy", dir=folder)
        self._file, self._path = os.fdopen(handle, "wb"), Path(name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(OSError):  # a full disk shows again when the rest is flushed
            self._file.close()
        self._path.unlink(missing_ok=True)

    def add(self, flux: NDArray[np.float32]) -> None:
        """Takes rows, shape (n, n_columns).

        Raises:
            OSError: They cannot be written.
        """
        if not self._shape[0]:
            self._file.write(_header((0, flux.shape[1])))
        self._shape = (self._shape[0] + len(flux), flux.shape[1])
        rows = np.ascontiguousarray(flux, dtype="<f4")
        self._file.write(rows.data)
        self._digest.update(rows.data)

    def commit(self, key: str, about: Any) -> Entry:
        """Makes an entry of what was added, in place of any that there is.

        Args:
            key: What the flux follows from.
            about: Anything else that follows from the key and can be written as JSON.

        Raises:
            OSError: It cannot be written.
        """
        self._file.seek(0)
        self._file.write(_header(self._shape))
        self._file.close()
        flux = _map(self._path, self._shape)
        if flux is None:
            raise OSError(errno.EIO, "what was written cannot be read back", str(self._path))
        os.replace(self._path, self._folder / f"{key}.npy")
        sha256 = self._digest.hexdigest()
        record = {
            "version": VERSION,
            "shape": self._shape,
            "checksum": checksum(flux),
            "flux_sha256": sha256,
            "about": about,
        }
        _write_json(self._folder / f"{key}.json", record)
        return Entry(flux, sha256, about)


def checksum(flux: NDArray[np.float32]) -> str:
    """A checksum of every byte, eight times faster than sha256.

    Each 8-byte word is multiplied by a random odd number; the sums, modulo 2**64, are hashed. A
    flip of the highest bit of two words would cancel out, so the upper halves count once more.
    """
    data = flux.reshape(-1).view(np.uint8)
    words = data[: data.size // 8 * 8].view("<u8")
    sums = []
    for start in range(0, words.size, _N_KEYS):
        part = words[start : start + _N_KEYS]
        keys = _KEYS[: part.size]
        sums += [np.dot(part, keys), np.dot(part >> np.uint64(32), keys)]
    digest = hashlib.sha256(repr(flux.shape).encode() + data[words.size * 8 :].tobytes())
    digest.update(np.array(sums, dtype="<u8").tobytes())
    return digest.hexdigest()


def _header(shape: tuple[int, ...]) -> bytes:
    """The head of a `.npy` file; NumPy leaves room in it for the number of rows to grow."""
    head = io.BytesIO()
    description = {"descr": "<f4", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(head, description)  # type: ignore[no-untyped-call]
    return head.getvalue()


def _map(path: Path, shape: tuple[int, ...]) -> NDArray[np.float32] | None:
    """Maps a `.npy` file of just this shape and size, read-only; None where it is another."""
    head = _header(shape)
    try:
        data = np.memmap(path, dtype=np.uint8, mode="r").view(np.ndarray)
    except (OSError, ValueError):  # absent, or empty
        return None
    if data.size != len(head) + 4 * shape[0] * shape[1] or data[: len(head)].tobytes() != head:
        return None
    return data[len(head) :].view(np.float32).reshape(shape)


def _write_json(path: Path, content: Any) -> None:
    """Writes a file that tells by its first line whether it is whole."""
    body = json.dumps(content)
    handle, name = tempfile.mkstemp(prefix=TEMPORARY, dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{hashlib.sha256(body.encode()).hexdigest()}\n{body}")
        os.replace(name, path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _read_json(path: Path) -> Any:
    """What `_write_json` wrote; None where it is absent or damaged."""
    try:
        seal, _, body = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    whole = hashlib.sha256(body).hexdigest().encode() == seal
    return json.loads(body) if whole else None


def remove_abandoned(folder: Path) -> None:
    """Removes what processes that ended halfway left behind."""
    for path in folder.glob(f"{TEMPORARY}*"):
        with suppress(OSError):  # another process may be at it too
            if time.time() - path.stat().st_mtime > ABANDONED:
                path.unlink()
