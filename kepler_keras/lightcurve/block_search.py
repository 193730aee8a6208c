"""The compiled search of one block of stars, signal after signal."""

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled
from kepler_keras.lightcurve.box_fit import Box, Doubles, Floats, best_box, fold, noise_at, refine
from kepler_keras.lightcurve.boxed_cadences import (
    Place,
    in_transit,
    mask_transits,
    steadiness,
    without_deeper_dips,
)
from kepler_keras.lightcurve.lanes import LANES
from kepler_keras.lightcurve.spectra import block_maxima, moments, peaks, scan
from kepler_keras.lightcurve.standard_star import noise_of_boxes, standardise
from kepler_keras.lightcurve.trial_periods import TrialPeriods
from kepler_keras.lightcurve.vetting import odd_even, polish, secondary, true_period
from kepler_keras.lightcurve.workroom import SLACK, Workroom

Integers = NDArray[np.int64]

CANDIDATES = 12  # peaks of a star's spectrum that are refined
APART = 2  # widths of the widest box, in trials, between two peaks
MASK = 2.5  # durations that become a gap about each transit that was found, its wings included
COLUMNS = 9  # see `search_block`


@compiled
def standard_block(
    flux: Floats,
    widths: Integers,
    y: Floats,
    clipped: Floats,
    measured: Floats,
    noise: Doubles,
    scatter: Doubles,
) -> None:
    """Standardises each row of a block; see `standardise` and `noise_of_boxes`."""
    for row in range(len(flux)):
        scatter[row] = standardise(flux[row], y[row], clipped[row], measured[row])
        if scatter[row] > 0:
            noise_of_boxes(clipped[row], measured[row], widths, noise[row])


@compiled
def interleave(
    y: Floats, noise: Doubles, widths: Integers, x: Floats, duration_scale: Floats
) -> None:
    """Puts stars beside each other for `scan`; lanes without a star hold zeros."""
    for star in range(len(y)):
        for i in range(y.shape[1]):
            x[i * LANES + star] = y[star, i]
        for k in range(len(widths)):
            duration_scale[k * LANES + star] = 1 / noise_at(noise[star], widths[k])


@compiled
def strongest(
    y: Floats,
    measured: Floats,
    noise: Doubles,
    trials: TrialPeriods,
    candidates: Integers,
    bounds: Doubles,
    room: Doubles,
) -> Box:
    """The best box about any of a star's candidates.

    It was seen at least twice. Ranked by signal-to-noise ratio times the root of `steadiness`: a
    planet dims its star every time. The root weighs it enough: of stars that vary no fewer periods
    are right than without the root, and in white noise a few more.
    """
    n_measured = measured.sum()
    sums, counts = running_sums(y), running_sums(measured)
    best, best_rank = (-1.0, 0.0, 0.0, 0.0), 0.0
    for trial in candidates:
        base = np.searchsorted(trials.first, trial, side="right") - 1
        step, period = trials.step[base], trials.cadences[trial]
        widths, n_widths = trials.widths[base], trials.n_widths[base]
        length = int(period)
        longest = min(widths[n_widths - 1, 0] * step, length - 1)
        cycle = np.empty((2, length + longest + 1), np.float32)
        fold(y, measured, period, cycle[0], cycle[1])
        found, t0, width = best_box(
            cycle[0], cycle[1], length, step, widths, n_widths, noise, n_measured
        )
        if found > 0:
            box = refine(y, measured, n_measured, noise, period, t0, width, step, bounds, room)
            rank = box[0] * steadiness(sums, counts, box[1:]) ** 0.5
            if rank > best_rank:
                best, best_rank = box, rank
    return best


@compiled
def running_sums(values: Floats) -> Doubles:
    """Sum of the values before each place, shape (n + 1,)."""
    sums = np.zeros(len(values) + 1)
    for i in range(len(values)):
        sums[i + 1] = sums[i] + values[i]
    return sums


@compiled
def describe(
    y: Floats,
    clipped: Floats,
    measured: Floats,
    noise: Doubles,
    box: Box,
    bounds: Doubles,
    room: Doubles,
    out: Doubles,
) -> Place:
    """Fits a box again and writes what `search_block` says of it, all but the spectrum's share.

    It was found with dips clipped, and of a deep one that tells where it is, but not to a cadence.
    """
    own = without_deeper_dips(y, clipped, measured, box[1:])
    sums, counts = running_sums(own), running_sums(measured)
    n_measured = counts[len(y)]
    again = refine(
        own, measured, n_measured, noise, box[1], box[2], int(box[3]), SLACK, bounds, room
    )
    if again[0] > 0:
        box = again
    _, period, t0, duration = polish(sums, counts, noise, box[1:], max(0.5, box[3] / 6), bounds)
    period, t0, duration = true_period(sums, counts, noise, (period, t0, duration), bounds)
    snr, period, t0, duration = polish(
        sums, counts, noise, (period, t0, duration), max(0.5, duration / 6), bounds
    )
    first = t0 - np.floor(t0 / period) * period
    found = (period, first, duration)
    if snr <= 0:
        return found
    total, n, transits = in_transit(sums, counts, period, first, duration)
    out[0], out[1], out[2] = found
    out[3] = total / n + total / (n_measured - n)  # the curve's mean is 0
    out[4] = snr
    out[6] = abs(odd_even(sums, counts, noise, found))
    out[7] = secondary(own, measured, n_measured, noise, found)
    out[8] = transits
    return found


@compiled
def search_block(
    flux: Floats,
    trials: TrialPeriods,
    widths: Integers,
    bounds: Doubles,
    work: Workroom,
    out: Doubles,
    stop: NDArray[np.bool_],
) -> None:
    """Finds the strongest signals of up to LANES stars; masks each before looking for the next.

    Args:
        flux: Shape (n, n_cadences), float32, NaN in gaps; the found transits become gaps too.
        trials: See `TrialPeriods`.
        widths: Trial durations, whole cadences.
        bounds: Shortest and longest period, shortest and longest duration, cadences.
        work: See `Workroom`.
        out: Shape (n, n_signals, COLUMNS): period, t0, duration in cadences, depth in the unit of
            the flux, snr, sde, odd-even, secondary, transits. What is not found stays as it is.
        stop: Shape (1,); when another thread makes it true, no further signal is looked for.
    """
    n, n_cadences = flux.shape
    y, measured = np.empty((n, n_cadences), np.float32), np.empty((n, n_cadences), np.float32)
    clipped = np.empty((n, n_cadences), np.float32)
    noise, scatter = np.ones((n, int(bounds[3]) + 2)), np.empty(n)
    candidates = np.empty(CANDIDATES, np.int64)
    apart = max(APART * trials.widths[:, :, 0].max(), 4)
    for signal in range(out.shape[1]):
        if stop[0]:
            return
        standard_block(flux, widths, y, clipped, measured, noise, scatter)
        interleave(clipped, noise, widths, work.x, work.duration_scale)
        scan(work.x, n_cadences, trials, work.duration_scale, work.room, work.spectrum)
        level = moments(work.spectrum, trials.wanted)
        block_maxima(work.spectrum, len(trials.wanted), work.highest)
        for star in range(n):
            if scatter[star] == 0:
                continue
            count = peaks(work.spectrum, work.highest, star, apart, candidates)
            box = strongest(
                clipped[star],
                measured[star],
                noise[star],
                trials,
                candidates[:count],
                bounds,
                work.near,
            )
            if box[0] <= 0:
                continue
            row = out[star, signal]
            found = describe(
                y[star], clipped[star], measured[star], noise[star], box, bounds, work.near, row
            )
            row[3] *= scatter[star]
            if level[1, star] > 0:
                row[5] = (box[0] - level[0, star]) / level[1, star]
            mask_transits(flux[star], found, MASK)
