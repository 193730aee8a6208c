"""A smaller version of a data set, for a run that only has to show that everything works."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.light_curves import LightCurves


def thin_stars(
    curves: LightCurves,
    *,
    n_stars: int,
    min_positive_stars: int,
    seed: int,
    test_stars: Collection[str] = (),
) -> LightCurves:
    """Keeps a seeded subset of the stars, with all their rows, in the order they came.

    Positive stars keep their share of the data, but at least `min_positive_stars` stay (or all
    there are). Where a test set was given, by the source or as `test_stars`, both sides keep
    their share of each class, and at least one star of it on the test side and two on the other,
    as long as there are so many: training and validation need one each.

    Args:
        curves: The data; unchanged where they hold no more than `n_stars` stars.
        n_stars: Most stars to keep.
        min_positive_stars: Fewest positive stars to keep.
        seed: Seed of the choice.
        test_stars: `test_stars` of the protocol. Those that are not kept must leave the protocol.
    """
    stars = np.unique(curves.stars)
    if len(stars) <= n_stars:
        return curves
    positive = np.isin(stars, curves.positive_stars)
    tested = np.isin(stars, list(test_stars))
    if curves.given_test is not None:
        tested |= np.isin(stars, curves.stars[curves.given_test])
    n_positive = max(round(n_stars * positive.mean()), min_positive_stars)
    n_positive = min(n_positive, int(positive.sum()), n_stars)
    generator = np.random.default_rng(seed)
    kept = np.concatenate(
        [
            _choose(stars, tested, of_class, n, generator)
            for of_class, n in ((positive, n_positive), (~positive, n_stars - n_positive))
        ]
    )
    thinned = curves.rows(np.flatnonzero(np.isin(curves.stars, kept)))
    note = (
        f"Only a random subset of the data is used: {len(kept)} of {len(stars)} stars, "
        f"{len(thinned.positive_stars)} of {int(positive.sum())} positive stars."
    )
    return replace(thinned, notes=(*thinned.notes, note))


def _choose(
    stars: NDArray[np.str_],
    tested: NDArray[np.bool_],
    of_class: NDArray[np.bool_],
    n: int,
    generator: np.random.Generator,
) -> NDArray[np.str_]:
    """Chooses up to n stars of one class, shared between the test side and the other side."""
    test_side, other_side = stars[of_class & tested], stars[of_class & ~tested]
    n_test = round(n * len(test_side) / max(len(test_side) + len(other_side), 1))
    n_test = min(max(n_test, 1), len(test_side), max(n - min(2, len(other_side)), 0))
    return np.concatenate(
        [
            generator.permutation(test_side)[:n_test],
            generator.permutation(other_side)[: n - n_test],
        ]
    )
