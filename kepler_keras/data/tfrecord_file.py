"""TFRecord files, read without TensorFlow: records one after another, each with two checksums.

A record is the length of its data (8 bytes, little-endian), a checksum of these 8 bytes, the data,
and a checksum of the data. A checksum is a CRC-32C, rotated and shifted by a constant, so that the
checksum of data that hold checksums is no special case (TensorFlow, 'TFRecords format details').
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from struct import Struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.errors import InputError

HEADER = Struct("<QI")  # length of the data, checksum of the length
FOOTER = Struct("<I")  # checksum of the data
POLYNOMIAL = 0x82F63B78  # CRC-32C (Castagnoli), bits reversed
MASK_DELTA = 0xA282EAD8
GZIP_MAGIC = b"\x1f\x8b"


def read_records(path: Path) -> Iterator[memoryview]:
    """The data of each record in turn, both checksums checked.

    A record's declared length is compared with what the file holds before anything of that size
    is touched.

    Raises:
        InputError: The file cannot be read, is empty, compressed or no TFRecord file, or a record
            is damaged or cut short; the sentence names file and record, counted from 1.
    """
    content = memoryview(_content(path))
    place, number = 0, 0
    while place < len(content):
        number += 1
        record = _record(content[place:], f"{path}: record {number}")
        yield record
        place += HEADER.size + len(record) + FOOTER.size


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror
        raise InputError(f"{path}: cannot read it as a TFRecord file: {reason}") from error
    if not content:
        raise InputError(f"{path}: a TFRecord file must hold a record, got an empty file")
    if content.startswith(GZIP_MAGIC) and not _length_is_intact(content):
        raise InputError(f"{path}: the file is compressed with gzip; unpack it first")
    if not _length_is_intact(content):
        raise InputError(
            f"{path}: this is no TFRecord file, or damaged at its start: the checksum of the first "
            "record's length is wrong"
        )
    return content


def _length_is_intact(content: bytes | memoryview) -> bool:
    if len(content) < HEADER.size:
        return False
    expected: int = HEADER.unpack_from(content)[1]
    return masked_checksum(content[:8]) == expected


def _record(rest: memoryview, place: str) -> memoryview:
    """The data of the record that `rest` begins with."""
    if len(rest) < HEADER.size:
        raise InputError(
            f"{place}: the file is cut short: a record begins with {HEADER.size} bytes, "
            f"{len(rest)} are left"
        )
    if not _length_is_intact(rest):
        raise InputError(f"{place}: the checksum of its length is wrong, the file is damaged here")
    length, _ = HEADER.unpack_from(rest)
    left = len(rest) - HEADER.size - FOOTER.size
    if length > left:
        raise InputError(
            f"{place}: the file is cut short: the record's length is {length} bytes, "
            f"{max(left, 0)} are left"
        )
    data = rest[HEADER.size : HEADER.size + length]
    if masked_checksum(data) != FOOTER.unpack_from(rest, HEADER.size + length)[0]:
        raise InputError(f"{place}: the checksum of its data is wrong, the record is damaged")
    return data


def masked_checksum(data: bytes | memoryview) -> int:
    """The checksum that a TFRecord file keeps of some bytes."""
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + MASK_DELTA) & 0xFFFFFFFF


def crc32c(data: bytes | memoryview) -> int:
    """The CRC-32C of some bytes (RFC 3720, appendix B.4)."""
    return int(_compiled()(np.frombuffer(data, np.uint8), _table()))


@cache
def _table() -> NDArray[np.int64]:
    """What each value of a byte does to the checksum, shape (256,)."""
    crc = np.arange(256, dtype=np.int64)
    for _ in range(8):
        crc = (crc >> 1) ^ np.where(crc & 1, POLYNOMIAL, 0)
    return crc


@cache
def _compiled() -> Any:
    import numba  # here, because its import is slow and only this source needs it

    return numba.njit(_crc32c)


def _crc32c(data: NDArray[np.uint8], table: NDArray[np.int64]) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF
