"""Draws the pictures of docs/handout.md and prints its sentences and tables with numbers.

python docs/draw_handout.py                           # from the committed extract, seconds
KEPLER_KERAS_DATA=... python docs/draw_handout.py     # first cuts the extract anew
"""

import os
from pathlib import Path

import numpy as np
from handout_study import (
    ALWAYS_NO,
    EDGE,
    FINDS_MOST,
    KERNEL,
    MEAN,
    NODES,
    PADDINGS,
    WIDTH,
    captions,
    depth_to_cover,
    field_hours,
    field_table,
    padded,
    shortened,
    slid,
    slips_table,
)
from handout_transit import CADENCE, DURATION, EXTRACT, Transit, cut, read
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from kepler_keras.handout.confusion import Confusion, rows_are_predictions, rows_are_truth
from kepler_keras.handout.connectivity import convolution_connections, dense_connections, reached
from kepler_keras.handout.convolution import rotated

FOLDER = Path(__file__).parent
WIDE, DPI = 5.2, 110  # inches: a picture shrunk to a phone keeps its letters readable
INK, SIGNAL, OTHER, PALE = "#222222", "#d1495b", "#00798c", "#c9d6df"
STYLE = {"markersize": 3, "linewidth": 1}


def main() -> None:
    """Draws all pictures and prints what the page quotes."""
    if "KEPLER_KERAS_DATA" in os.environ:
        text = cut(Path(os.environ["KEPLER_KERAS_DATA"]))
        EXTRACT.write_text(text, encoding="utf-8", newline="\n")
    transit = read()
    for draw in (sliding, padding, pooling, receptive_field):
        save(draw(transit), draw.__name__)
    save(connections(), "connections")
    save(confusion(), "confusion")
    print("\n\n".join([*captions(transit).values(), field_table(), slips_table()]))


def save(figure: Figure, name: str) -> None:
    """Writes a picture that is the same bytes each time."""
    path = FOLDER / f"handout_{name}.png"
    figure.savefig(path, dpi=DPI, metadata={"Software": None})


def panels(rows: int, height: float, *, sharey: bool = False) -> tuple[Figure, list[Axes]]:
    """A figure of panels below each other, along one axis of time."""
    figure = Figure(figsize=(WIDE, height), layout="constrained")
    axes = list(np.atleast_1d(figure.subplots(rows, sharex=True, sharey=sharey)))
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
    return figure, axes


def sliding(transit: Transit) -> Figure:
    """The transit, the kernel both ways round, and the two feature maps."""
    figure, axes = panels(4, 7.2)
    hours, correlated, convolved = slid(transit)
    axes[0].plot(transit.hours, transit.flux, "o-", color=INK, **STYLE)
    axes[0].set_title("input: flux of Kepler-90 h, %", loc="left", fontsize=10)
    steps = 24 * CADENCE * np.arange(len(KERNEL))
    for start, kernel, colour, name in (
        (-24, KERNEL, SIGNAL, "kernel"),
        (12, rotated(KERNEL), OTHER, "rotated"),
    ):
        axes[1].bar(start + steps, kernel, width=0.8 * steps[1], color=colour)
        axes[1].text(start + 6, 0.12, name, color=colour, fontsize=10)
    axes[1].set_title("kernel: mean of 6 minus mean of 3", loc="left", fontsize=10)
    axes[2].plot(hours, correlated, "o-", color=SIGNAL, **STYLE)
    axes[2].set_title("feature map by cross-correlation, %", loc="left", fontsize=10)
    axes[3].plot(hours, convolved, "o-", color=OTHER, **STYLE)
    axes[3].set_title("feature map by convolution, %", loc="left", fontsize=10)
    axes[3].set_xlabel("hours from mid-transit")
    return figure


def padding(transit: Transit) -> Figure:
    """A curve that begins during the transit, and its running mean by padding."""
    figure, (axis,) = panels(1, 4.2)
    places = np.arange(len(transit.flux[EDGE]))
    axis.plot(places, transit.flux[EDGE], "o", color=INK, ms=3, label="flux")
    colours = {"valid": INK, "half": OTHER, "full": SIGNAL}
    for name, row in reversed(padded(transit).items()):
        start = len(MEAN) // 2 - PADDINGS[name]
        label = f"{name}: {len(row)} places"
        axis.plot(start + np.arange(len(row)), row, "-", lw=2, color=colours[name], label=label)
    for edge in (-0.5, places[-1] + 0.5):
        axis.axvline(edge, color=PALE, lw=1.5)
    axis.set(xlabel="cadences from the start of the curve", ylabel="flux, mean of 9 cadences, %")
    axis.legend(frameon=False, fontsize=10, loc="center right")
    return figure


def pooling(transit: Transit) -> Figure:
    """The transit after a stride and after two ways of pooling."""
    rows = shortened(transit)
    figure, axes = panels(len(rows), 7.2, sharey=True)
    colours = (INK, OTHER, SIGNAL, SIGNAL)
    for axis, (name, (hours, row)), colour in zip(axes, rows.items(), colours, strict=True):
        axis.plot(hours, row, "o-", color=colour, **STYLE)
        axis.set_title(f"{name}: {len(row)} places, %", loc="left", fontsize=10)
    axes[-1].set_xlabel("hours from mid-transit")
    return figure


def receptive_field(transit: Transit) -> Figure:
    """What one output sees of the transit, layer by layer."""
    figure, axes = panels(3, 7.2)
    axes[0].plot(transit.hours, transit.flux, "o-", color=INK, **STYLE)
    axes[0].set_title("flux, %", loc="left", fontsize=10)
    for axis, stride, colour in zip(axes[1:], (1, 2), (OTHER, SIGNAL), strict=True):
        depths = range(1, depth_to_cover(stride) + 1)
        widths = [field_hours(depth, stride) for depth in depths]
        axis.barh(depths, widths, left=[-width / 2 for width in widths], height=0.7, color=colour)
        axis.set_title(f"kernels of 3, stride {stride}", loc="left", fontsize=10)
        axis.set_ylabel("layers")
        axis.set_yticks([depths[0], depths[-1]])
    for axis in axes:
        axis.axvspan(-DURATION / 2, DURATION / 2, color=PALE, alpha=0.5, lw=0, zorder=0)
    axes[-1].set(xlim=(-18, 18), xlabel="hours from mid-transit")
    return figure


def connections() -> Figure:
    """A weight a cell: its own colour where it is its own."""
    figure = Figure(figsize=(WIDE, 5.8), layout="constrained")
    axes = figure.subplots(2, 2)
    band = convolution_connections(NODES, width=WIDTH)
    own = np.random.default_rng(0).permuted(np.linspace(0, 1, NODES**2)).reshape(NODES, NODES)
    nodes = np.arange(NODES)
    shared = (nodes - nodes[:, None] + 1) / (WIDTH - 1)
    dense = dense_connections(NODES, NODES)
    twice = reached([band, band])
    for axis, drawn, weights, name in (
        (axes[0, 0], dense, own, "dense: m n weights"),
        (axes[0, 1], band, own, "sparse: k n weights"),
        (axes[1, 0], band, shared, "shared: k weights"),
        (axes[1, 1], twice, 0.5 * twice, "reached by two layers"),
    ):
        axis.imshow(np.where(drawn, weights, np.nan), cmap="viridis", vmin=0, vmax=1)
        axis.set_title(name, fontsize=10)
        axis.set(xticks=[], yticks=[])
        axis.set_xlabel("input")
        axis.set_ylabel("output")
    return figure


def confusion() -> Figure:
    """Two classifiers, each matrix in both orientations."""
    figure = Figure(figsize=(WIDE, 5.6), layout="constrained")
    axes = figure.subplots(2, 2)
    for row, (counts, name) in enumerate(
        ((FINDS_MOST, "finds 30 of 37"), (ALWAYS_NO, "always no"))
    ):
        matrix(axes[row, 0], counts, handout=True)
        matrix(axes[row, 1], counts, handout=False)
        axes[row, 0].set_title(f"{name}: handout", fontsize=10)
        axes[row, 1].set_title(f"{name}: scikit-learn", fontsize=10)
    return figure


def matrix(axis: Axes, counts: Confusion, *, handout: bool) -> None:
    """One matrix; right answers are coloured."""
    cells = rows_are_predictions(counts) if handout else rows_are_truth(counts)
    axis.imshow(np.eye(2), cmap=ListedColormap(["#f4e3e5", "#d8ecef"]))
    for (row, column), value in np.ndenumerate(cells):
        axis.text(column, row, f"{value:,}", ha="center", va="center", fontsize=12)
    axis.set_xticks([0, 1], ["none", "planet"])
    axis.set_yticks([0, 1], ["none", "planet"], rotation=90, va="center")
    axis.set_ylabel("predicted" if handout else "true")
    axis.set_xlabel("true" if handout else "predicted")
    axis.tick_params(length=0)


if __name__ == "__main__":
    main()
