"""Curves that occur twice must not stand on two sides of a fold: they count as one star."""

from collections import defaultdict
from dataclasses import replace
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.row_parts import row_parts


def unite_identical_curves(curves: LightCurves) -> LightCurves:
    """Makes rows whose flux is byte-identical rows of one star.

    Stars are united transitively: if a curve of A equals one of B and another of B equals one of
    C, then A, B and C are one star, named by the smallest of their names as text. A note says how
    much was united; data without identical rows come back unchanged.
    """
    groups = _identical_rows(curves.flux)
    if not groups:
        return curves
    stars = _united(curves.stars, groups)
    n_united = len(np.unique(curves.stars)) - len(np.unique(stars))
    pairs, conflicting = _count_pairs(groups, curves.labels)
    note = (
        f"{sum(map(len, groups))} rows form {len(groups)} groups of byte-identical curves; each "
        f"group counts as one star, which leaves {n_united} stars fewer. {conflicting} of "
        f"{pairs} identical pairs carry different labels."
    )
    return replace(curves, stars=stars, notes=(*curves.notes, note))


def _identical_rows(flux: NDArray[np.float32]) -> list[NDArray[np.intp]]:
    """Groups of two or more rows with equal bytes, each in ascending order."""
    rows_of = defaultdict(list)
    for part in row_parts(flux):
        for row, values in enumerate(np.ascontiguousarray(flux[part]), part.start):
            rows_of[blake2b(values.data, digest_size=16).digest()].append(row)
    return [np.array(rows, dtype=np.intp) for rows in rows_of.values() if len(rows) > 1]


def _united(stars: NDArray[np.str_], groups: list[NDArray[np.intp]]) -> NDArray[np.str_]:
    """The star of each row after the stars of every group became one."""
    names, index = np.unique(stars, return_inverse=True)
    first = np.concatenate([np.full(len(group), index[group[0]]) for group in groups])
    other = np.concatenate([index[group] for group in groups])
    edges = coo_array((np.ones(len(first)), (first, other)), shape=(len(names), len(names)))
    _, component = connected_components(edges, directed=False)
    # `names` is sorted, so the first member of a component has its smallest name.
    _, smallest = np.unique(component, return_index=True)
    united: NDArray[np.str_] = names[smallest[component]][index]
    return united


def _count_pairs(groups: list[NDArray[np.intp]], labels: NDArray[np.int8]) -> tuple[int, int]:
    """Identical pairs of rows, and how many of them carry different labels."""
    sizes = [len(group) for group in groups]
    positives = [int((labels[group] == 1).sum()) for group in groups]
    pairs = sum(size * (size - 1) // 2 for size in sizes)
    return pairs, sum(n * (size - n) for n, size in zip(positives, sizes, strict=True))
