"""What an entry sees of each example: one array a view, the rows of all of them alike."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Views:
    """The views of some examples, by name, in the entry's order.

    Attributes:
        arrays: Curves (n, length, channels), images (n, rows, bins, channels) or features (n, k),
            often memory maps.
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

    def items(self) -> Iterator[tuple[str, Array]]:
        """Name and array of each view, in order."""
        yield from self.arrays.items()

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of one example of each view."""
        return {name: tuple(array.shape[1:]) for name, array in self.arrays.items()}

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
