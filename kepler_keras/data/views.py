"""What an entry sees of each example: one array a view, the rows of all of them alike.

Views may be larger than memory. Whatever is asked for by `[rows]` is read; `at` names rows without
reading them, and whoever goes over those takes a part at a time.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

AT_ONCE = 2**27  # bytes of rows that are read once and kept: all of a fold of most data
A_PART = 2**24  # bytes of rows that are read at a time where there are more


@dataclass(frozen=True)
class Views:
    """The views of some examples, by name, in the entry's order.

    Attributes:
        arrays: Curves (n, length, channels), images (n, rows, bins, channels) or features (n, k),
            often memory maps or `UnreadRows`, which are read where rows of them are asked for.
    """

    arrays: Mapping[str, Array]

    def __post_init__(self) -> None:
        if len({len(array) for array in self.arrays.values()}) != 1:
            lengths = {name: len(array) for name, array in self.arrays.items()}
            raise ValueError(f"views of equally many examples are needed, got {lengths}")

    def __len__(self) -> int:
        return len(next(iter(self.arrays.values())))

    def __getitem__(self, rows: Any) -> "Views":
        """The rows of an index array, a mask or a slice."""
        return Views({name: array[rows] for name, array in self.arrays.items()})

    def at(self, rows: NDArray[Any]) -> "Views":
        """The rows of an index array: read now if they are few, else when they are asked for."""
        if len(rows) * self.row_bytes <= AT_ONCE:
            return self[rows]
        return Views({name: _unread(array, rows) for name, array in self.items()})

    def parts(self) -> Iterator["Views"]:
        """All examples in turn, read: together if they are few, else some at a time."""
        few = len(self) * self.row_bytes <= AT_ONCE
        size = max(len(self) if few else A_PART // self.row_bytes, 1)
        for start in range(0, max(len(self), 1), size):
            yield self[start : start + size]

    def changed(self, changes: Mapping[str, Callable[[Array], Array]]) -> "Views":
        """Views of which some are changed, each row by itself; unread rows as they are read."""
        arrays = dict(self.arrays)
        for name, change in changes.items():
            array = arrays[name]
            unread = isinstance(array, UnreadRows)
            arrays[name] = _unread(array, np.arange(len(self)), change) if unread else change(array)
        return Views(arrays)

    def items(self) -> Iterator[tuple[str, Array]]:
        """Name and array of each view, in order."""
        yield from self.arrays.items()

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of one example of each view."""
        return {name: tuple(array.shape[1:]) for name, array in self.arrays.items()}

    @property
    def row_bytes(self) -> int:
        """What an example takes of the memory."""
        return 4 * sum(prod(shape) for shape in self.shapes.values())

    @property
    def single(self) -> Array:
        """The array of the only view.

        Raises:
            ValueError: There are several.
        """
        (array,) = self.arrays.values()
        return array

    def flat(self) -> Array:
        """All values of each example side by side, shape (n, d)."""
        rows = [np.asarray(array).reshape(len(self), -1) for array in self.arrays.values()]
        return rows[0] if len(rows) == 1 else np.concatenate(rows, axis=1)

    def as_input(self) -> Array | dict[str, Array]:
        """What a Keras model with an input of each view's name takes."""
        return self.single if len(self.arrays) == 1 else dict(self.arrays)


def one_view(array: Array, name: str = "view") -> Views:
    """The views of examples that have only one."""
    return Views({name: array})


@dataclass(frozen=True)
class UnreadRows:
    """Rows of an array that are read when some of them are asked for.

    Attributes:
        array: Has `shape`, `dtype`, `ndim` and a length, and gives its rows by `[rows]`.
        rows: An index array, shape (n,).
        change: What becomes of rows once they are read.
    """

    array: Any
    rows: NDArray[Any]
    change: Callable[[Array], Array] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, part: Any) -> Array:
        read: Array = self.array[self.rows[part]]
        return read if self.change is None else self.change(read)

    @property
    def shape(self) -> tuple[int, ...]:
        """As of an array of these rows."""
        return (len(self.rows), *self.array.shape[1:])

    @property
    def ndim(self) -> int:
        """As of an array of these rows."""
        return len(self.shape)

    @property
    def dtype(self) -> np.dtype[np.float32]:
        """As of an array of these rows."""
        return np.dtype(np.float32)


def _unread(
    array: Array, rows: NDArray[Any], change: Callable[[Array], Array] | None = None
) -> Array:
    return cast(Array, UnreadRows(array, rows, change))  # an array to whoever asks for its rows
