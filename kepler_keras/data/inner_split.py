"""A second split inside the training part of a fold, by star, for what is chosen by trying."""

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.splits import draw_stars, stars_by_class
from kepler_keras.errors import InputError

Rows = NDArray[np.int64]


def inner_split(rows: Rows, curves: LightCurves, *, share: float, seed: int) -> tuple[Rows, Rows]:
    """Sets a share of the stars of each class aside.

    Args:
        rows: Training rows of a fold.
        curves: Stars and labels of all rows.
        share: Of the stars of each class, below a half.
        seed: Of the draw.

    Returns:
        Rows that remain and rows set aside, each ascending.

    Raises:
        InputError: A class has a single star, so that one of the two would lack it.
    """
    stars, positive = stars_by_class(curves.stars[rows], curves.labels[rows])
    generator = np.random.default_rng(seed)
    aside = []
    for kind, name in ((True, "positive"), (False, "negative")):
        of_kind = stars[positive == kind]
        if len(of_kind) < 2:
            raise InputError(
                f"tuning: a fold's training part must hold at least two {name} stars, "
                f"got {len(of_kind)}"
            )
        aside.append(draw_stars(of_kind, share, generator))
    is_aside = np.isin(curves.stars[rows], np.concatenate(aside))
    return rows[~is_aside], rows[is_aside]
