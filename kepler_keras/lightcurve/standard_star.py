"""What a search takes of a star: its standardised curve, and the noise of its boxes."""

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled
from kepler_keras.lightcurve.medians import MAD_TO_SIGMA, median, median_deviation

Floats = NDArray[np.float32]

LIMIT = 3.0  # scatters; beyond, one outlier or one long dip would outweigh many shallow transits
FEWEST = 7  # values of a curve that can be searched
MAD_ERROR = 1.17  # of the scatter that a MAD gives, times the root of the number of values
FEWEST_BOXES = 10


@compiled
def standardise(flux: Floats, y: Floats, clipped: Floats, measured: Floats) -> float:
    """Writes a curve as the search takes it and tells its scatter, in the unit of the flux.

    Args:
        flux: Shape (n_cadences,), NaN in gaps; infinity, as from dividing by 0, is a gap too.
        y: Gets dips as positive values of unit scatter; flares are cut at LIMIT, gaps 0.
        clipped: The same with dips cut at LIMIT too: what periods are looked for in. Its mean is 0,
            and `y` counts from the same level, which no deep dip pulls down.
        measured: Gets 1 where there is flux, else 0.

    Returns:
        Scatter; 0 for a curve that is flat, or has no more than half a dozen values.
    """
    values = np.empty(len(flux), np.float32)
    n = 0
    for i in range(len(flux)):
        measured[i] = 1.0 if np.isfinite(flux[i]) else 0.0
        y[i], clipped[i] = 0.0, 0.0
        if measured[i] > 0:
            values[n] = flux[i]
            n += 1
    if n < FEWEST:
        return 0.0
    centre = median(values[:n])
    scatter = MAD_TO_SIGMA * median_deviation(values[:n], centre)
    if scatter == 0:  # more than half of the values are one number
        for i in range(n):
            scatter += (values[i] - centre) ** 2
        scatter = np.sqrt(scatter / n)
    if scatter == 0:
        return 0.0
    for i in range(len(flux)):
        if measured[i] > 0:
            y[i] = max((centre - flux[i]) / scatter, -LIMIT)
            clipped[i] = min(y[i], LIMIT)
    total = 0.0
    for i in range(len(clipped)):
        total += clipped[i]
    mean = total / n
    for i in range(len(clipped)):
        if measured[i] > 0:
            clipped[i] -= mean
            y[i] -= mean
    return scatter


@compiled
def noise_of_boxes(
    y: Floats, measured: Floats, widths: NDArray[np.int64], by_width: NDArray[np.float64]
) -> None:
    """How much more boxes of each width scatter than in white noise, at least 1.

    Boxes that neighbour each other without overlap are compared, by their median absolute
    deviation, which a star's transits hardly move; an excess that chance alone could make of white
    noise does not count. Between the widths it is interpolated.

    Args:
        y: A standardised curve.
        measured: 1 where it has flux, 0 in gaps.
        widths: Cadences, ascending.
        by_width: Gets the noise of boxes of 0, 1, 2, ... cadences.
    """
    boxes = np.empty(len(y) // widths[0] + 1, np.float32)
    by_width[: widths[0] + 1] = 1.0
    before = 1.0
    for k, width in enumerate(widths):
        noise = _scatter_of_boxes(y, measured, width, boxes)
        last = widths[k - 1] if k > 0 else 0
        for w in range(last + 1, width + 1):
            by_width[w] = before + (noise - before) * (w - last) / (width - last)
        before = noise
    by_width[widths[-1] + 1 :] = before


@compiled
def _scatter_of_boxes(y: Floats, measured: Floats, width: int, boxes: Floats) -> float:
    """Scatter of neighbouring boxes in units of white noise; 1 where that is all it may be."""
    n_boxes = 0
    for start in range(0, len(y) - width + 1, width):
        total, n = np.float32(0), np.float32(0)
        for i in range(start, start + width):
            total += y[i]
            n += measured[i]
        if 2 * n >= width:
            boxes[n_boxes] = total / np.sqrt(n)
            n_boxes += 1
    if n_boxes < FEWEST_BOXES:
        return 1.0
    centre = median(boxes[:n_boxes])
    noise = MAD_TO_SIGMA * median_deviation(boxes[:n_boxes], centre)
    return noise if noise > 1 + 2 * MAD_ERROR / np.sqrt(n_boxes) else 1.0
