"""What is kept comes back bit for bit: every part that a result can hold, and nothing else."""

import dataclasses
import io
import typing
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

import numpy as np
import pytest
from pydantic import BaseModel

from kepler_keras.durable.codec import CodecError, field_names, head_of, pack, parts_of, unpack
from kepler_keras.training.cross_validation import FoldOutcome, run_fold, run_refit

RESULTS = get_type_hints(run_fold)["return"], get_type_hints(run_refit)["return"]
AWKWARD = (0.1 + 0.2, float("nan"), float("-inf"), -0.0, 5e-324)
ARRAYS = (
    np.array([np.nan, -0.0, 1e-45], np.float32),
    np.array([[1.5, -np.inf], [0.1, 2.0]]),
    np.asfortranarray(np.arange(6, dtype=np.int64).reshape(2, 3)),
    np.array([], np.int8),
)


class Making:
    """Values of any type, the next one other than the last."""

    def __init__(self):
        self.number = -1

    def of(self, hint):
        self.number += 1
        kind, args = get_origin(hint) or hint, get_args(hint)
        if kind is typing.Annotated:
            return self.of(args[0])
        if kind is Literal:
            return args[self.number % len(args)]
        if kind is typing.Union or type(hint).__name__ == "UnionType":
            return self.of(args[self.number % len(args)])
        if kind is np.ndarray or hint is np.ndarray:
            return ARRAYS[self.number % len(ARRAYS)]
        if kind is tuple and args[-1] is not Ellipsis:
            return tuple(map(self.of, args))
        if kind in (list, tuple):
            return kind(self.of(args[0]) for _ in range(2))
        if isinstance(kind, type) and issubclass(kind, Mapping):
            return {self.of(args[0]): self.of(args[1]) for _ in range(2)}
        plain = {
            str: f"text {self.number} é",
            int: self.number,
            float: AWKWARD[self.number % len(AWKWARD)],
            bool: bool(self.number % 2),
            type(None): None,
            Any: self.number,
        }
        return plain[kind] if kind in plain else self.part(kind)

    def part(self, kind):
        fields = {name: self.of(hint) for name, hint in hints_of(kind).items()}
        return kind.model_construct(**fields) if issubclass(kind, BaseModel) else kind(**fields)


def hints_of(kind):
    hints = get_type_hints(kind)
    is_model = issubclass(kind, BaseModel)
    names = kind.model_fields if is_model else [one.name for one in dataclasses.fields(kind)]
    return {name: hints[name] for name in names}


def same(one, other):
    """Types, values and bits alike."""
    assert type(one) is type(other)
    if isinstance(one, np.ndarray | np.generic):
        assert (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())
    elif isinstance(one, float):
        assert np.float64(one).tobytes() == np.float64(other).tobytes() or one != one != other
    elif isinstance(one, Mapping):
        assert list(one) == list(other)
        for key, value in one.items():
            same(value, other[key])
    elif isinstance(one, list | tuple):
        assert len(one) == len(other)
        for each, twin in zip(one, other, strict=True):
            same(each, twin)
    elif isinstance(one, BaseModel) or dataclasses.is_dataclass(one):
        for name in field_names(one):
            same(getattr(one, name), getattr(other, name))
    else:
        assert one == other


PARTS = {name: kind for result in RESULTS for name, kind in parts_of(result).items()}


@pytest.mark.parametrize("name", sorted(PARTS))
@pytest.mark.parametrize("start", range(3))
def test_every_part_of_every_result_comes_back_as_it_was(name, start):
    making = Making()
    making.number = start
    value = making.part(PARTS[name])
    same(unpack(pack(value, PARTS[name]), PARTS[name]), value)


def test_the_parts_are_those_of_the_results():
    assert {"FoldOutcome", "MemberFit", "PartScores", "Portrait", "LayerCard"} <= set(PARTS)


def test_equal_values_give_equal_bytes():
    made = [Making().part(FoldOutcome) for _ in range(2)]
    first, second = (pack(one, FoldOutcome) for one in made)
    assert first == second


@pytest.mark.parametrize(
    "value",
    [
        {1: "a", "1": "b", (2, 3): [None, True]},
        (),
        [[], ()],
        np.float32(0.1),
        np.int64(-1),
        np.array(["ab", "c"]),
        {"$": "part", "part": "FoldOutcome"},
        2**80,
    ],
    ids=repr,
)
def test_plain_values_come_back_with_their_types(value):
    same(unpack(pack(value, str), str), value)


@dataclass(frozen=True)
class Stranger:
    x: int


@pytest.mark.parametrize(
    "value",
    [Stranger(1), {1, 2}, object(), b"x", np.array([None])],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_part_of_the_result_is_refused(value):
    with pytest.raises(CodecError, match="a result must not hold a"):
        pack([value], FoldOutcome)


def test_a_file_cannot_name_a_class_that_the_result_has_not():
    content = pack(Stranger(1), Stranger)
    with pytest.raises(CodecError, match="no kept result: 'Stranger'"):
        unpack(content, FoldOutcome)


def test_damage_anywhere_is_seen():
    value = Making().part(FoldOutcome)
    content = pack(value, FoldOutcome)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        places = [one.header_offset + 60 for one in archive.infolist() if one.file_size > 60]
    assert len(places) > 2
    for place in places:
        bad = bytearray(content)
        bad[place] ^= 1
        with pytest.raises(CodecError):
            unpack(bytes(bad), FoldOutcome)
    with pytest.raises(CodecError):
        unpack(content[:-30], FoldOutcome)


def test_no_damage_ends_in_another_error(tmp_path):
    """A bit anywhere: in a name, a length, the method of compression, a checksum."""
    value = Making().part(FoldOutcome)
    content, path = pack(value, FoldOutcome), tmp_path / "one.fit"
    for place in range(0, len(content), 1 + len(content) // 2000):
        bad = bytearray(content)
        bad[place] ^= 0x40
        path.write_bytes(bad)
        with suppress(CodecError):
            unpack(bytes(bad), FoldOutcome)
        with suppress(CodecError):
            head_of(path)
    unknown = bytearray(content)
    unknown[content.find(b"PK\x01\x02") + 10] ^= 0x40  # the method of compression
    with pytest.raises(CodecError):
        unpack(bytes(unknown), FoldOutcome)
