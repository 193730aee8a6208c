"""The signal-to-noise spectra of a block of stars, and their highest peaks."""

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled
from kepler_keras.lightcurve.fast_folding import fold_and_score, merge_plan
from kepler_keras.lightcurve.lanes import (
    LANES,
    add,
    load,
    maximum,
    multiply,
    repeated,
    store,
    subtract,
)
from kepler_keras.lightcurve.trial_periods import TrialPeriods

Floats = NDArray[np.float32]

BLOCK = 32  # trials whose highest is looked for first


@compiled
def bin_lanes(x: Floats, n_cadences: int, step: int, out: Floats, n_out: int) -> None:
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
def scan(
    x: Floats,
    n_cadences: int,
    trials: TrialPeriods,
    duration_scale: Floats,
    room: Floats,
    spectrum: Floats,
) -> None:
    """The strongest box of every star at every trial period.

    Args:
        x: Interleaved standardised stars.
        n_cadences: Vectors in `x`.
        trials: See `TrialPeriods`.
        duration_scale: One over the noise of boxes, vectors by the duration's number.
        room: Four rows of vectors: binned data, two buffers and running sums.
        spectrum: Gets the ratios, a vector a trial; 0 at trials that are not wanted.
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
    for trial in range(len(trials.wanted)):
        if not trials.wanted[trial]:
            store(spectrum, trial, repeated(np.float32(0)))


@compiled
def moments(spectrum: Floats, wanted: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Mean and standard deviation of every star's spectrum at wanted trials, shape (2, LANES)."""
    room, result = np.empty(LANES, np.float32), np.empty((2, LANES))
    n_wanted, total = wanted.sum(), repeated(np.float32(0))
    for i in range(len(wanted)):
        if wanted[i]:
            total = add(total, load(spectrum, i))
    store(room, 0, total)
    for lane in range(LANES):
        result[0, lane] = room[lane] / n_wanted
        room[lane] = result[0, lane]
    mean, squares = load(room, 0), repeated(np.float32(0))
    for i in range(len(wanted)):
        if wanted[i]:
            off = subtract(load(spectrum, i), mean)
            squares = add(squares, multiply(off, off))
    store(room, 0, squares)
    for lane in range(LANES):
        result[1, lane] = np.sqrt(room[lane] / n_wanted)
    return result


@compiled
def block_maxima(spectrum: Floats, n_trials: int, highest: Floats) -> None:
    """Fills `highest` with the maximum of every BLOCK trials, a vector each."""
    for block in range(len(highest) // LANES):
        top = load(spectrum, block * BLOCK)
        for i in range(block * BLOCK + 1, min((block + 1) * BLOCK, n_trials)):
            top = maximum(top, load(spectrum, i))
        store(highest, block, top)


@compiled
def peaks(
    spectrum: Floats, highest: Floats, lane: int, apart: int, found: NDArray[np.int64]
) -> int:
    """The highest trials of one star, none within `apart` trials of a higher one.

    They and their neighbours become 0 in the star's spectrum.

    Args:
        spectrum: From `scan`.
        highest: From `block_maxima`.
        lane: The star's.
        apart: Trials.
        found: Gets the trials, highest first.

    Returns:
        How many there are; fewer than `found` holds where nothing is above 0.
    """
    n_trials, n_blocks = len(spectrum) // LANES, len(highest) // LANES
    for count in range(len(found)):
        block = 0
        for i in range(n_blocks):
            if highest[i * LANES + lane] > highest[block * LANES + lane]:
                block = i
        top = block * BLOCK
        for i in range(block * BLOCK, min((block + 1) * BLOCK, n_trials)):
            if spectrum[i * LANES + lane] > spectrum[top * LANES + lane]:
                top = i
        if spectrum[top * LANES + lane] <= 0:
            return count
        found[count] = top
        first, last = max(0, top - apart), min(n_trials - 1, top + apart)
        for i in range(first, last + 1):
            spectrum[i * LANES + lane] = 0
        for b in range(first // BLOCK, last // BLOCK + 1):
            value = spectrum[b * BLOCK * LANES + lane]
            for i in range(b * BLOCK, min((b + 1) * BLOCK, n_trials)):
                value = max(value, spectrum[i * LANES + lane])
            highest[b * LANES + lane] = value
    return len(found)
