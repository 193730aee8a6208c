"""Scalars that give the label away: they are refused by name, and by what they hold."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kepler_keras.errors import InputError

# Ids and row numbers are no better than labels: catalogues number planets apart from the rest.
LABEL_LIKE = re.compile(
    r"label|class|dispos|score|flag|comment|pred|truth|target|vet(ted|ting)?(_|$)|training_set"
    r"|kepid|kepoi|kepler_name|row_?id|(^|_)ids?(_|$)",
    re.IGNORECASE,
)
MOST_CODES = 10  # distinct values of a column that looks like a code
FEWEST_ROWS = 100  # below this a few values may agree with the label by chance


def check_scalar_names(names: Sequence[str], *, place: str) -> None:
    """Refuses names of labels, verdicts and ids, and names that come twice.

    Raises:
        InputError: The sentence begins with `place`.
    """
    for name in names:
        if LABEL_LIKE.search(name):
            raise InputError(
                f"{place}: {name!r} is a label, a verdict or an id: it may not be an input"
            )
        if names.count(name) > 1:
            raise InputError(f"{place}: {name!r} is named {names.count(name)} times")


def check_scalar_values(
    names: Sequence[str], values: NDArray[np.float32], labels: NDArray[np.int8], *, place: str
) -> None:
    """Refuses a column of a few values each of which stands for one class alone.

    Args:
        names: One a column.
        values: Shape (n, len(names)); NaN counts as one value.
        labels: Shape (n,).
        place: What the sentence begins with.

    Raises:
        InputError: A column is a label under another name.
    """
    if len(labels) < FEWEST_ROWS:
        return
    for name, column in zip(names, values.T, strict=True):
        codes, index = np.unique(column, return_inverse=True)
        planets = np.bincount(index, weights=labels == 1)
        pure = np.isin(planets / np.bincount(index), (0.0, 1.0)).all()
        if pure and 1 < len(codes) <= MOST_CODES:
            raise InputError(
                f"{place}: {name!r} has {len(codes)} values, and each stands for one class alone: "
                "it is the label under another name"
            )
