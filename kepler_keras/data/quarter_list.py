"""Quarters of many stars as they are read; what is too much for memory goes to a file."""

from dataclasses import replace

import numpy as np

from kepler_keras.data.flux_rows import LARGEST_IN_MEMORY, ScratchFile
from kepler_keras.data.light_curve_file import Quarter

NOTHING = np.empty(0, np.float32)


class QuarterList:
    """Takes quarters and gives them back, their flux in memory or mapped.

    Args:
        most: Bytes of flux that are held in memory at a time.
    """

    def __init__(self, most: int = LARGEST_IN_MEMORY) -> None:
        self._most, self._held, self._n_written = most, 0, 0
        self._quarters: list[Quarter] = []
        self._places: list[slice] = []  # in the file, of the first quarters
        self._file: ScratchFile | None = None

    def __len__(self) -> int:
        return len(self._quarters)

    def add(self, quarter: Quarter) -> None:
        """Takes a quarter.

        Raises:
            RunError: The disk is full.
        """
        self._quarters.append(quarter)
        self._held += quarter.flux.nbytes
        if self._held > self._most:
            self._write()

    def _write(self) -> None:
        """Writes what is in memory behind what is in the file."""
        self._file = self._file or ScratchFile()
        for place in range(len(self._places), len(self._quarters)):
            quarter = self._quarters[place]
            self._file.add(quarter.flux)
            after = self._n_written + len(quarter.flux)
            self._places.append(slice(self._n_written, after))
            self._n_written = after
            self._quarters[place] = replace(quarter, flux=NOTHING)
        self._held = 0

    def quarters(self) -> list[Quarter]:
        """All of them, in the order they came.

        Raises:
            RunError: The disk is full.
        """
        if self._file is None:
            return self._quarters
        self._write()
        values = self._file.values()
        return [
            replace(quarter, flux=values[place])
            for quarter, place in zip(self._quarters, self._places, strict=True)
        ]
