"""The 2-D view: a row is a cycle or a group of cycles, a column a bin of phase."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kepler_keras.errors import InputError
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.folding import cadence_times, cycle
from kepler_keras.lightcurve.image_cells import cell_images, measured_ends
from kepler_keras.lightcurve.view_options import (
    Flux,
    Tensor,
    check_choice,
    check_count,
    check_range,
    contiguous,
    known_ephemerides,
    refuses_unknown_options,
)

GROUPINGS = ("spread", "cycles")


@refuses_unknown_options("folded_image")
def folded_image(
    flux: Flux,
    *,
    cadence: float,
    ephemerides: Ephemerides,
    rows: int = 32,
    bins: int = 128,
    low: float = -20.0,
    high: float = 10.0,
    grouping: Literal["spread", "cycles"] = "spread",
) -> Tensor:
    """One row a cycle, or a group of consecutive cycles, one column a phase bin.

    ``grouping="spread"`` fills all rows. More cycles than rows: row r is the mean of the
    consecutive cycles c with c * rows // n_cycles = r. Fewer: every cycle fills consecutive rows,
    row r showing cycle r * n_cycles // rows. ``"cycles"`` shows cycle r in row r and 0 in rows
    after the last. Cycle 0 is the first with measured flux.

    Cells are means in units of the star's own scatter among its cells, clipped to [low, high];
    empty cells are filled along phase, those before the first or after the last measured cadence
    are 0, as are rows without any value.

    Args:
        flux: Shape (n, n_cadences), NaN where it was not measured.
        cadence: Days between columns.
        ephemerides: Of every row.
        rows: Height of the image.
        bins: Bins of phase.
        low: Lower end, in scatters.
        high: Upper end, in scatters.
        grouping: See above.

    Returns:
        Shape (n, rows, bins, 1).

    Raises:
        InputError: An option or ephemeris cannot be used, or a star has more cycles than ``cycles``
            has rows for.
    """
    check_count("folded_image", "rows", rows, at_least=1)
    check_count("folded_image", "bins", bins, at_least=3)
    check_range("folded_image", low, high)
    check_choice("folded_image", "grouping", grouping, GROUPINGS)
    known = known_ephemerides(ephemerides, len(flux))
    flux, time = contiguous(flux), cadence_times(flux.shape[1], cadence)
    ends = measured_ends(flux, time)
    first, last = (cycle(end, period=known.period, t0=known.t0) for end in ends.T)
    n_cycles = last - first + 1
    if grouping == "cycles":
        _check_rows(n_cycles, known.period, rows)
    images = cell_images(
        flux, time, known.period, known.t0, ends, n_cycles, rows, bins, grouping == "spread"
    )
    return np.clip(images, low, high, out=images)[..., None]


def _check_rows(n_cycles: NDArray[np.int64], period: NDArray[np.float64], rows: int) -> None:
    if (n_cycles > rows).any():
        most = int(np.argmax(n_cycles))
        raise InputError(
            f"view folded_image: flux row {most} has {n_cycles[most]} cycles of "
            f"{period[most]:.5g} d, more than rows = {rows}; set rows: {n_cycles[most]} "
            "or grouping: spread"
        )
