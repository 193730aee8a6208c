"""A picture of data before any experiment: a few curves, or a table's signals, and the classes."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from numpy.typing import NDArray

from kepler_keras.data.describe import gallery_rows
from kepler_keras.data.info_curves import CLASS_NAMES, Info
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.errors import InputError
from kepler_keras.reporting.svg import INK, SERIES, SOFT, figure_style

EACH = 3  # curves of a class
WIDTH, ROW_HEIGHT, SIGNALS_HEIGHT, BAR_HEIGHT = 11.0, 1.7, 5.5, 1.5  # inches
DOTS_PER_INCH = 150
HIGHEST = 99.9  # percentile above which a curve is cut off: flares and glitches; dips never are
LARGEST_TITLE = 70
PLANET, NO_PLANET, OPEN, OTHER = SERIES[0], SERIES[1], SERIES[2], SERIES[5]
COLOURS = {
    "planet": PLANET,
    "CONFIRMED": PLANET,
    "PC": PLANET,
    "no planet": NO_PLANET,
    "FALSE POSITIVE": NO_PLANET,
    "AFP": NO_PLANET,
    "NTP": OTHER,
}
DOTS_TO_LINE = 400  # columns up to which points are joined


def draw_data(info: Info, path: Path) -> None:
    """Draws a PNG picture.

    Raises:
        InputError: There is nothing to draw, or the file cannot be written.
    """
    with figure_style():
        if info.curves is not None:
            figure = _curves_figure(info, info.curves)
        elif info.signals is not None:
            figure = _signals_figure(info, info.signals)
        else:
            raise InputError(f"{info.path}: {info.what} has nothing that could be drawn")
        name = info.path.name or str(info.path)
        figure.suptitle(f"{name}: {info.what}"[:LARGEST_TITLE], x=0.01, ha="left", color=INK)
        try:
            figure.savefig(path, dpi=DOTS_PER_INCH, facecolor="white")
        except OSError as error:
            raise InputError(f"{path}: cannot write the picture: {error.strerror}") from error


def _curves_figure(info: Info, curves: LightCurves) -> Figure:
    """A column of curves for each class, the bar of classes below."""
    rows, x = _shown(curves)
    labels = [label for label in CLASS_NAMES if (curves.labels[rows] == label).any()]
    n_lines = max(int((curves.labels[rows] == label).sum()) for label in labels)
    height = ROW_HEIGHT * n_lines + BAR_HEIGHT
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    upper, lower = _halves(figure, ROW_HEIGHT * n_lines)
    grid = upper.subplots(n_lines, len(labels), squeeze=False, sharex=True)
    for column, label in enumerate(labels):
        mine = rows[curves.labels[rows] == label]
        for line, axes in enumerate(grid[:, column]):
            if line >= len(mine):
                axes.set_axis_off()
                continue
            row = int(mine[line])
            _curve(axes, x, curves.flux[row], colour=_colour(CLASS_NAMES[label]))
            axes.set_title(f"{CLASS_NAMES[label]}: {curves.stars[row]}", loc="left", fontsize=9.5)
        grid[len(mine) - 1, column].set_xlabel("phase" if curves.cadence is None else "days")
        grid[len(mine) - 1, column].tick_params(labelbottom=True)
    _bar(lower.subplots(), info.classes)
    return figure


def _halves(figure: Figure, height: float) -> tuple[SubFigure, SubFigure]:
    """The place of the picture proper, `height` inches, and that of the bar below."""
    spec = figure.add_gridspec(2, 1, height_ratios=[height, BAR_HEIGHT])
    return figure.add_subfigure(spec[0]), figure.add_subfigure(spec[1])


def _shown(curves: LightCurves) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Rows to be drawn, each of another star, and their x axis; any rows where none is judged."""
    rows, x = gallery_rows(curves, each=EACH)
    if not len(rows):
        _, first = np.unique(curves.stars, return_index=True)
        rows = np.sort(first)[: 2 * EACH].astype(np.int64)
    return rows, x


def _curve(axes: Axes, x: NDArray[np.float64], flux: NDArray[np.float32], *, colour: str) -> None:
    known = np.isfinite(flux)
    if not known.any():
        axes.text(0.5, 0.5, "no flux", transform=axes.transAxes, ha="center", color=SOFT)
        return
    if len(flux) <= DOTS_TO_LINE:
        axes.plot(x, flux, color=colour, linewidth=1.1)
    else:
        axes.plot(x, flux, ".", color=colour, markersize=1.4, rasterized=True)
    low, high = float(flux[known].min()), float(np.percentile(flux[known], HIGHEST))
    margin = 0.08 * (high - low) or 1.0
    axes.set_ylim(low - margin, high + margin)
    axes.margins(x=0.01)
    axes.tick_params(labelsize=8)


def _signals_figure(info: Info, signals: pd.DataFrame) -> Figure:
    """Duration by period, a colour for each disposition, the bar of classes below."""
    figure = Figure(figsize=(WIDTH, SIGNALS_HEIGHT + BAR_HEIGHT), layout="constrained")
    upper, lower = _halves(figure, SIGNALS_HEIGHT)
    axes = upper.subplots()
    axes.set_xscale("log")
    axes.set_yscale("log")
    for name in info.classes:
        mine = signals[signals["disposition"] == name]
        (dots,) = axes.plot(mine["period"], mine["duration"], ".", color=_colour(name))
        dots.set(markersize=3, alpha=0.5)
    for axis, column in ((axes.xaxis, "period"), (axes.yaxis, "duration")):
        axis.set_major_formatter("{x:g}")
        positive = signals[column][signals[column] > 0]
        if len(positive):
            low, high = np.percentile(positive, [100 - HIGHEST, HIGHEST])
            axis.axes.set(**{f"{axis.axis_name}lim": (low / 1.5, high * 1.5)})
    axes.set_xlabel("period (days)")
    axes.set_ylabel("duration (hours)")
    _bar(lower.subplots(), info.classes)
    return figure


def _bar(axes: Axes, classes: Mapping[str, int]) -> None:
    """One bar, split by class, with the counts above it."""
    total, left = sum(classes.values()), 0
    for name, n in classes.items():
        text = f"{name}: {n} ({n / total:.1%})"
        axes.barh(0, n, left=left, height=0.6, color=_colour(name), label=text, linewidth=0)
        left += n
    axes.set_xlim(0, total)
    axes.set_ylim(-0.4, 0.4)
    axes.set_yticks([])
    axes.set_xlabel("rows")
    axes.grid(visible=False)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=max(1, len(classes)))


def _colour(name: str) -> str:
    return COLOURS.get(name, OPEN)
