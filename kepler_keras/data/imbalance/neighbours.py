"""What the remedies made of imbalanced-learn's samplers share."""

from collections import Counter
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from kepler_keras.data.imbalance.counting import check_ratio, class_counts
from kepler_keras.data.imbalance.strategy import Labels, Resampled, View
from kepler_keras.data.view_kind import ViewKind
from kepler_keras.errors import InputError

Neighbours = Annotated[int, Field(ge=1)]


def unaligned(kind: ViewKind) -> str | None:
    """Why lines between unfolded curves are no curves of stars."""
    if kind.folded:
        return None
    return (
        "a point on the line between two curves whose transits stand at different times shows two "
        "trains of transits, each too shallow"
    )


def check_neighbours(labels: Labels, *, ratio: float, k_neighbors: int, **_: Any) -> None:
    """Refuses planets too few to have `k_neighbors` others of their kind.

    Raises:
        InputError: There are too few, or more than `ratio` of them already.
    """
    check_ratio(labels, ratio)
    n_planets, _others = class_counts(labels)
    if n_planets <= k_neighbors:
        raise InputError(
            f"k_neighbors = {k_neighbors} needs more than {k_neighbors} planets among the training "
            f"rows, got {n_planets}; lower k_neighbors"
        )


def resample_with(sampler: Any, view: View, labels: Labels) -> Resampled:
    """Runs a sampler of imbalanced-learn on flattened views.

    Views come unscaled: one mean and one scale for the whole view would change no neighbourhood.
    A mask channel (flux with `mask: true`) is flattened and interpolated like any other number. A
    synthetic mask thus lies between 0 and 1 where only one of its two parents was measured, and
    the flux beside it is part real, part filled: to be read as how far it was measured.

    Raises:
        InputError: The sampler refuses the rows, or leaves one class empty.
    """
    flat = np.asarray(view).reshape(len(view), -1)
    try:
        rows, classes = sampler.fit_resample(flat, labels)
    except (ValueError, RuntimeError, TypeError) as error:
        reason = " ".join(str(error).split())[:300]
        raise InputError(f"{type(sampler).__name__} cannot use these rows: {reason}") from error
    n_planets, n_others = class_counts(classes)
    if not n_planets or not n_others:
        raise InputError(
            f"{type(sampler).__name__} left {n_planets} planets and {n_others} others of the "
            "training rows; both classes are needed"
        )
    return tell_apart(
        flat, labels, np.asarray(rows, np.float32), classes, example_shape=view.shape[1:]
    )


def tell_apart(
    before: NDArray[np.float32],
    labels: Labels,
    after: NDArray[np.float32],
    classes: Labels,
    *,
    example_shape: tuple[int, ...],
) -> Resampled:
    """Finds the real rows among those that a sampler gave back.

    A row is real where it equals a row that went in byte for byte, with its label. Not every
    sampler says which rows it kept, and those that clean up after themselves keep only some.

    Args:
        before: What went in, shape (n, features).
        labels: Shape (n,).
        after: What came back, shape (m, features).
        classes: Shape (m,).
        example_shape: Of a row that is not flattened.
    """
    places: dict[bytes, list[int]] = {}
    for position, (row, label) in enumerate(zip(before, labels, strict=True)):
        places.setdefault(_key(row, label), []).append(position)
    shown: Counter[bytes] = Counter()
    indices, synthetic = [], []
    for position, (row, label) in enumerate(zip(after, classes, strict=True)):
        key = _key(row, label)
        if key not in places:
            synthetic.append(position)
            continue
        equal = places[key]  # rows that are equal take turns
        indices.append(equal[shown[key] % len(equal)])
        shown[key] += 1
    return Resampled(
        np.array(indices, np.int64),
        after[synthetic].reshape(len(synthetic), *example_shape),
        np.asarray(classes[synthetic], np.int8),
    )


def _key(row: NDArray[np.float32], label: np.int8) -> bytes:
    return row.tobytes() + bytes([label])
