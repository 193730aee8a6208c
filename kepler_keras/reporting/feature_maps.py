"""The picture of what each layer makes of one curve."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

from kepler_keras.models.anatomy.feature_map import FeatureMap
from kepler_keras.reporting.svg import INK, SERIES, SOFT

WIDTH = 8.0  # inches
CURVE, ROW, HEAD = 0.9, 0.46, 0.75  # inches that a curve, a layer and the titles take
FEW = 3  # channels that are drawn as lines
# Below a channel's own median blue, above it red, on a middle that a white page shows.
MAP = LinearSegmentedColormap.from_list("answers", [SERIES[0], "#f4f2ec", SERIES[1]])
BRIGHTEST = 99.5  # percentile of a layer's differences at which the colours end


def draw_feature_maps(
    curves: Mapping[str, NDArray[np.floating]], maps: Mapping[str, FeatureMap], *, title: str
) -> Figure:
    """The curves at the top, below each the maps of its layers over the same steps.

    A map has a row a channel, in the layer's order. Its colours show how far a value lies from the
    median of its channel, on a scale of the layer's own: layers can be read and not compared. A
    place is drawn at the middle of what it sees, as wide as the way to the next one.

    Args:
        curves: Shape (length, channels), by view; in the look that `figure_style` gives.
        maps: By layer, in their order.
        title: What is shown, and of which network.
    """
    views = [view for view in curves if any(one.view == view for one in maps.values())]
    groups = [[one for one in maps.values() if one.view == view] for view in views]
    heights = [part for group in groups for part in (CURVE, *(ROW for _ in group))]
    figure = Figure(figsize=(WIDTH, HEAD + 1.08 * sum(heights)), layout="constrained")
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    rows = figure.subplots(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0].tolist()
    first = 0
    for view, group in zip(views, groups, strict=True):
        own = rows[first : first + 1 + len(group)]
        _draw_view(own, view, np.asarray(curves[view]), group)
        first += len(own)
    return figure


def _draw_view(
    rows: Sequence[Axes], view: str, curve: NDArray[np.floating], maps: Sequence[FeatureMap]
) -> None:
    rows[0].plot(curve, color=INK, linewidth=0.8)
    _name(rows[0], view, f"{len(curve)} steps")
    for axes, one in zip(rows[1:], maps, strict=True):
        _draw_map(axes, one)
    for axes in rows:
        axes.set_xlim(-0.5, len(curve) - 0.5)
        axes.grid(False)
        axes.set_yticks([])
        axes.tick_params(axis="x", labelbottom=axes is rows[-1], length=3 * (axes is rows[-1]))
        axes.spines[["left", "bottom"]].set_visible(False)


def _draw_map(axes: Axes, one: FeatureMap) -> None:
    places, channels = one.values.shape
    _name(axes, one.layer, f"{places} × {channels}, sees {one.extent.size}")
    if channels <= FEW:
        axes.plot(one.middles, one.values, linewidth=0.8)
        return
    half = one.extent.jump / 2
    ends = one.middles[0] - half, one.middles[-1] + half
    answers = one.values - np.median(one.values, axis=0)
    end = float(np.percentile(np.abs(answers), BRIGHTEST)) or 1.0
    axes.imshow(
        answers.T,
        vmin=-end,
        vmax=end,
        aspect="auto",
        interpolation="nearest",
        cmap=MAP,
        extent=(ends[0], ends[1], channels - 0.5, -0.5),
        rasterized=True,
    )


def _name(axes: Axes, name: str, size: str) -> None:
    """The layer at the left of its row, its size below the name."""
    for y, side, text, colour in ((0.54, "bottom", name, INK), (0.46, "top", size, SOFT)):
        axes.text(
            -0.01, y, text, va=side, ha="right", color=colour, fontsize=9, transform=axes.transAxes
        )
