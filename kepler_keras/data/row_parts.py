"""Large arrays, looked at a few rows at a time: no temporary array is ever as large as they are."""

from collections.abc import Iterator
from typing import Any

from numpy.typing import NDArray

PART_BYTES = 8 << 20


def row_parts(array: NDArray[Any], *, part_bytes: int = PART_BYTES) -> Iterator[slice]:
    """Slices of rows of at most `part_bytes`, or of one row, that make up the array in order."""
    n, size = len(array), array.nbytes
    each = max(part_bytes * n // size, 1) if size else max(n, 1)
    for start in range(0, n, each):
        yield slice(start, min(start + each, n))
