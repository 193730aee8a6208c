"""Local views that are read beside the transit: another dip, and every other transit.

An eclipsing binary shows itself by a secondary eclipse, or by deep and shallow eclipses in turn. So
these views are in units of the depth of the star's local view, all transits together: a shallow
secondary looks shallow. A star whose local view has no depth gives zeros.
"""

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled
from kepler_keras.lightcurve.binned_rows import LocalBins, depths
from kepler_keras.lightcurve.binned_views import PresetName, local_bins
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.folding import cadence_times, cycles_since, nearest_transit
from kepler_keras.lightcurve.median_bins import ALL, EVEN, ODD, median_bins
from kepler_keras.lightcurve.medians import median_within
from kepler_keras.lightcurve.view_options import (
    Flux,
    Tensor,
    contiguous,
    known_ephemerides,
    refuses_unknown_options,
)

BOXES_A_DURATION = 4
MOST_BOXES = 2**16  # beyond, boxes leave spaces: a duration is then no 16000th of the period
IN_TRANSIT = 1.0  # durations from mid-transit; a catalogue's duration may be too short
APART = 1.5  # durations from mid-transit to the middle of a box, which then holds no transit


@refuses_unknown_options("odd_view")
def odd_view(
    flux: Flux,
    *,
    cadence: float,
    ephemerides: Ephemerides,
    preset: PresetName = "yu2019",
    bins: int | None = None,
) -> Tensor:
    """The local view of odd cycles; cycle 0 holds `t0`. Arguments as of `local_view`.

    Its median is 0, its unit the depth of all transits together. A star without flux near an odd
    transit gives zeros.
    """
    shape = local_bins("odd_view", preset, bins)
    return _every_other(shape, flux, cadence, ephemerides, ODD)


@refuses_unknown_options("even_view")
def even_view(
    flux: Flux,
    *,
    cadence: float,
    ephemerides: Ephemerides,
    preset: PresetName = "yu2019",
    bins: int | None = None,
) -> Tensor:
    """The local view of even cycles, 0 being one; see `odd_view`."""
    shape = local_bins("even_view", preset, bins)
    return _every_other(shape, flux, cadence, ephemerides, EVEN)


def _every_other(
    shape: LocalBins, flux: Flux, cadence: float, ephemerides: Ephemerides, cycles: int
) -> Tensor:
    primary = shape.rows(flux, cadence, ephemerides)
    return _in_depths(shape.rows(flux, cadence, ephemerides, cycles=cycles), depths(primary))


@refuses_unknown_options("secondary_view")
def secondary_view(
    flux: Flux,
    *,
    cadence: float,
    ephemerides: Ephemerides,
    preset: PresetName = "yu2019",
    bins: int | None = None,
) -> Tensor:
    """The local view of the strongest dip outside the transit. Arguments as of `local_view`.

    Cadences within one duration of mid-transit are left out. Boxes one duration wide stand at every
    quarter of a duration, those further than 1.5 durations from mid-transit count. The strongest is
    the one with the largest depth times the root of its number of values, its depth being the
    median of all boxes' medians minus its own: the deepest, unless so few values make it that
    noise would do. The view is centred on that box, its median is 0, its unit the depth of the
    transit. Where no box is far enough away or has a value, zeros.
    """
    shape = local_bins("secondary_view", preset, bins)
    known = known_ephemerides(ephemerides, len(flux))
    primary = shape.rows(flux, cadence, known)
    outside = contiguous(flux).copy()
    phases = _strongest_dips(
        outside, cadence_times(flux.shape[1], cadence), known.period, known.t0, known.duration
    )
    found = np.isfinite(phases)
    t0 = known.t0 + np.where(found, phases, 0.0) * known.period
    rows = shape.rows(outside, cadence, Ephemerides(known.period, t0, known.duration))
    return _in_depths(np.where(found[:, None], rows, 0.0), depths(primary))


def _in_depths(rows: NDArray[np.float64], depth: NDArray[np.float64]) -> Tensor:
    with_depth = depth > 0
    scaled = np.where(with_depth, rows / np.where(with_depth, depth, 1.0), 0.0)
    return scaled.astype(np.float32)[..., None]


@compiled
def _strongest_dips(
    flux: NDArray[np.floating],
    time: NDArray[np.float64],
    period: NDArray[np.float64],
    t0: NDArray[np.float64],
    duration: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Takes the transits out of the flux, in place, and gives the phase of each strongest dip."""
    phases = np.full(len(flux), np.nan)
    for star in range(len(flux)):
        for cadence in range(len(time)):
            cycles = cycles_since(time[cadence], period[star], t0[star])
            away = abs(cycles - nearest_transit(cycles)) * period[star]
            if away < IN_TRANSIT * duration[star]:
                flux[star, cadence] = np.nan
        if 2 * APART * duration[star] < period[star]:
            phases[star] = _strongest_dip(flux[star], time, period[star], t0[star], duration[star])
    return phases


@compiled
def _strongest_dip(
    flux: NDArray[np.floating],
    time: NDArray[np.float64],
    period: float,
    t0: float,
    duration: float,
) -> float:
    """Phase of the strongest box, NaN where no box has a value; see `secondary_view`."""
    boxes = int(min(np.ceil(BOXES_A_DURATION * period / duration), MOST_BOXES))
    half_width = duration / period * boxes / 2
    medians, counts = median_bins(
        flux, time, period, t0, float(boxes), half_width, boxes, True, ALL
    )
    known = medians[counts > 0]
    level = median_within(known, 0, len(known))
    best, strongest = np.nan, -np.inf
    for box in range(boxes):
        phase = (box - boxes // 2) / boxes
        if counts[box] and abs(phase) * period > APART * duration:
            strength = (level - medians[box]) * np.sqrt(counts[box])
            if strength > strongest:
                best, strongest = phase, strength
    return best
