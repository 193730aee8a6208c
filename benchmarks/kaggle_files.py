"""Writes files of the Kaggle set's layout and shape; the set itself cannot be shipped."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

N_COLUMNS = 3197  # of flux
FILES = {"exoTrain.csv": (5087, 37), "exoTest.csv": (570, 5)}  # rows, hosts


def write_file(
    path: Path, *, flux: NDArray[np.float32], labels: NDArray[np.int8], spelling: str = "%.2f"
) -> None:
    """Writes one file: label 2 for hosts, hosts first, each number in the spelling given."""
    n_columns = flux.shape[1]
    line = ",".join(["%d", *[spelling] * n_columns]) + "\n"
    with path.open("w", encoding="ascii") as file:
        file.write(",".join(["LABEL", *(f"FLUX.{i + 1}" for i in range(n_columns))]) + "\n")
        for row in np.argsort(labels == 0, kind="stable"):
            file.write(line % (labels[row] + 1, *flux[row].tolist()))
