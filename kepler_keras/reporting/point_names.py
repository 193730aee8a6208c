"""Names written at the points of a picture, so that as few as possible cover anything."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from kepler_keras.reporting.svg import INK, SOFT

Boxes = NDArray[np.float64]  # left, bottom, right, top in pixels, shape (n, 4)

# Where a name stands from its point: as shares of its own width and height, and the direction of
# the gap between the two. Tried in this order, at growing gaps.
PLACES = (
    (0, -0.5, 1, 0),
    (-1, -0.5, -1, 0),
    (-0.5, 0, 0, 1),
    (-0.5, -1, 0, -1),
    (0, 0, 0.7, 0.7),
    (0, -1, 0.7, -0.7),
    (-1, 0, -0.7, 0.7),
    (-1, -1, -0.7, -0.7),
)
SIDES: dict[float, Literal["left", "center", "right"]] = {0: "left", -0.5: "center", -1: "right"}
GAPS = (7, 13, 20, 28, 37, 47, 58, 70)  # points
NEAR = 13  # a name further off gets a line to its point
MARKER = 5  # points from the middle of a marker to its edge
SPACE = 2  # points between two names
MOST_LETTERS = 26


def name_points(axes: Axes, names: Sequence[str], x: Sequence[float], y: Sequence[float]) -> None:
    """Writes each name at its point, where it covers no marker, no other name and no edge.

    The first free place is taken, the nearest ones first; where none is free, the one that covers
    least. Points are named from the top down. To be called last, when the limits stand.

    Args:
        axes: Points are drawn as markers already; its figure's layout is settled here.
        names: Longer ones than `MOST_LETTERS` lose their middle.
        x: In data units.
        y: In data units.
    """
    figure: Any = axes.get_figure()
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    scale = float(figure.dpi) / 72
    points = axes.transData.transform(np.column_stack([x, y]))
    taken = np.hstack([points - MARKER * scale, points + MARKER * scale])
    frame = np.asarray(axes.get_window_extent().extents)
    for i in np.argsort(-points[:, 1], kind="stable"):
        text = axes.annotate(
            _short(names[i]), (x[i], y[i]), (0, 0), textcoords="offset points",
            color=INK, fontsize=9, va="bottom",
        )  # fmt: skip
        size = np.asarray(text.get_window_extent().size)
        others = np.delete(taken, i, axis=0)
        box, gap, across = _best_place(points[i], size, others, frame, scale)
        # Held at the side of the point: readers' fonts are narrower than the one measured.
        text.set_horizontalalignment(SIDES[across])
        held = np.array([box[0] - across * size[0], box[1]])
        text.set_position(tuple((held - points[i]) / scale))
        if gap > NEAR:
            edge = np.clip(points[i], box[:2], box[2:])
            end = axes.transData.inverted().transform(edge)
            axes.plot([x[i], end[0]], [y[i], end[1]], "-", color=SOFT, linewidth=0.6, zorder=1)
        apart = SPACE * scale * np.array([-1, -1, 1, 1])
        taken = np.vstack([taken, box + apart])


def _best_place(
    point: Boxes, size: Boxes, taken: Boxes, frame: Boxes, scale: float
) -> tuple[Boxes, float, float]:
    """The box that covers least, the first one of equals, its gap, and its share to the left."""
    least, best = np.inf, (np.zeros(4), 0.0, 0.0)
    for gap in GAPS:
        for across, up, right, top in PLACES:
            corner = point + size * (across, up) + gap * scale * np.array([right, top])
            box = np.concatenate([corner, corner + size])
            covered = _overlap(box, taken).sum() + size.prod() - _overlap(box, frame[None])[0]
            if covered < least - 1e-6:
                least, best = float(covered), (box, gap, across)
    return best


def _overlap(box: Boxes, others: Boxes) -> Boxes:
    """Area that a box shares with each of the others."""
    sides = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    return np.asarray(sides.clip(min=0).prod(axis=1))


def _short(name: str) -> str:
    half = MOST_LETTERS // 2
    return name if len(name) <= MOST_LETTERS else f"{name[: half - 1]}…{name[-half:]}"
