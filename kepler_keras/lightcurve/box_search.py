"""The compiled search of one block of stars: standardise, scan all periods, refine the best few."""

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled
from kepler_keras.lightcurve.box_fit import best_box, fold, refine
from kepler_keras.lightcurve.fast_median import median_of
from kepler_keras.lightcurve.fast_folding import fold_and_score, merge_plan
from kepler_keras.lightcurve.lanes import LANES, add, load, multiply, repeated, store

HIGHEST = 3.0  # scatters; flares and cosmic rays above are cut down to this
MAD_TO_SIGMA = 1.4826  # of a normal distribution
MAD_ERROR = 1.17  # of the scatter that a MAD gives, times the root of the number of values
FEWEST_BOXES = 10
CANDIDATES = 8  # peaks of a star's spectrum that are refined
APART = 2  # widths of the widest box between two peaks, in trials


@compiled
def standardise(flux, y, measured):  # type: ignore[no-untyped-def]
    """Writes a curve as the search takes it and tells its scatter, in the unit of the flux.

    Args:
        flux: Shape (n_cadences,), NaN in gaps.
        y: Gets dips as positive values of unit scatter and mean 0, cut at -HIGHEST; 0 in gaps.
        measured: Gets 1 where there is flux, else 0.

    Returns:
        Scatter; 0 for a curve that is flat, or has no more than half a dozen values.
    """
    values = np.empty(len(flux), np.float32)
    n = 0
    for i in range(len(flux)):
        measured[i] = 0.0 if np.isnan(flux[i]) else 1.0
        y[i] = 0.0
        if measured[i] > 0:
            values[n] = flux[i]
            n += 1
    if n < 7:
        return 0.0
    centre = median_of(values[:n])
    scatter = MAD_TO_SIGMA * median_of(np.abs(values[:n] - np.float32(centre)))
    if scatter == 0:
        scatter = np.float64(np.std(values[:n]))
    if scatter == 0:
        return 0.0
    total = 0.0
    for i in range(len(flux)):
        if measured[i] > 0:
            y[i] = max((centre - flux[i]) / scatter, -HIGHEST)
            total += y[i]
    mean = total / n
    for i in range(len(flux)):
        if measured[i] > 0:
            y[i] -= mean
    return scatter


@compiled
def noise_of_boxes(y, measured, widths, by_width):  # type: ignore[no-untyped-def]
    """How much more boxes of each width scatter than in white noise, at least 1.

    Boxes that neighbour each other without overlap are compared, by their median absolute
    deviation, which a star's transits hardly move; an excess that chance alone could make of white
    noise does not count. Between the widths it is interpolated.

    Args:
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
def _scatter_of_boxes(y, measured, width, boxes):  # type: ignore[no-untyped-def]
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
    centre = np.float32(median_of(boxes[:n_boxes]))
    noise = MAD_TO_SIGMA * median_of(np.abs(boxes[:n_boxes] - centre))
    return noise if noise > 1 + 2 * MAD_ERROR / np.sqrt(n_boxes) else 1.0


@compiled
def bin_lanes(x, n_cadences, step, out, n_out):  # type: ignore[no-untyped-def]
    """Sums of `step` neighbouring cadences of interleaved stars, scatter kept; zeros to `n_out`."""
    n_bins = n_cadences // step
    factor = repeated(np.float32(1 / np.sqrt(step)))
    for i in range(n_bins):
        total = load(x, i * step)
        for j in range(1, step):
            total = add(total, load(x, i * step + j))
        store(out, i, multiply(total, factor))
    for i in range(n_bins, n_out):
        store(out, i, repeated(np.float32(0)))


@compiled
def scan(x, n_cadences, trials, duration_scale, room, spectrum):  # type: ignore[no-untyped-def]
    """The strongest box of every star at every trial period.

    Args:
        x: Interleaved stars, n_cadences vectors.
        trials: See `TrialPeriods`.
        duration_scale: One over the noise of boxes, vectors by the duration's number.
        room: Four rows of vectors: binned data, two buffers and running sums.
        spectrum: Gets the ratios, a vector a trial.
    """
    step, n_bins = 0, 0
    plan = merge_plan(2)
    for base in range(len(trials.p)):
        p, rows = trials.p[base], trials.rows[base]
        if trials.step[base] != step:
            step = trials.step[base]
            n_bins = n_cadences // step
            bin_lanes(x, n_cadences, step, room[0], room.shape[1] // LANES)
        if len(plan) != rows - 1:
            plan = merge_plan(rows)
        first = trials.first[base]
        fold_and_score(
            room[0],
            n_bins,
            p,
            rows,
            plan,
            trials.widths[base],
            trials.n_widths[base],
            duration_scale,
            room[1:3],
            room[3],
            spectrum[first * LANES : (first + rows) * LANES],
        )


@compiled
def peaks(spectrum, lane, wanted, apart, found):  # type: ignore[no-untyped-def]
    """The highest trials of one star, none within `apart` trials of a higher one.

    Returns:
        Their number; mean and standard deviation of the star's spectrum.
    """
    n = len(wanted)
    values = np.empty(n)
    total, squares, n_wanted = 0.0, 0.0, 0
    for i in range(n):
        values[i] = spectrum[i * LANES + lane] if wanted[i] else -1.0
        if wanted[i]:
            total += values[i]
            squares += values[i] * values[i]
            n_wanted += 1
    count = 0
    while count < len(found):
        top = np.argmax(values)
        if values[top] <= 0:
            break
        found[count] = top
        count += 1
        for i in range(max(0, top - apart), min(n, top + apart + 1)):
            values[i] = -1.0
    mean = total / max(n_wanted, 1)
    return count, mean, np.sqrt(max(squares / max(n_wanted, 1) - mean * mean, 0.0))


@compiled
def refine_peak(y, measured, n_measured, noise, trials, trial, bounds):  # type: ignore[no-untyped-def]
    """From a trial period to a box at full resolution; see `refine`."""
    base = np.searchsorted(trials.first, trial, side="right") - 1
    step, p = trials.step[base], trials.p[base]
    period = trials.cadences[trial]
    sums, counts = np.empty(p), np.empty(p)
    fold(y, measured, period, sums, counts)
    _, start, k = best_box(
        sums, counts, trials.widths[base], trials.n_widths[base], step, noise, n_measured
    )
    width = trials.widths[base][k, 0]
    t0 = (start + 0.5 * width) * period / p
    room = np.empty(2 * width * step + 4 * step + 8)
    return refine(
        y,
        measured,
        n_measured,
        noise,
        period,
        t0,
        width * step,
        step,
        bounds,
        room,
        np.empty_like(room),
    )
