"""Labels dealt out anew among the stars: what can be learned from them is nothing but a leak."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.splits import PARTS, Fold

TRIES = 200
Labels = NDArray[np.int8]


def canary_rows(
    labels: Labels, stars: NDArray[np.str_], *, most_rows: int, seed: int
) -> NDArray[np.bool_]:
    """Rows of some whole stars: all of them, or of large data as many as `most_rows` allows.

    Planets are rare: stars with one are taken first, up to half of the rows.

    Args:
        labels: Shape (n,).
        stars: Shape (n,).
        most_rows: How many rows there may be.
        seed: Of the choice.

    Returns:
        Shape (n,).
    """
    if len(labels) <= most_rows:
        return np.ones(len(labels), bool)
    names, star = np.unique(stars, return_inverse=True)
    size = np.bincount(star)
    order = np.random.default_rng(seed).permutation(len(names))
    hosts = np.bincount(star, weights=labels == 1) > 0
    chosen = np.zeros(len(names), bool)
    for mine, room in ((order[hosts[order]], most_rows // 2), (order[~hosts[order]], most_rows)):
        within = size[chosen].sum() + np.cumsum(size[mine]) <= room
        chosen[mine[within]] = True
    return np.asarray(chosen[star])


def permuted_labels(
    labels: Labels, stars: NDArray[np.str_], folds: Sequence[Fold], *, seed: int
) -> Labels | None:
    """Labels of which a star has one, dealt out anew among the stars of each test fold.

    A star keeps its new label wherever it stands, so that a star on two sides of a fold still gives
    itself away. Every test fold keeps its number of stars with a planet, and its labels are drawn
    apart from all others: they tell nothing of one another.

    Args:
        labels: Shape (n,).
        stars: Shape (n,).
        folds: Of one repeat.
        seed: Of the permutation.

    Returns:
        Shape (n,); None where after many tries some part of a fold still lacks one class.
    """
    names, star = np.unique(stars, return_inverse=True)
    hosts = np.bincount(star, weights=labels == 1) > 0
    tested_in = np.full(len(names), -1)
    for number, fold in enumerate(folds):
        tested_in[star[fold.test]] = number
    rng = np.random.default_rng(seed)
    for _ in range(TRIES):
        dealt = np.empty(len(names), np.int8)
        for group in np.unique(tested_in):
            members = np.flatnonzero(tested_in == group)
            dealt[members] = rng.permutation(hosts[members])
        permuted = dealt[star]
        if all(_both_classes(permuted[getattr(fold, part)]) for fold in folds for part in PARTS):
            return permuted
    return None


def _both_classes(labels: Labels) -> bool:
    return bool(labels.any() and not labels.all())
