"""The wire format of Examples: typed bytes, TensorFlow's own parser, and garbage."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kepler_keras.data.tf_example import DamagedExample, read_features, read_values
from tests.tfrecord_writing import example, feature, field, varint

INT64 = st.integers(-(2**63), 2**63 - 1)
FEATURE = st.one_of(
    st.lists(st.text(max_size=5), min_size=1),
    st.lists(INT64, min_size=1),
    st.lists(st.floats(width=32), min_size=1),
)


def parsed(message):
    features = read_features(memoryview(message))
    return {name: read_values(values) for name, values in features.items()}


def by_tensorflow(message):
    """The same by TensorFlow's parser; None where it refuses."""
    import tensorflow as tf
    from google.protobuf.message import DecodeError

    try:
        features = tf.train.Example.FromString(message).features.feature
    except DecodeError:
        return None
    values = {}
    for name, item in features.items():
        kind = item.WhichOneof("kind")
        values[name] = kind and list(getattr(item, kind).value)
    return values


def same(ours, theirs):
    if ours is None or theirs is None:
        return ours is theirs
    return np.array_equal(ours, theirs, equal_nan=not isinstance(ours, list))


def test_typed_bytes():
    # An Example of one feature "a" with the float 1.0, as `protoc --encode` writes it.
    message = bytes.fromhex("0a0f 0a0d 0a0161 1208 1206 0a04 0000803f")
    assert {name: values.tolist() for name, values in parsed(message).items()} == {"a": [1.0]}
    assert parsed(b"") == {}


def test_the_three_kinds():
    values = parsed(example({"s": ["PC", ""], "f": [1.5, -2.0], "i": [3, -1, 2**40]}))
    assert values["s"] == [b"PC", b""]
    assert values["f"].dtype == np.float32
    assert values["f"].tolist() == [1.5, -2.0]
    assert values["i"].dtype == np.int64
    assert values["i"].tolist() == [3, -1, 2**40]


def test_lists_that_are_not_packed():
    floats = b"".join(b"\x0d" + np.float32(x).tobytes() for x in (1.5, -2.0))
    whole = b"".join(b"\x08" + varint(x) for x in (7, -7))
    values = parsed(example({"f": field(2, floats), "i": field(3, whole)}))
    assert values["f"].tolist() == [1.5, -2.0]
    assert values["i"].tolist() == [7, -7]


def test_the_last_of_two_wins_and_equal_kinds_join():
    one, two = feature([1.0, 2.0]), feature([3.0])
    assert read_values(memoryview(one + two)).tolist() == [1, 2, 3]
    assert read_values(memoryview(one + feature("PC"))) == [b"PC"]
    assert read_values(memoryview(b"")) is None
    twice = example({"a": one}) + example({"a": two})
    assert parsed(twice)["a"].tolist() == [3]


def test_foreign_fields_are_passed_over():
    foreign = b"\x10\x05" + b"\x19" + bytes(8) + b"\x25" + bytes(4) + field(9, b"\xff")
    assert parsed(foreign + example({"a": foreign + feature(5)}))["a"].tolist() == [5]


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.text(max_size=8), FEATURE, max_size=6))
def test_what_tensorflow_writes_is_read_alike(features):
    import tensorflow as tf

    def listed(values):
        if isinstance(values[0], str):
            texts = [text.encode() for text in values]
            return tf.train.Feature(bytes_list=tf.train.BytesList(value=texts))
        if isinstance(values[0], int):
            return tf.train.Feature(int64_list=tf.train.Int64List(value=values))
        return tf.train.Feature(float_list=tf.train.FloatList(value=values))

    message = tf.train.Example(
        features=tf.train.Features(feature={name: listed(v) for name, v in features.items()})
    ).SerializeToString()
    ours, theirs = parsed(message), by_tensorflow(message)
    assert ours.keys() == theirs.keys() == features.keys()
    assert all(same(ours[name], theirs[name]) for name in ours)


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        (b"\x0a", "a whole number does not end"),
        (b"\x0a\x05ab", "a field of 5 bytes has only 2 left"),
        (b"\x0a" + varint(2**63), f"a field of {2**63} bytes has only 0 left"),
        (b"\x00\x01", "a field has the number 0"),
        (b"\x0b", "a field has the wire type 3"),
        (b"\x0f", "a field has the wire type 7"),
        (b"\x0d\x01\x02", "a field of 4 bytes has only 2 left"),
        (b"\x09\x01\x02", "a field of 8 bytes has only 2 left"),
        (b"\xff" * 11, "a whole number does not end"),
        (b"\x08" + b"\xff" * 10, "a whole number does not end"),
        (field(1, field(1, field(1, b"\xff\xfe"))), "the name of a feature is no UTF-8 text"),
        (example({"a": field(2, field(1, bytes(6)))}), "a list of floats has 6 bytes"),
        (example({"a": field(3, field(1, b"\x80"))}), "a whole number does not end"),
        (example({"a": b"\x0a\x09"}), "a field of 9 bytes has only 0 left"),
        (b"Disposition,tic_id\n", "a field has"),
    ],
)
def test_garbage_is_one_sentence(message, sentence):
    with pytest.raises(DamagedExample, match=f"^{sentence}"):
        parsed(message)


def test_mutated_examples_never_end_in_another_error():
    """What both parsers accept they read alike; ours never fails in any other way."""
    rng = random.Random(5)
    whole = example({"label": "PC", "view": [1.0, 2.5, -3.0], "star": [10005000384]})
    read = 0
    for _ in range(3000):
        message = bytearray(whole)
        for _ in range(rng.randint(1, 3)):
            message[rng.randrange(len(message))] = rng.randrange(256)
        message = bytes(message[: rng.randint(len(message) - 3, len(message))])
        try:
            ours = parsed(message)
        except DamagedExample:
            continue
        theirs = by_tensorflow(message)
        if theirs is not None:
            read += 1
            # Protocol Buffers puts an entry with foreign fields aside whole; here they are skipped.
            assert theirs.keys() <= ours.keys()
            assert all(same(ours[name], theirs[name]) for name in theirs), message.hex()
    assert read > 100
