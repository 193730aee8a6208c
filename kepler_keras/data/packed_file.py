"""Opens a file of text as it is or packed, `.gz` or `.zip`; nothing is ever unpacked to disk.

A small packed file can hold terabytes. What comes out is counted while it is read, and reading
ends where it is too much in all or for the size of what went in.
"""

import gzip
import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedIOBase
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, BinaryIO, cast

from kepler_keras.errors import InputError

LARGEST_CONTENT = 8 << 30  # bytes; the Kaggle files hold 0.3 GB
LARGEST_RATIO = 100  # text of flux packs to a third or fourth; deflate can reach 1032
FREE_OF_RATIO = 4 << 20  # bytes that any packed file may hold
MOST_MEMBERS = 1000
LARGEST_DIRECTORY = 1 << 20  # bytes of a zip file's list of members
MAGIC = {".gz": b"\x1f\x8b", ".zip": b"PK"}
END_OF_ZIP = struct.Struct("<4s4H2LH")  # APPNOTE.TXT 4.3.16
LONGEST_COMMENT = 0xFFFF
# What zipfile raises for what it cannot make sense of: a seek before the file is an OSError.
BAD_ZIP = (
    zipfile.BadZipFile,
    RuntimeError,
    ValueError,
    OSError,
    OverflowError,
    struct.error,
    lzma.LZMAError,
    zlib.error,
    EOFError,
)
ENCRYPTED = 1  # APPNOTE.TXT 4.4.4, bit 0


class ContentReader:
    """The content of one file, read once from its beginning."""

    def __init__(self, path: Path, stream: IO[bytes], *, packed_size: int | None):
        self._path, self._stream, self._read = path, cast(BufferedIOBase, stream), 0
        ratio_limit = max(FREE_OF_RATIO, LARGEST_RATIO * (packed_size or 0))
        self._limit = None if packed_size is None else min(ratio_limit, LARGEST_CONTENT)

    def readinto(self, buffer: memoryview) -> int:
        """Fills the buffer or a part of it; 0 at the end.

        Raises:
            InputError: It cannot be read, its packing is damaged, or too much comes out of it.
        """
        try:
            n = self._stream.readinto(buffer)
        except EOFError as error:
            raise InputError(f"{self._path}: ends before its packed content does") from error
        except (gzip.BadGzipFile, zipfile.BadZipFile, zlib.error) as error:
            raise InputError(f"{self._path}: the packed content is damaged: {error}") from error
        except OSError as error:
            raise _unreadable(self._path, error) from error
        self._read += n
        if self._limit is not None and self._read > self._limit:
            raise InputError(
                f"{self._path}: more than {self._limit} bytes come out of it, which is more than "
                f"{LARGEST_RATIO} times its size or {LARGEST_CONTENT} bytes: no table packs so well"
            )
        return int(n)


@contextmanager
def open_content(path: Path) -> Iterator[ContentReader]:
    """Opens a file for reading; its name says how it is packed.

    A zip file holds one member that ends in `.csv`; folders and other members are passed over.

    Raises:
        InputError: The file cannot be read, its name and its first bytes disagree, or it is a zip
            file that cannot be trusted.
    """
    packing = path.suffix.lower()
    try:
        file = path.open("rb")
    except OSError as error:
        raise _unreadable(path, error) from error
    with file:
        _check_magic(path, file.read(4), packing)
        file.seek(0)
        if packing == ".gz":
            size = os.fstat(file.fileno()).st_size
            with gzip.GzipFile(fileobj=file) as stream:
                yield ContentReader(path, cast(IO[bytes], stream), packed_size=size)
        elif packing == ".zip":
            with open_zip(path, file) as archive:
                member = _only_table(path, archive)
                with _open_member(path, archive, member) as content:
                    yield ContentReader(path, content, packed_size=member.compress_size)
        else:
            yield ContentReader(path, file, packed_size=None)


def _unreadable(path: Path, error: OSError) -> InputError:
    reason = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror
    return InputError(f"{path}: cannot read the flux table: {reason}")


def _check_magic(path: Path, first: bytes, packing: str) -> None:
    """Compares the first bytes of a file with what its name promises."""
    expected = MAGIC.get(packing)
    if expected is not None and not first.startswith(expected):
        raise InputError(
            f"{path}: a {packing} file must begin with the bytes {expected.hex(' ')}, "
            f"got {first[: len(expected)].hex(' ') or 'an empty file'}"
        )
    for suffix, magic in (MAGIC | {".zip": b"PK\x03\x04"}).items():
        if expected is None and first.startswith(magic):
            raise InputError(
                f"{path}: the name of a file that begins with {magic.hex(' ')} must end in {suffix}"
            )


def open_zip(path: Path, file: BinaryIO, *, most: int = MOST_MEMBERS) -> zipfile.ZipFile:
    """Opens a zip file after a look at the size of its directory, which is read as a whole.

    Args:
        path: Names it in errors.
        file: Its bytes.
        most: How many members it may list.

    Raises:
        InputError: It has no directory, one that is too large, or one that is damaged.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(max(size - END_OF_ZIP.size - LONGEST_COMMENT, 0))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < END_OF_ZIP.size:
        raise InputError(f"{path}: the zip file is cut off or damaged: it has no directory")
    _, _, _, _, members, directory, _, _ = END_OF_ZIP.unpack_from(tail, at)
    largest = LARGEST_DIRECTORY // MOST_MEMBERS * most
    if members > most or directory > largest:
        raise InputError(
            f"{path}: a zip file may list {most} members in {largest} bytes, "
            f"got {members} in {directory} bytes"
        )
    try:
        return zipfile.ZipFile(file)
    except BAD_ZIP as error:
        raise InputError(f"{path}: the zip file is damaged: {error}") from error


def check_content(path: Path, archive: zipfile.ZipFile) -> None:
    """Refuses an archive that unpacks to more than any data of its size do.

    What a member declares is the most that is ever read of it.

    Raises:
        InputError: It does.
    """
    members = archive.infolist()
    packed = sum(member.compress_size for member in members)
    content = sum(member.file_size for member in members)
    if content > min(max(FREE_OF_RATIO, LARGEST_RATIO * packed), LARGEST_CONTENT):
        raise InputError(
            f"{path}: {content} bytes come out of {packed}, which is more than {LARGEST_RATIO} "
            f"times as many or {LARGEST_CONTENT} bytes: no data pack so well"
        )


def _only_table(path: Path, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """The one CSV file of an archive that can be trusted with its names."""
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise InputError(f"{path}: a zip file may list {MOST_MEMBERS} members, got {len(members)}")
    for member in members:
        _check_name(path, member.orig_filename)
    tables = [member for member in members if _is_table(member.filename)]
    if len(tables) != 1:
        found = ", ".join(repr(member.filename) for member in tables[:3]) or "none"
        raise InputError(
            f"{path}: a zip file must hold one .csv file, got {len(tables)} ({found}); "
            "unpack it, or pack each file by itself"
        )
    if tables[0].flag_bits & ENCRYPTED:
        raise InputError(f"{path}: {tables[0].filename!r} is locked with a password")
    if tables[0].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InputError(
            f"{path}: {tables[0].filename!r} must be stored or deflated, "
            f"got compression method {tables[0].compress_type}"
        )
    return tables[0]


def _open_member(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> IO[bytes]:
    try:
        return archive.open(member)
    except BAD_ZIP as error:
        raise InputError(f"{path}: the zip file is damaged: {error}") from error


def _check_name(path: Path, name: str) -> None:
    """Refuses a zip file with a member that would leave the folder it is unpacked in."""
    parts = PurePosixPath(name)
    leaves = parts.is_absolute() or ".." in parts.parts or PureWindowsPath(name).drive
    if leaves or "\\" in name or "\0" in name:
        raise InputError(f"{path}: the member {name!r} of a zip file must not leave its folder")


def _is_table(name: str) -> bool:
    """Whether a member is a table; macOS packs a shadow of each file into __MACOSX."""
    return name.lower().endswith(".csv") and not name.startswith("__MACOSX/")
