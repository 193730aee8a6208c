"""Measures how the layers of a network answer when the curve is moved.

A layer is equivariant when moving its input moves its output, and invariant when that changes
nothing (handout, Sec. on convolution and pooling; Zhang 2019, arXiv:1904.11486, on what strides
lose).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.models.anatomy.card import LayerCard, ModelCard
from kepler_keras.models.anatomy.describe import describe
from kepler_keras.models.anatomy.extents import Extent
from kepler_keras.models.anatomy.outputs import Outputs, layer_outputs
from kepler_keras.models.anatomy.shift_error import ShiftError

Values = NDArray[np.float64]


def shift_errors(model: Any, views: Mapping[str, NDArray[Any]]) -> list[ShiftError]:
    """Moves every view by itself and compares the outputs of all layers that depend on it.

    Layers whose units see the view in a way that is not known, or stand in a nested model, are left
    out, as are those that make places (upsampling) and features.

    Args:
        model: A functional or sequential network.
        views: An array (n, ...) for each input, by name; see `probe` for one made up.
    """
    card = describe(model)
    errors: list[ShiftError] = []
    for view in card.views:
        if len(card.views[view]) > 1:
            errors += _of_view(model, card, view, views)
    return errors


def _of_view(
    model: Any, card: ModelCard, view: str, views: Mapping[str, NDArray[Any]]
) -> list[ShiftError]:
    lines = [one for one in card.layers if _can_be_measured(one, view)]
    names = [one.name for one in lines]

    def moved(steps: int) -> Outputs:
        return layer_outputs(model, {**views, view: np.roll(views[view], steps, axis=-2)}, names)

    still, by_step = moved(0), moved(1)
    shifts = {one.name: _shift(one, view) for one in lines}
    by_place = {1: by_step} | {shift: moved(shift) for shift in {*shifts.values()} - {0, 1}}
    errors, longest = [], 1
    for line in lines:
        if line.name not in still:
            continue
        own = shifts[line.name]
        longest = max(longest, own)
        before = still[line.name].astype(float)
        after, step = by_place[own or longest][line.name], by_step[line.name]
        found = [
            _displaced(before, one.astype(float), line.places(view), 1 / part)
            if own
            else _relative(one - before, before)
            for one, part in ((after, 1), (step, own or 1))
        ]
        errors.append(ShiftError(line.name, view, own > 0, own or longest, *found))
    return errors


def _can_be_measured(line: LayerCard, view: str) -> bool:
    """Whether a layer's whole-numbered places along a view, or their absence, are known."""
    sees = line.sees.get(view)
    if not sees or line.kind == "InputLayer" or not line.known:
        return False
    return sees[-1].gathered or float(sees[-1].jump).is_integer()


def _shift(line: LayerCard, view: str) -> int:
    """Steps of the view between neighbouring places; 0 without places."""
    places = line.places(view)
    return int(places[-1].jump) if places else 0


def _displaced(
    before: Values, after: Values, places: tuple[Extent, ...] | None, part: float
) -> float | None:
    """Error against the output before, moved by part of a place, at inner units.

    Args:
        before: Output, shape (n, ..., units, channels).
        after: Output for the moved view.
        places: What a unit sees along each axis.
        part: Of a place, 1 for a whole one.
    """
    inner = _inner_units(places[-1], before.shape[-2]) if places else []
    if not inner:
        return None
    at = np.array(inner)
    expected = (1 - part) * before[..., at, :] + part * before[..., at - 1, :]
    axes = tuple(range(1, before.ndim - 1))
    about_mean = expected - expected.mean(axis=axes, keepdims=True)
    return _relative(after[..., at, :] - expected, about_mean)


def _inner_units(extent: Extent, units: int) -> list[int]:
    """Units that see nothing of a border, nor does the one before them."""
    return [i for i in range(1, units) if extent.is_inner(i) and extent.is_inner(i - 1)]


def _relative(difference: Values, whole: Values) -> float | None:
    """Root mean square of a difference over that of the whole; None where that is 0."""
    size = float(np.sqrt(np.mean(np.square(whole))))
    return float(np.sqrt(np.mean(np.square(difference)))) / size if size > 0 else None
