"""Writes TFRecord files of Examples byte by byte, so that tests need no TensorFlow to make them."""

import struct


def crc32c(data):
    """Bit by bit, unlike the package."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return struct.pack("<I", (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF)


def framed(data, length=None):
    """One record; `length` plants a wrong one under a right checksum."""
    head = struct.pack("<Q", len(data) if length is None else length)
    return head + masked(head) + data + masked(data)


def varint(number):
    number &= (1 << 64) - 1
    parts = bytearray()
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*parts, number])


def field(number, payload):
    """A field of a message that holds bytes."""
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def feature(value):
    """A feature of a text, of floats or of whole numbers; bytes stand for a feature themselves."""
    if isinstance(value, bytes):
        return value
    values = value if isinstance(value, list) else [value]
    if all(isinstance(item, str) for item in values):
        return field(1, b"".join(field(1, item.encode()) for item in values))
    if all(isinstance(item, int) for item in values):
        return field(3, field(1, b"".join(varint(item) for item in values)))
    return field(2, field(1, struct.pack(f"<{len(values)}f", *values)))


def example(features):
    """The bytes of an Example."""
    entries = (field(1, name.encode()) + field(2, feature(v)) for name, v in features.items())
    return field(1, b"".join(field(1, entry) for entry in entries))


def write_examples(path, *examples):
    """Writes each mapping of features as a record; bytes are written as a record's data."""
    data = (item if isinstance(item, bytes) else example(item) for item in examples)
    path.write_bytes(b"".join(map(framed, data)))
    return str(path)
