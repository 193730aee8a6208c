"""One record of a TFRecord file, asked for its features; an error says file and record."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.tf_example import DamagedExample, Values, read_features, read_values
from kepler_keras.data.tfrecord_file import read_records
from kepler_keras.errors import InputError, suggestion


@dataclass(frozen=True)
class ExampleRecord:
    """One Example.

    Attributes:
        place: File and record, counted from 1, for errors.
        features: By name, as bytes; they are read when they are asked for.
    """

    place: str
    features: dict[str, memoryview]

    def text(self, name: str) -> str:
        """A feature that is one text or one whole number, as text without blanks around it."""
        values = self._values(name)
        if isinstance(values, list) and len(values) == 1:
            try:
                if text := values[0].decode().strip():
                    return text
            except UnicodeDecodeError:
                pass
        elif isinstance(values, np.ndarray) and values.dtype == np.int64 and len(values) == 1:
            return str(values[0])
        raise self._wrong(name, "must be one text or one whole number", values)

    def number(self, name: str) -> float:
        """A feature that is one number; NaN where it is missing or empty."""
        values = self._values(name) if name in self.features else None
        if values is None or len(values) == 0:
            return float("nan")
        if isinstance(values, list) or len(values) > 1 or np.isinf(values[0]):
            raise self._wrong(name, "must be one number", values)
        return float(values[0])

    def curve(self, name: str) -> NDArray[np.float32]:
        """A feature that is two or more finite floats, shape (length,)."""
        values = self._values(name)
        if isinstance(values, list) or values is None or values.dtype != np.float32:
            raise self._wrong(name, "must be a list of floats", values)
        if len(values) < 2:
            raise self._wrong(name, "must have at least 2 bins", values)
        bad = np.flatnonzero(~np.isfinite(values))
        if len(bad):
            raise InputError(
                f"{self.place}: feature {name!r} must be finite, got {values[bad[0]]} in bin "
                f"{bad[0]} ({len(bad)} such bins in all)"
            )
        return values.astype(np.float32, copy=False)

    def _values(self, name: str) -> Values | None:
        if name not in self.features:
            help_text = suggestion(name, self.features) if self.features else "the record is empty"
            raise InputError(f"{self.place}: the feature {name!r} is missing; {help_text}")
        try:
            return read_values(self.features[name])
        except DamagedExample as error:
            raise InputError(f"{self.place}: feature {name!r} is damaged: {error}") from error

    def _wrong(self, name: str, rule: str, values: Values | None) -> InputError:
        return InputError(f"{self.place}: feature {name!r} {rule}, got {_described(values)}")


def read_examples(path: Path) -> Iterator[ExampleRecord]:
    """The records of a TFRecord file of Examples, in order.

    Raises:
        InputError: The file or a record is damaged.
    """
    for number, record in enumerate(read_records(path), start=1):
        place = f"{path}: record {number}"
        try:
            yield ExampleRecord(place, read_features(record))
        except DamagedExample as error:
            raise InputError(f"{place}: it is no tf.Example: {error}") from error


def _described(values: Values | None) -> str:
    """What came, in words: `'J'`, `201 floats`."""
    if values is None or len(values) == 0:
        return "no value"
    if isinstance(values, list):
        one = repr(values[0].decode(errors="replace"))
        return one if len(values) == 1 else f"{len(values)} texts"
    if len(values) == 1:
        return str(values[0])
    return f"{len(values)} {'floats' if values.dtype == np.float32 else 'whole numbers'}"
