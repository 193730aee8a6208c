"""How many rows of each class there are, and how many a remedy asks for."""

from typing import Annotated

import numpy as np
from pydantic import Field

from kepler_keras.data.imbalance.strategy import Labels
from kepler_keras.errors import InputError

# Planets to each other row.
Ratio = Annotated[float, Field(gt=0, le=1)]


def class_counts(labels: Labels) -> tuple[int, int]:
    """Planets and others."""
    n_planets = int(np.count_nonzero(labels))
    return n_planets, len(labels) - n_planets


def log_odds(labels: Labels) -> float:
    """Log of planets to others."""
    n_planets, n_others = class_counts(labels)
    return float(np.log(n_planets / n_others))


def check_classes(labels: Labels) -> None:
    """Refuses rows of one class, which nothing can be learned from.

    Raises:
        InputError: Planets or others are missing.
    """
    n_planets, n_others = class_counts(labels)
    if not n_planets or not n_others:
        raise InputError(
            f"both classes are needed among the training rows, got {n_planets} planets and "
            f"{n_others} others"
        )


def check_ratio(labels: Labels, ratio: float) -> None:
    """Refuses a ratio that could only be reached by doing the opposite of the remedy.

    Raises:
        InputError: There are more than `ratio` planets to each other row already.
    """
    n_planets, n_others = class_counts(labels)
    if n_planets / n_others > ratio:
        raise InputError(
            f"the training rows hold {n_planets} planets and {n_others} others already, which is "
            f"above ratio = {ratio}"
        )


def planets_wanted(labels: Labels, ratio: float) -> int:
    """Planets when there are `ratio` of them to each other row, no fewer than there are.

    Raises:
        InputError: There are more than that already.
    """
    check_ratio(labels, ratio)
    n_planets, n_others = class_counts(labels)
    return max(n_planets, round(n_others * ratio))
