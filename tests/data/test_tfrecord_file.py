"""TFRecord framing: known bytes, TensorFlow's own files, and every kind of damage."""

import gzip
import struct

import pytest

from kepler_keras.data.tfrecord_file import crc32c, read_records
from kepler_keras.errors import InputError
from tests.tfrecord_writing import framed, masked

# A record without data, as TensorFlow writes it.
EMPTY_RECORD = bytes.fromhex("0000000000000000 29039807 d8ea82a2")
TWO = framed(b"light") + framed(b"curve and more")


def records_of(path, content):
    path.write_bytes(content)
    return [bytes(record) for record in read_records(path)]


@pytest.fixture
def file(tmp_path):
    return tmp_path / "train-00000-of-00001"


@pytest.mark.parametrize(
    ("data", "checksum"),
    [
        (b"", 0),
        (b"123456789", 0xE3069283),  # the check value of CRC-32C
        (bytes(32), 0x8A9136AA),  # RFC 3720, appendix B.4, to the end
        (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E),
        (bytes(range(31, -1, -1)), 0x113FDB5C),
    ],
)
def test_checksums_of_the_standard(data, checksum):
    assert crc32c(data) == checksum


def test_records_come_in_order(file):
    assert records_of(file, TWO) == [b"light", b"curve and more"]
    assert records_of(file, EMPTY_RECORD * 2) == [b"", b""]


def test_tensorflow_writes_what_is_read(file):
    import tensorflow as tf

    expected = [b"", b"a", bytes(range(256)) * 300]
    with tf.io.TFRecordWriter(str(file)) as writer:
        for data in expected:
            writer.write(data)
    assert [bytes(record) for record in read_records(file)] == expected


LIGHT = len(framed(b"light"))
NO_TFRECORD = "this is no TFRecord file, or damaged at its start: the checksum of the first record"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "a TFRecord file must hold a record, got an empty file"),
        (b"LABEL,FLUX.1,FLUX.2\n2,1,2\n", NO_TFRECORD),
        (b"short", NO_TFRECORD),
        (b"\x1f", NO_TFRECORD),
        (gzip.compress(TWO, mtime=0), "the file is compressed with gzip; unpack it first"),
        (b"\0" * 100, NO_TFRECORD),
        (TWO[:-1], "record 2: the file is cut short: the record's length is 14 bytes, 13 are left"),
        (TWO[: LIGHT + 12], "record 2: the file is cut short: .* 14 bytes, 0 are left"),
        (TWO[: LIGHT + 11], "record 2: .* cut short: a record begins with 12 bytes, 11 are left"),
        (TWO[:LIGHT] + b"\0", "record 2: .* a record begins with 12 bytes, 1 are left"),
        (TWO[:LIGHT] + b"\1" * 40, "record 2: the checksum of its length is wrong"),
        (TWO[:13] + b"L" + TWO[14:], "record 1: the checksum of its data is wrong"),
        (TWO[:-4] + bytes(4), "record 2: the checksum of its data is wrong"),
        (framed(b"light", length=2**62), f"record 1: .* length is {2**62} bytes, 5 are left"),
        (TWO + framed(b"x", length=2**64 - 1), f"record 3: .* is {2**64 - 1} bytes, 1 are left"),
        (TWO + TWO[5:], "record 3: the checksum of its length is wrong"),
    ],
)
def test_damage_is_one_sentence_with_file_and_record(file, content, sentence):
    with pytest.raises(InputError, match=f"^{file}: {sentence}") as caught:
        records_of(file, content)
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(InputError, match=r"nowhere: cannot read .*: there is no such file"):
        next(read_records(tmp_path / "nowhere"))
    with pytest.raises(InputError, match="cannot read it as a TFRecord file: Is a directory"):
        next(read_records(tmp_path))


def test_no_flipped_bit_passes(file):
    for bit in range(8 * len(TWO)):
        content = bytearray(TWO)
        content[bit // 8] ^= 1 << bit % 8
        with pytest.raises(InputError):
            records_of(file, bytes(content))


def test_no_cut_passes_but_one_between_records(file):
    for length in range(1, len(TWO)):
        if length == LIGHT:
            assert records_of(file, TWO[:length]) == [b"light"]
            continue
        with pytest.raises(InputError):
            records_of(file, TWO[:length])


def test_a_huge_length_is_not_allocated(file):
    """Half of all memory would be a MemoryError or a killed process; the sentence comes instead."""
    head = struct.pack("<Q", 1 << 40)
    with pytest.raises(InputError, match=rf"length is {1 << 40} bytes, 0 are left"):
        records_of(file, head + masked(head))
