"""Looks for what must not stand on two sides of a fold: a star, or one curve under two names."""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.row_parts import row_parts
from kepler_keras.data.splits import PARTS, Fold
from kepler_keras.diagnostics import EqualCurves, SharedStar, SplitFaults

SHOWN = 10  # of each kind; the rest is counted
BLOCKS = 64  # of a curve, whose order by brightness tells curves apart: 64! orders
FEWEST_COLUMNS = 16  # of fewer columns some orders would agree by chance


def split_faults(curves: LightCurves, folds: Iterable[Fold]) -> SplitFaults:
    """Looks through all folds; nothing here trusts that they were drawn by star."""
    folds = tuple(folds)
    shared = _shared_stars(curves, folds)
    equal = _parted(equal_curves(curves.flux), curves, folds)
    return SplitFaults(
        n_shared=len({one.star for one in shared}),
        shared=shared[:SHOWN],
        n_equal=len(equal),
        equal=[
            EqualCurves(stars=curves.stars[rows].tolist(), labels=curves.labels[rows].tolist())
            for rows in equal[:SHOWN]
        ],
    )


def _shared_stars(curves: LightCurves, folds: Iterable[Fold]) -> list[SharedStar]:
    """Stars that stand in two parts of a fold, by fold and name."""
    found = []
    for fold in folds:
        stars = {part: np.unique(curves.stars[getattr(fold, part)]) for part in PARTS}
        names, n_parts = np.unique(np.concatenate(list(stars.values())), return_counts=True)
        for star in names[n_parts > 1].tolist():
            parts = [part for part in PARTS if star in stars[part]]
            found.append(SharedStar(star=star, repeat=fold.repeat, fold=fold.fold, parts=parts))
    return found


def equal_curves(flux: NDArray[np.float32]) -> list[NDArray[np.intp]]:
    """Groups of two or more rows of one shape, whatever their level, scale and last digits.

    A curve is cut into blocks, and told by the order of their means from the faintest to the
    brightest. That is the same for a curve that was shifted, scaled or rounded. Curves that are
    flat or have fewer than `FEWEST_COLUMNS` columns are passed over.

    Args:
        flux: Shape (n, n_columns), NaN in gaps.
    """
    n_columns = flux.shape[1]
    if n_columns < FEWEST_COLUMNS:
        return []
    n_blocks = min(BLOCKS, n_columns)
    starts = np.linspace(0, n_columns, n_blocks, endpoint=False).astype(np.intp)
    rows_of = defaultdict(list)
    for part in row_parts(flux):
        for row, means in enumerate(_block_means(flux[part], starts), start=part.start):
            if len(np.unique(means)) == n_blocks:  # ties would be put in the order of the blocks
                rows_of[np.argsort(means).astype(np.uint8).tobytes()].append(row)
    return [np.array(rows, np.intp) for rows in rows_of.values() if len(rows) > 1]


def _block_means(flux: NDArray[np.float32], starts: NDArray[np.intp]) -> NDArray[np.float64]:
    """Mean of what is known in each block, shape (n, blocks); those without are lowest, in turn."""
    known = np.isfinite(flux)
    sums = np.add.reduceat(np.where(known, flux, 0.0), starts, axis=1, dtype=np.float64)
    counts = np.add.reduceat(known, starts, axis=1, dtype=np.int64)
    unknown = np.tile(-1e30 * np.arange(1.0, len(starts) + 1), (len(flux), 1))
    return np.asarray(np.divide(sums, counts, out=unknown, where=counts > 0))


def _parted(
    groups: list[NDArray[np.intp]], curves: LightCurves, folds: tuple[Fold, ...]
) -> list[NDArray[np.intp]]:
    """The groups of which two stars stand in different parts of a fold."""
    if not groups:
        return []
    found = {}
    for fold in folds:
        part_of = np.full(len(curves), -1)
        for number, part in enumerate(PARTS):
            part_of[getattr(fold, part)] = number
        for number, rows in enumerate(groups):
            used = part_of[rows] >= 0
            if len(np.unique(part_of[rows][used])) > 1 and len(np.unique(curves.stars[rows])) > 1:
                found[number] = rows
    return [found[number] for number in sorted(found)]
