"""What a model's answer loses when a part of what it sees is hidden.

Zeiler & Fergus 2014, arXiv:1311.2901, Sec. 4.2, slide a grey square over an image and watch the
score. Here a window slides along the last axis of a view, through all rows and channels at once,
and what it hides becomes what a star without any signal shows: the median of the curve, or of the
image's row, its continuum. A feature becomes that of a typical star.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.views import Array, Views
from kepler_keras.training.fitted import Fitted, Scores

WINDOWS_A_VIEW = 25  # of which each hides what half of the next one hides
LEAST_WINDOW = 3  # steps; of shorter windows a filter sees both sides


@dataclass(frozen=True)
class Occlusion:
    """What hiding each part of one view changes for some examples.

    Attributes:
        width: Steps of a window; 1 of features.
        starts: First step of each window, evenly spaced, shape (m,).
        change: Log-odds as they are less those with the window hidden, shape (n, m): positive where
            what was hidden spoke for a planet.
    """

    width: int
    starts: NDArray[np.int64]
    change: Scores


def occlusion(
    fitted: Fitted, views: Views, typical: Mapping[str, NDArray[np.floating]]
) -> dict[str, Occlusion]:
    """Hides each part of each view by itself; all examples are scored in one call.

    Args:
        fitted: Any model.
        views: Of n examples, unscaled.
        typical: What a hidden feature becomes, shape (k,), for each view of features.
    """
    n = len(views)
    changed: list[Views] = [views]
    windows: dict[str, tuple[int, NDArray[np.int64]]] = {}
    for name, view in views.items():
        blank = typical[name] if view.ndim == 2 else continuum(view)
        width, starts = _windows(view)
        windows[name] = width, starts
        for start in starts:
            changed.append(_hidden(views, name, slice(start, start + width), blank))
    joined = {name: np.concatenate([one.arrays[name] for one in changed]) for name in views.arrays}
    answers = fitted.log_odds(Views(joined)).reshape(-1, n)
    change, first, found = answers[0] - answers[1:], 0, {}
    for name, (width, starts) in windows.items():
        found[name] = Occlusion(width, starts, change[first : first + len(starts)].T)
        first += len(starts)
    return found


def continuum(view: Array) -> Array:
    """The median along the last axis before the channels, of each row of each example."""
    middle: Array = np.median(view, axis=-2, keepdims=True)
    return middle


def _windows(view: Array) -> tuple[int, NDArray[np.int64]]:
    if view.ndim == 2:
        return 1, np.arange(view.shape[1])
    length = view.shape[-2]
    width = min(max(round(length / WINDOWS_A_VIEW), LEAST_WINDOW), length)
    number = -(-(length - width) // max(width // 2, 1)) + 1
    return width, np.linspace(0, length - width, number).round().astype(np.int64)


def _hidden(views: Views, name: str, window: slice, blank: NDArray[np.floating]) -> Views:
    view = np.array(views.arrays[name])
    if view.ndim == 2:
        view[:, window] = blank[window]
    else:
        view[..., window, :] = blank
    return Views({**views.arrays, name: view})
