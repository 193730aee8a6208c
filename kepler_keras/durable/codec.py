"""Results as one file and back, bit for bit: JSON for the shape of a result, `.npy` for its arrays.

Nothing is pickled. A file names no module: a class is found again by its name among those that the
annotation of the result leads to, and nothing else can be made of a file.
"""

import dataclasses
import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import numpy as np
from pydantic import BaseModel

KIND = "$"  # marks what JSON alone cannot say: no field has such a name
HEAD = "result.json"
# What zipfile, zlib, json and NumPy say of bytes that are not what they were.
DAMAGED = (
    zipfile.BadZipFile, zlib.error,
    EOFError, KeyError, OSError, RuntimeError, TypeError, ValueError,
)  # fmt: skip
PLAIN = (str, bool, int, float, type(None))  # JSON keeps these as they are, NaN included


class CodecError(ValueError):
    """A value that cannot be kept, or bytes that no value was kept in."""


@cache
def parts_of(annotation: Any) -> Mapping[str, type]:
    """The dataclasses and pydantic models that a result can consist of, by name.

    Args:
        annotation: A type: ``FoldOutcome | str``.

    Raises:
        CodecError: Two of them have the same name.
    """
    found: dict[str, type] = {}
    waiting = [annotation]
    while waiting:
        one = waiting.pop()
        waiting += [arg for arg in get_args(one) if not isinstance(arg, str)]
        kind = get_origin(one) or one
        if not _is_part(kind) or found.get(kind.__name__) is kind:
            continue
        if kind.__name__ in found:
            raise CodecError(f"two parts of {annotation} are called {kind.__name__}")
        found[kind.__name__] = kind
        waiting += get_type_hints(kind).values()
    return found


def _is_part(kind: Any) -> bool:
    if not isinstance(kind, type):
        return False
    return dataclasses.is_dataclass(kind) or (issubclass(kind, BaseModel) and kind is not BaseModel)


def field_names(part: Any) -> list[str]:
    """Names of the fields of a dataclass or a pydantic model, in order."""
    if dataclasses.is_dataclass(part):
        return [one.name for one in dataclasses.fields(part)]
    return list(type(part).model_fields)


def pack(value: Any, annotation: Any) -> bytes:
    """A value as the bytes of a file.

    Args:
        value: Parts, arrays, mappings, lists, tuples, strings and numbers in one another.
        annotation: Its type, as the function that gives it states it.

    Raises:
        CodecError: Something in it is none of these.
    """
    arrays: list[np.ndarray[Any, Any]] = []
    head = json.dumps(_Packer(parts_of(annotation), arrays).plain(value))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:  # stored; each member has a checksum
        archive.writestr(_member(HEAD), head)
        for number, array in enumerate(arrays):
            content = io.BytesIO()
            np.save(content, array, allow_pickle=False)
            archive.writestr(_member(f"{number}.npy"), content.getvalue())
    return target.getvalue()


def _member(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name)  # of a fixed date, so that equal values give equal bytes


@dataclasses.dataclass(frozen=True)
class _Packer:
    """Makes JSON of a value and collects its arrays."""

    parts: Mapping[str, type]
    arrays: list[np.ndarray[Any, Any]]

    def plain(self, value: Any) -> Any:
        if type(value) in PLAIN:
            return value
        if isinstance(value, np.ndarray | np.generic):
            return self._array(value)
        if isinstance(value, Mapping):
            items = [[self.plain(key), self.plain(one)] for key, one in value.items()]
            return {KIND: "dict", "items": items}
        if isinstance(value, tuple):
            return {KIND: "tuple", "items": [self.plain(one) for one in value]}
        if isinstance(value, list):
            return [self.plain(one) for one in value]
        if self.parts.get(type(value).__name__) is type(value):
            fields = {name: self.plain(getattr(value, name)) for name in field_names(value)}
            return {KIND: "part", "part": type(value).__name__, "fields": fields}
        raise CodecError(f"a result must not hold a {type(value).__name__}, got {value!r:.80}")

    def _array(self, value: "np.ndarray[Any, Any] | np.generic") -> Any:
        array = np.asarray(value)
        if array.dtype.hasobject:
            raise CodecError(f"a result must not hold an array of objects, got {value!r:.80}")
        self.arrays.append(array)
        kind = "array" if isinstance(value, np.ndarray) else "scalar"
        return {KIND: kind, "number": len(self.arrays) - 1}


def unpack(content: bytes, annotation: Any) -> Any:
    """The value that `pack` made the bytes of.

    Raises:
        CodecError: The bytes are damaged, or were packed for another type.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            head = json.loads(archive.read(HEAD))
            return _value(head, parts_of(annotation), archive)
    except DAMAGED as error:
        raise CodecError(f"no kept result: {error}") from error


def head_of(path: Path) -> dict[str, Any]:
    """The JSON of a packed part, without its arrays.

    Raises:
        CodecError: There is no such file, or it is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            head: dict[str, Any] = json.loads(archive.read(HEAD))
    except DAMAGED as error:
        raise CodecError(f"{path}: no kept result: {error}") from error
    return head


def _value(plain: Any, parts: Mapping[str, type], archive: zipfile.ZipFile) -> Any:
    if isinstance(plain, list):
        return [_value(one, parts, archive) for one in plain]
    if not isinstance(plain, dict):
        return plain
    kind = plain[KIND]
    if kind in ("array", "scalar"):
        content = io.BytesIO(archive.read(f"{plain['number']}.npy"))
        array = np.load(content, allow_pickle=False)
        return array if kind == "array" else array[()]
    if kind == "dict":
        return {
            _value(key, parts, archive): _value(one, parts, archive) for key, one in plain["items"]
        }
    if kind == "tuple":
        return tuple(_value(one, parts, archive) for one in plain["items"])
    made = parts[plain["part"]]
    fields = {name: _value(one, parts, archive) for name, one in plain["fields"].items()}
    # As it was: it has been validated once, and validation may change what it lets through.
    return made.model_construct(**fields) if issubclass(made, BaseModel) else made(**fields)
