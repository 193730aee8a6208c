"""The message that TensorFlow calls Example, read from its bytes without TensorFlow.

An Example is a map from names to features, and a feature is a list of byte strings, of floats or of
whole numbers (TensorFlow, `example.proto` and `feature.proto`). Only what these need of Protocol
Buffers' wire format is here: fields of other numbers are passed over, as every reader must.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Values = list[bytes] | NDArray[np.float32] | NDArray[np.int64]
Field = tuple[int, int, memoryview]  # number, wire type, value

VARINT, FIXED_64, LENGTH, FIXED_32 = 0, 1, 2, 5  # wire types
BYTES, FLOATS, INTEGERS = 1, 2, 3  # fields of a feature: exactly one of them
LONGEST_VARINT = 10  # bytes


class DamagedExample(ValueError):  # noqa: N818 (it says what came, not what went wrong here)
    """The bytes are no Example; the sentence has no place, which the reader of the file knows."""


def read_features(example: memoryview) -> dict[str, memoryview]:
    """The features of an Example by name, each still as bytes for `read_values`.

    Raises:
        DamagedExample: The bytes are no Example.
    """
    features = {}
    for part in _messages(example, 1):
        for entry in _messages(part, 1):
            name, feature = "", memoryview(b"")
            for number, wire, value in _fields(entry):
                if (number, wire) == (1, LENGTH):
                    name = _decoded(value)
                if (number, wire) == (2, LENGTH):
                    feature = value
            features[name] = feature
    return features


def read_values(feature: memoryview) -> Values | None:
    """The values of one feature; None where it says not even of which kind they are.

    Raises:
        DamagedExample: The bytes are no feature.
    """
    kind, parts = 0, list[memoryview]()
    for number, wire, value in _fields(feature):
        if wire == LENGTH and number in (BYTES, FLOATS, INTEGERS):
            parts = [*parts, value] if number == kind else [value]  # a later kind replaces
            kind = number
    if kind == BYTES:
        return [bytes(text) for part in parts for text in _messages(part, 1)]
    if kind == FLOATS:
        return np.concatenate([_floats(part) for part in parts])
    if kind == INTEGERS:
        return np.array([n for part in parts for n in _integers(part)], dtype=np.int64)
    return None


def _decoded(name: memoryview) -> str:
    try:
        return str(name, "utf-8")
    except UnicodeDecodeError as error:
        raise DamagedExample("the name of a feature is no UTF-8 text") from error


def _messages(message: memoryview, wanted: int) -> Iterator[memoryview]:
    """The values of all fields with that number that hold bytes."""
    for number, wire, value in _fields(message):
        if (number, wire) == (wanted, LENGTH):
            yield value


def _floats(message: memoryview) -> NDArray[np.float32]:
    """The floats of a list, whether packed into one field or one a field."""
    chunks = [np.empty(0, np.float32)]
    for number, wire, value in _fields(message):
        if number == 1 and wire in (LENGTH, FIXED_32):
            if len(value) % 4:
                raise DamagedExample(f"a list of floats has {len(value)} bytes, not 4 for each")
            chunks.append(np.frombuffer(value, "<f4"))
    return np.concatenate(chunks)


def _integers(message: memoryview) -> Iterator[int]:
    """The whole numbers of a list, whether packed into one field or one a field."""
    for number, wire, value in _fields(message):
        place = 0
        while number == 1 and wire in (LENGTH, VARINT) and place < len(value):
            integer, place = _varint(value, place)
            yield integer - (1 << 64) if integer >> 63 else integer


def _fields(message: memoryview) -> Iterator[Field]:
    """Number, wire type and the bytes of the value of each field."""
    place = 0
    while place < len(message):
        key, place = _varint(message, place)
        number, wire = key >> 3, key & 7
        if number == 0:
            raise DamagedExample("a field has the number 0")
        if wire == LENGTH:
            size, place = _varint(message, place)
        elif wire == VARINT:
            size = _varint(message, place)[1] - place
        elif wire in (FIXED_32, FIXED_64):
            size = 4 if wire == FIXED_32 else 8
        else:
            raise DamagedExample(f"a field has the wire type {wire}")
        if size > len(message) - place:
            raise DamagedExample(f"a field of {size} bytes has only {len(message) - place} left")
        yield number, wire, message[place : place + size]
        place += size


def _varint(message: memoryview, place: int) -> tuple[int, int]:
    """A whole number of variable width, and the place after it."""
    if place < len(message) and message[place] < 0x80:  # most are one byte: tags, short lengths
        return message[place], place + 1
    result = 0
    for width, byte in enumerate(message[place : place + LONGEST_VARINT]):
        result |= (byte & 0x7F) << (7 * width)
        if byte < 0x80:
            return result & 0xFFFFFFFFFFFFFFFF, place + width + 1
    raise DamagedExample("a whole number does not end")
