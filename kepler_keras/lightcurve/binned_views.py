"""The 1-D views of folded flux: the median of each bin, over the whole orbit or near the transit.

Two published sets of bins: Shallue & Vanderburg 2018, AJ 155:94, Sec. 3.3, and Yu et al. 2019,
AJ 158:25, Sec. 3. A bin without measured flux is filled linearly from its neighbours.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kepler_keras.errors import InputError
from kepler_keras.lightcurve.binned_rows import LocalBins, depths, global_rows
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.folding import cadence_times
from kepler_keras.lightcurve.view_options import (
    Flux,
    Tensor,
    check_choice,
    check_count,
    contiguous,
    known_ephemerides,
    refuses_unknown_options,
)

FEWEST_BINS = 3


@dataclass(frozen=True)
class Preset:
    """A published set of bins.

    Attributes:
        global_bins: Bins of a period, equally spaced.
        global_width: Their width in distances between bins.
        local_bins: Bins around the transit, equally spaced.
        local_width: Their width in transit durations.
        local_reach: Durations from mid-transit to the outer edge of the first and last bin.
    """

    global_bins: int
    global_width: float
    local_bins: int
    local_width: float
    local_reach: float


PresetName = Literal["shallue2018", "yu2019"]
PRESETS: dict[str, Preset] = {
    "shallue2018": Preset(2001, 1.0, 201, 0.16, 4.0),
    "yu2019": Preset(201, 1.2, 61, 0.16, 2.0),
}


@refuses_unknown_options("global_view")
def global_view(
    flux: Flux,
    *,
    cadence: float,
    ephemerides: Ephemerides,
    preset: PresetName = "yu2019",
    bins: int | None = None,
) -> Tensor:
    """The median of each phase bin over the whole orbit, median 0 and minimum -1.

    Bin k is centred on phase (k - bins // 2) / bins, so that the transit falls into the centre bin,
    and phase is a circle. (The papers' code spaces bins so that the first and last one end at half
    a period: with `yu2019` 0.1 % closer.) A row without any dip is only centred.

    Args:
        flux: Shape (n, n_cadences), NaN where it was not measured.
        cadence: Days between columns.
        ephemerides: Of every row.
        preset: 201 bins that are 1.2 times as wide as their distance, or 2001 as wide as it.
        bins: Another number of bins, each as many distances wide as the preset says.

    Returns:
        Shape (n, bins, 1).

    Raises:
        InputError: An option or an ephemeris cannot be used.
    """
    check_choice("global_view", "preset", preset, PRESETS)
    layout = PRESETS[preset]
    number = layout.global_bins if bins is None else bins
    check_count("global_view", "bins", number, at_least=FEWEST_BINS)
    known = known_ephemerides(ephemerides, len(flux))
    time = cadence_times(flux.shape[1], cadence)
    rows = global_rows(
        contiguous(flux), time, known.period, known.t0, number, layout.global_width / 2
    )
    return zero_to_minus_one(rows)


@refuses_unknown_options("global_view")
def global_view_from_folded(flux: Flux, *, bins: int | None = None) -> Tensor:
    """Folded curves scaled again, median 0 and minimum -1, shape (n, bins, 1)."""
    if bins is not None and bins != flux.shape[1]:
        raise InputError(
            f"view global_view: the curves are already folded into {flux.shape[1]} bins, "
            f"got bins = {bins}"
        )
    curves = flux.astype(np.float64)
    return zero_to_minus_one(curves - np.median(curves, axis=1, keepdims=True))


@refuses_unknown_options("local_view")
def local_view(
    flux: Flux,
    *,
    cadence: float,
    ephemerides: Ephemerides,
    preset: PresetName = "yu2019",
    bins: int | None = None,
) -> Tensor:
    """The median of each bin near the transit, median 0 and minimum -1.

    Bins are 0.16 durations wide and cover 2 (`yu2019`, 61 bins) or 4 durations (`shallue2018`, 201
    bins) to either side, half a period at most. Bin ``bins // 2`` is centred on mid-transit; the
    first bin begins where the window begins. A row without flux there is 0, one without any dip
    only centred.

    Args:
        flux: Shape (n, n_cadences), NaN where it was not measured.
        cadence: Days between columns.
        ephemerides: Of every row.
        preset: See above.
        bins: Another number of bins in the same window, as wide as before.

    Returns:
        Shape (n, bins, 1).

    Raises:
        InputError: An option or an ephemeris cannot be used.
    """
    rows = local_bins("local_view", preset, bins).rows(flux, cadence, ephemerides)
    return zero_to_minus_one(rows)


def local_bins(view: str, preset: str, bins: int | None) -> LocalBins:
    """The bins of a local view that its options ask for."""
    check_choice(view, "preset", preset, PRESETS)
    layout = PRESETS[preset]
    number = layout.local_bins if bins is None else bins
    check_count(view, "bins", number, at_least=FEWEST_BINS)
    return LocalBins(number, layout.local_width, layout.local_reach)


def zero_to_minus_one(rows: NDArray[np.float64]) -> Tensor:
    """Rows of median 0 in units of their own depth; without any dip they stay as they are."""
    depth = depths(rows)
    scaled: Tensor = (rows / np.where(depth > 0, depth, 1.0)).astype(np.float32)
    return scaled[..., None]
