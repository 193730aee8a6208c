"""The first bytes of a file, unpacked where it is packed: enough to know what it is."""

import csv
import gzip
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from kepler_keras.data.packed_file import BAD_ZIP, open_zip
from kepler_keras.errors import InputError

HEAD = 1 << 16  # bytes
LONGEST_LIST = 100_000  # names of a folder that are looked at
CRC32C = 0x82F63B78  # Castagnoli's polynomial, bits reversed


@dataclass(frozen=True)
class Start:
    """How a file or folder begins.

    Attributes:
        path: The file or folder.
        is_folder: Whether it is one.
        head: The first bytes, unpacked; of a zip file those of its first member, of a folder none.
        names: Files of a folder, or members of a zip file.
    """

    path: Path
    is_folder: bool
    head: bytes
    names: tuple[str, ...] = ()

    @property
    def header(self) -> list[str]:
        """Cells of the first line that is no comment; none where this is no text."""
        text = self.head.removeprefix(b"\xef\xbb\xbf")
        if b"\0" in text:
            return []
        lines = text.decode("utf-8", errors="replace").splitlines()
        first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
        return [cell.strip() for cell in next(csv.reader([first]), [])]


def read_start(path: Path) -> Start:
    """Reads the start of a file, or the names in a folder.

    Raises:
        InputError: There is nothing, it is empty, it cannot be read, or its packing is damaged.
    """
    try:
        if path.is_dir():
            files = (item for item in islice(path.rglob("*"), LONGEST_LIST) if item.is_file())
            names = sorted(item.relative_to(path).as_posix() for item in files)
            return Start(path, True, b"", tuple(names))
        with path.open("rb") as file:
            return _unpacked(path, file)
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file or folder") from error
    except BAD_ZIP as error:
        if isinstance(error, InputError):
            raise
        if reason := getattr(error, "strerror", None):
            raise InputError(f"{path}: cannot read it: {reason}") from error
        raise InputError(f"{path}: its packing is damaged: {error}") from error


def _unpacked(path: Path, file: BinaryIO) -> Start:
    head = file.read(HEAD)
    if not head:
        raise InputError(f"{path}: the file is empty")
    file.seek(0)
    if head.startswith(b"\x1f\x8b"):
        with gzip.open(file) as content:
            return Start(path, False, content.read(HEAD))
    if head.startswith(b"PK\x03\x04"):
        with open_zip(path, file) as archive:
            names = archive.namelist()
            if not names:
                raise InputError(f"{path}: the zip file holds nothing")
            with archive.open(names[0]) as member:
                return Start(path, False, member.read(HEAD), tuple(names))
    return Start(path, False, head)


def is_html(start: Start) -> bool:
    """Whether it is a page, as servers send instead of a file."""
    head = start.head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return head.startswith((b"<!doctype html", b"<html"))


def is_tfrecord(start: Start) -> bool:
    """Whether a file, or the first of a folder, begins with a TFRecord: a length and its checksum.

    Source: the masked CRC-32C of TensorFlow's tfrecord format.
    """
    head = record_head(start)
    if len(head) < 12:
        return False
    crc = _crc32c(head[:8])
    masked = (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF
    return int.from_bytes(head[8:12], "little") == masked


def record_head(start: Start) -> bytes:
    """First bytes of a file, or of the first file of a folder that is named as TFRecords are."""
    if not start.is_folder:
        return start.head
    first = next((name for name in start.names if "-of-" in name or "tfrecord" in name), None)
    return read_start(start.path / first).head if first else b""


def _crc32c(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (CRC32C if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF
