"""Rows of flux as they come: kept in memory where they are few, else in a file that has no name.

The file is gone with the process that made it, however that ends.
"""

import hashlib
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any
from weakref import finalize

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.cache import cache_folder
from kepler_keras.disk import disk_errors
from kepler_keras.errors import RunError

LARGEST_IN_MEMORY = 256 << 20  # bytes of flux
SCRATCH = "scratch"  # folder of the cache
KEPT = "KEPLER_KERAS_CACHE names another folder for large flux"

Flux = NDArray[np.float32]


@dataclass(frozen=True)
class FluxDigest:
    """The sha256 of the bytes of one array, as who wrote them down knows it.

    It counts for that very array only, and only while nobody can write to it: curves with other
    flux may carry it along unharmed.
    """

    flux: Flux
    sha256: str

    def describes(self, flux: Flux) -> bool:
        """Whether it may stand in for the bytes of `flux`."""
        return flux is self.flux and not flux.flags.writeable


class ScratchFile:
    """A file without a name in the folder of the cache, which may be larger than memory."""

    def __init__(self) -> None:
        try:
            self.folder = cache_folder() / SCRATCH
        except OSError as error:
            raise RunError(f"{KEPT}: {error.strerror}") from error
        with disk_errors(self.folder, kept=KEPT):
            self.folder.mkdir(parents=True, exist_ok=True)
            self._file = TemporaryFile(dir=self.folder)  # noqa: SIM115 (closed below)
        finalize(self, self._file.close)

    def add(self, flux: Flux) -> None:
        """Writes values behind those that are there.

        Raises:
            RunError: The disk is full.
        """
        with disk_errors(self.folder, kept=KEPT):
            self._file.write(np.ascontiguousarray(flux, np.float32).data)

    def values(self) -> Flux:
        """All values, shape (n,), mapped; nobody can write to them.

        Raises:
            RunError: The disk is full.
        """
        with disk_errors(self.folder, kept=KEPT):
            self._file.flush()
            mapped = np.memmap(self._file, np.float32, mode="r")
        self._file.close()  # what is mapped stays
        return mapped.view(np.ndarray)


class FluxRows:
    """Takes rows in turn and gives them back as one array.

    Args:
        n: Number of rows that will come.
        n_columns: Their length.
    """

    def __init__(self, n: int, n_columns: int) -> None:
        self._shape, self._n_added = (n, n_columns), 0
        self._large = 4 * n * n_columns > LARGEST_IN_MEMORY
        if self._large:
            self._file, self._digest = ScratchFile(), hashlib.sha256()
        else:
            self._flux = np.empty(self._shape, np.float32)

    def add(self, flux: NDArray[Any]) -> None:
        """Takes rows, shape (k, n_columns), of any floating type.

        Raises:
            RunError: The disk is full.
        """
        if self._large:
            rows = np.ascontiguousarray(flux, np.float32)
            self._file.add(rows)
            self._digest.update(rows.data)
        else:
            self._flux[self._n_added : self._n_added + len(flux)] = flux
        self._n_added += len(flux)

    def flux(self) -> tuple[Flux, FluxDigest | None]:
        """All rows, and their digest where they are mapped from a file.

        Raises:
            RunError: The disk is full.
        """
        if self._n_added != self._shape[0]:
            raise ValueError(f"{self._shape[0]} rows were announced, {self._n_added} came")
        if not self._large:
            return self._flux, None
        flux = self._file.values().reshape(self._shape)
        return flux, FluxDigest(flux, self._digest.hexdigest())


def taken_rows(flux: Flux, index: NDArray[np.intp]) -> tuple[Flux, FluxDigest | None]:
    """The rows at `index`, in that order, as `FluxRows.flux` gives them."""
    if 4 * len(index) * flux.shape[1] <= LARGEST_IN_MEMORY:
        return flux[index], None
    rows = FluxRows(len(index), flux.shape[1])
    for row in index:
        rows.add(flux[row : row + 1])
    return rows.flux()
