"""What docs/handout.md computes on one transit: rows to draw, sentences and tables with numbers."""

import numpy as np
from handout_transit import CADENCE, DURATION, Transit

from kepler_keras.handout.confusion import Confusion, accuracy, precision, recall
from kepler_keras.handout.connectivity import (
    convolution_connections,
    count_weights,
    receptive_field,
)
from kepler_keras.handout.convolution import cross_correlation, rotated
from kepler_keras.handout.padding import full_padding, half_padding, zero_padded
from kepler_keras.handout.pooling import max_pooling
from kepler_keras.handout.slips import SLIPS
from kepler_keras.handout.windows import Floats

KERNEL = np.array([1, 1, 1, 1, 1, 1, -2, -2, -2]) / 6  # mean of six minus mean of the next three
MEAN = np.full(9, 1 / 9)
PADDINGS = {"valid": 0, "half": half_padding(len(MEAN)), "full": full_padding(len(MEAN))}
EDGE = slice(60, 100)  # cadences of a curve that begins during the transit
SHORT_MEAN, STRIDE = np.full(5, 1 / 5), 4
WINDOW = 8
NODES, WIDTH = 16, 3
ALWAYS_NO = Confusion(tp=0, fp=0, fn=37, tn=5050)
FINDS_MOST = Confusion(tp=30, fp=30, fn=7, tn=5020)


def slid(transit: Transit) -> tuple[Floats, Floats, Floats]:
    """Hours of the kernel's middle, and what cross-correlation and convolution give there."""
    reach = len(KERNEL) // 2
    kernels = (KERNEL, rotated(KERNEL))
    correlated, convolved = (cross_correlation(transit.flux, kernel) for kernel in kernels)
    return transit.hours[reach:-reach], correlated, convolved


def padded(transit: Transit) -> dict[str, Floats]:
    """The running mean of the curve that begins during the transit, by padding."""
    edge = transit.flux[EDGE]
    return {
        name: cross_correlation(zero_padded(edge, zeros), MEAN) for name, zeros in PADDINGS.items()
    }


def shortened(transit: Transit) -> dict[str, tuple[Floats, Floats]]:
    """Hours and values of the transit after a stride and after two ways of pooling."""
    flux, hours = transit.flux, transit.hours
    strided = cross_correlation(hours, SHORT_MEAN, stride=STRIDE)
    middles = cross_correlation(hours, np.full(WINDOW, 1 / WINDOW), stride=WINDOW)
    return {
        "flux": (hours, flux),
        "mean of 5, stride 4": (strided, cross_correlation(flux, SHORT_MEAN, stride=STRIDE)),
        "max of 8, stride 8": (middles, max_pooling(flux, (WINDOW,), stride=WINDOW)),
        "max of 8 of the dimming, stride 8": (
            middles,
            -max_pooling(-flux, (WINDOW,), stride=WINDOW),
        ),
    }


def depth_to_cover(stride: int) -> int:
    """Layers of width 3 whose receptive field is as long as the transit."""
    depth = 1
    while field_hours(depth, stride) < DURATION:
        depth += 1
    return depth


def field_hours(depth: int, stride: int) -> float:
    """Receptive field of so many layers of width 3, in hours of Kepler's long cadence."""
    return 24 * CADENCE * receptive_field([WIDTH] * depth, [stride] * depth)


def captions(transit: Transit) -> dict[str, str]:
    """A sentence with the numbers of each picture, as it stands below it."""
    _, correlated, convolved = slid(transit)
    mirrored = np.abs(convolved[1:] - correlated[1:][::-1]).max()
    edges = padded(transit)
    first = {name: row[0] for name, row in edges.items()}
    half_depth = np.median(transit.flux[np.abs(transit.hours) < 5]) / 2
    below = {name: int((row < half_depth).sum()) for name, (_, row) in shortened(transit).items()}
    stride, maxima, dims = list(below)[1:]
    stored = count_weights(NODES, NODES, width=WIDTH)
    drawn = int(convolution_connections(NODES, width=WIDTH).sum())
    return {
        "sliding": f"The two maps are mirror images of each other to {mirrored:.2f} %.",
        "padding": (
            f"The first value is {first['valid']:.2f} % without zeros, {first['half']:.2f} % with "
            f"half and {first['full']:.2f} % with full padding; the maps have "
            f"{len(edges['valid'])}, {len(edges['half'])} and {len(edges['full'])} places."
        ),
        "pooling": (
            f"Below half the depth lie {below['flux']} cadences, {below[stride]} places after the "
            f"stride, {below[maxima]} after max pooling and {below[dims]} if the dimming is pooled."
        ),
        "connections": (
            f"Stored weights: {stored.dense}, {stored.sparse} (of which {drawn} see the input and "
            f"{stored.sparse - drawn} the padding) and {stored.shared}."
        ),
        "receptive_field": (
            f"With stride 1 it takes {depth_to_cover(1)} layers to see the whole transit, "
            f"with stride 2 it takes {depth_to_cover(2)}."
        ),
        "confusion": (
            f"Accuracy {accuracy(FINDS_MOST):.4f}, precision {precision(FINDS_MOST):.2f}, recall "
            f"{recall(FINDS_MOST):.2f}; always no: accuracy {accuracy(ALWAYS_NO):.4f}, precision "
            f"undefined, recall {recall(ALWAYS_NO):.0f}."
        ),
    }


def field_table() -> str:
    """Receptive fields by depth, in cadences and hours, as Markdown."""
    lines = ["| layers | stride 1 | stride 2 |", "|---|---|---|"]
    for depth in range(1, 6):
        fields = [receptive_field([WIDTH] * depth, [stride] * depth) for stride in (1, 2)]
        hours = [field_hours(depth, stride) for stride in (1, 2)]
        cells = [f"{field} = {long:.1f} h" for field, long in zip(fields, hours, strict=True)]
        lines.append(f"| {depth} | {' | '.join(cells)} |")
    return "\n".join(lines)


def slips_table() -> str:
    """Every slip with the case that decides, as Markdown of three columns."""
    lines = ["| Where | Printed, **right** | Case: printed, **right** |", "|---|---|---|"]
    for slip in SLIPS.values():
        by_print = "no number" if slip.by_print is None else f"{slip.by_print:g}"
        right = "undefined" if np.isnan(slip.right) else f"{slip.right:g}"
        said = f"{slip.printed}<br>**{slip.formula}**"
        lines.append(f"| {slip.where} | {said} | {slip.case}: {by_print}, **{right}** |")
    return "\n".join(lines)
