"""A fold's worst mistakes, and what the model took from what it saw of them."""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from kepler_keras.attention import Line, SeenView
from kepler_keras.data.views import Array
from kepler_keras.lightcurve.extremes import extremes, runs
from kepler_keras.training.fit import Examples, Rows
from kepler_keras.training.fitted import Fitted, FittedKeras, Scores
from kepler_keras.training.occlusion import Occlusion, occlusion
from kepler_keras.training.saliency import saliency

EACH = 3  # of a kind in a fold, so that the worst three of all folds are among them
COLUMNS = 100  # of a curve that is kept; a picture of it is 300 pixels wide
IMAGE_ROWS, IMAGE_COLUMNS = 16, 64  # of an image that is kept
DIGITS = 4

Seen = dict[int, list[SeenView]]  # by row


def worst_rows(labels: NDArray[np.int8], scores: Scores, *, each: int = EACH) -> NDArray[np.intp]:
    """The others scored highest and then the planets scored lowest, the worst of each first.

    Args:
        labels: Of a fold's test part, shape (n,).
        scores: Shape (n,).
        each: Most of a kind.

    Returns:
        Places in the part; of equal scores the first. Empty where all scores are equal: there is
        no worst.
    """
    if not len(scores) or scores.min() == scores.max():
        return np.array([], np.intp)
    others, planets = np.flatnonzero(labels != 1), np.flatnonzero(labels == 1)
    high = others[np.argsort(-scores[others], kind="stable")[:each]]
    low = planets[np.argsort(scores[planets], kind="stable")[:each]]
    return np.concatenate([high, low])


def mistakes_of(fitted: Fitted, examples: Examples, rows: Rows, scores: Scores) -> Seen:
    """What a model took from its worst rows; nothing of them is ever used for anything else.

    Args:
        fitted: The model of a fold.
        examples: All views and labels.
        rows: The test rows.
        scores: What the model, or the ensemble's part of it, gives them, shape (n,).
    """
    worst = worst_rows(examples.labels[rows], scores)
    if not len(worst):
        return {}
    views = examples.views[rows[worst]]
    typical = {
        name: _typical(view[rows]) for name, view in examples.views.items() if view.ndim == 2
    }
    hidden = occlusion(fitted, views, typical)
    steep = saliency(fitted, views) if isinstance(fitted, FittedKeras) else {}
    return {
        int(row): [
            _seen(name, view[place], hidden[name], steep, place) for name, view in views.items()
        ]
        for place, row in enumerate(rows[worst])
    }


def _typical(features: Array) -> NDArray[np.float32]:
    """The median of each feature over some stars; 0 where none of them knows it."""
    typical = np.zeros(features.shape[1], np.float32)
    known = np.isfinite(features).any(axis=0)
    typical[known] = np.nanmedian(features[:, known], axis=0)
    return typical


def _seen(
    name: str,
    view: Array,
    hidden: Occlusion,
    steep: Mapping[str, NDArray[np.float64]],
    place: int,
) -> SeenView:
    length = len(view) if view.ndim == 1 else view.shape[-2]
    return SeenView(
        view=name,
        length=length,
        curve=short_line(view if view.ndim == 1 else view[:, 0]) if view.ndim < 3 else [],
        image=_image(view[..., 0]) if view.ndim == 3 else [],
        window=hidden.width,
        occlusion=short_numbers(hidden.change[place]),
        saliency=_largest(steep[name][place]) if name in steep else None,
    )


def short_line(values: NDArray[np.floating]) -> Line:
    """A curve thinned to `COLUMNS` runs and to few digits; None in gaps."""
    return short_numbers(extremes(values, columns=COLUMNS))


def short_numbers(values: Iterable[float]) -> Line:
    """To few digits; None for what is not finite."""
    return [float(f"{value:.{DIGITS}g}") if np.isfinite(value) else None for value in values]


def _largest(sizes: NDArray[np.float64]) -> Line:
    return short_numbers(sizes[run].max() for run in runs(len(sizes), COLUMNS))


def _image(cells: Array) -> list[list[float]]:
    rows, columns = runs(len(cells), IMAGE_ROWS), runs(cells.shape[1], IMAGE_COLUMNS)
    return [[round(float(cells[row, column].mean()), 2) for column in columns] for row in rows]
